import { drawDates } from "../data/dates/dates";
import type { Split } from "../data/dates/splits";
import type { Language } from "../data/dates/words";
import { adamOf } from "../seq2seq/adam";
import { loadCheckpoint, type Checkpoint } from "../seq2seq/checkpoint";
import { translate, type Translator } from "../seq2seq/decode";
import { growModel } from "../seq2seq/fine-tuning";
import { decoderOf, encoderOf, seq2seq } from "../seq2seq/model";
import { train } from "../seq2seq/train";
import type { Pair } from "../text/pairs";
import { sideBySide, type SideBySideOptions } from "./side-by-side";

/** What learns; the rest of the trained model is frozen. `"from scratch"` has no trained model. */
export const fineTuningStrategies = [
  "from scratch",
  "all weights",
  "decoder only",
  "embeddings only",
] as const;
export type FineTuningStrategy = (typeof fineTuningStrategies)[number];

/** One fine-tuning of a model that reads English dates. */
export interface FineTuningJob {
  /** The absolute path of the trained model's checkpoint. */
  checkpoint: string;
  /** The language it is to learn, and by how many examples. */
  language: Language;
  examples: number;
  strategy: FineTuningStrategy;
  /** Draws the examples, the new rows and the order of the batches. */
  seed: number;
  steps: number;
  learningRate: number;
  /** How many English examples are mixed in; none unless given. */
  rehearsal?: number;
}

/** The share of held-out dates that the fine-tuned model writes right in every character. */
export interface FineTuningResult {
  newLanguage: number;
  english: number;
}

/**
 * Dates of one language that have a letter: bare numbers look alike in all languages.
 * @param options How many, of which split, drawn from which seed.
 */
export function datesInWords(
  language: Language,
  options: { count: number; split: Split; seed: number },
): Pair[] {
  const { count } = options;
  // More than half of each language's dates have a letter.
  const drawn = drawDates({ ...options, count: 3 * count, languages: [language] });
  return drawn.filter(({ source }) => /\p{L}/u.test(source)).slice(0, count);
}

/** Freezes what a strategy leaves as it is, and nothing else. */
export function freezeFor(strategy: FineTuningStrategy, { model }: Translator): void {
  const [encoder, decoder] = [encoderOf(model), decoderOf(model)];
  if (strategy === "decoder only") encoder.trainable = false;
  if (strategy !== "embeddings only") return;
  const attention = decoder.attention ? [decoder.attention] : [];
  for (const part of [...encoder.grus, encoder.dense, ...attention, ...decoder.grus, decoder.dense])
    part.trainable = false;
}

/**
 * Runs fine-tunings, two at a time unless told otherwise; each takes a few seconds.
 * @returns The results in the order of the jobs.
 * @throws Error when a job fails or it is interrupted, as `sideBySide` does.
 */
export function fineTuningStudy(
  jobs: readonly FineTuningJob[],
  options: SideBySideOptions<FineTuningResult> = {},
): Promise<FineTuningResult[]> {
  return sideBySide(__filename, jobs, options);
}

/** The rows of a batch: where there are fewer examples, all of them. */
const BATCH = 32;
/** How many dates of each language are held out, and the seed that draws them. */
const HELD_OUT = { count: 200, split: "test", seed: 11 } as const;

/** One job of `fineTuningStudy`, in a process of its own. */
export async function run(job: FineTuningJob): Promise<FineTuningResult> {
  const { language, examples, strategy, seed, steps, learningRate, rehearsal = 0 } = job;
  const pairs = [
    ...datesInWords(language, { count: examples, split: "train", seed }),
    ...datesInWords("en", { count: rehearsal, split: "train", seed }),
  ];
  const old = await loadCheckpoint(job.checkpoint);
  const start = growModel(old, pairs, { seed });
  const learner = strategy === "from scratch" ? untrained(start, seed) : start;
  freezeFor(strategy, learner);
  await train(
    learner.model,
    { train: pairs, vocabularies: learner.vocabularies },
    {
      epochs: Math.max(1, Math.round(steps / Math.ceil(pairs.length / BATCH))),
      batchSize: BATCH,
      learningRate,
      seed,
      progress: null,
    },
  );
  const result = {
    newLanguage: await exactMatch(learner, datesInWords(language, HELD_OUT)),
    english: await exactMatch(learner, datesInWords("en", HELD_OUT)),
  };
  adamOf(learner.model)?.dispose();
  for (const model of new Set([old.model, start.model, learner.model])) model.dispose();
  return result;
}

/** A model of the same sizes that has learnt nothing. */
function untrained({ model, vocabularies, maxLength }: Checkpoint, seed: number): Translator {
  const fresh = seq2seq({
    ...decoderOf(model).args,
    sourceVocabSize: vocabularies.source.size,
    targetVocabSize: vocabularies.target.size,
    seed,
  });
  return { model: fresh, vocabularies, maxLength };
}

async function exactMatch(translator: Translator, pairs: readonly Pair[]): Promise<number> {
  const sources = pairs.map(({ source }) => source);
  const answers = await translate(translator, sources, { batchSize: 256 });
  return answers.filter(({ text }, i) => text === pairs[i].target).length / pairs.length;
}
