import type { Pair } from "../text/pairs";
import { translate, type Translator } from "./decode";
import { Stretches, type Confidence } from "./doubt";

/** How many of the right answers pass each of the tests of a sure answer. */
const PASSING = 0.98;
/** The lengths of the stretches that make a source and a target familiar. */
const SOURCE_STRETCH = 3;
const TARGET_STRETCH = 4;

/**
 * Finds out what a model's sure answers look like, so that `translate` can mark the others.
 *
 * Sources and targets that are made of what the training pairs are made of count as familiar. The
 * limits are such that of the right answers to the validation pairs 98 % pass each test.
 * @param data The pairs the model was trained on, and others it was not trained on.
 * @throws Error when either set is empty.
 */
export async function measureConfidence(
  translator: Translator,
  data: { train: readonly Pair[]; validation: readonly Pair[] },
): Promise<Confidence> {
  const { vocabularies } = translator;
  const { train, validation } = data;
  for (const [name, pairs] of Object.entries({ train, validation })) {
    if (pairs.length > 0) continue;
    throw new Error(`measureConfidence: data.${name} is empty. Give at least one pair.`);
  }
  const sources = Stretches.of(column(train, "source"), SOURCE_STRETCH);
  const targets = Stretches.of(column(train, "target"), TARGET_STRETCH);
  const translations = await translate(translator, column(validation, "source"));
  const right = translations.filter(({ text }, index) => text === validation[index].target);
  const lowest = right.map(({ tokenProbabilities }) => Math.min(...tokenProbabilities));
  const unseenSources = right.map(({ source }) =>
    sources.unseenIn(vocabularies.source.join(source)),
  );
  const unseenTargets = right.map(({ text }) => targets.unseenIn(text));
  return {
    // A model that gets nothing right is sure of nothing: the limits are then 1 and 0.
    lowestProbability: quantile(lowest, 1 - PASSING, 1),
    source: { stretches: sources, unseen: quantile(unseenSources, PASSING, 0) },
    target: { stretches: targets, unseen: quantile(unseenTargets, PASSING, 0) },
  };
}

function column(pairs: readonly Pair[], name: "source" | "target"): string[] {
  return pairs.map((pair) => pair[name]);
}

/** The value below which a share of the values lies; `otherwise` where there are none. */
function quantile(values: number[], share: number, otherwise: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? otherwise;
}
