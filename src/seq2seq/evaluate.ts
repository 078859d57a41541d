import { tf } from "../backend";
import { bleu } from "../measures/bleu";
import { type BleuTokenizer, bleuTokenizerFor } from "../measures/bleu-tokens";
import { chrf } from "../measures/chrf";
import type { Pair } from "../text/pairs";
import { characters } from "../text/vocabulary";
import { encodePairs, measuringBatches, rowsInMemory } from "./batches";
import type { BeamOptions } from "./beam";
import { translate, type Translator } from "./decode";
import { tokenAccuracy, tokenLoss } from "./loss";

/** How good a model is on a set of pairs. Shares are from 0 to 1. */
export interface Evaluation {
  count: number;
  /**
   * The share of the answers that are right in every character. Where a source stands in several
   * pairs, each of its targets is right.
   */
  exactMatch: number;
  /**
   * 1 − (edits that would mend all answers) / (characters of the targets), at least 0; of one answer
   * a source, compared with the nearest of its targets.
   */
  characterAccuracy: number;
  /** BLEU and chrF, 0 to 100, of one answer a source: all of its targets are references. */
  bleu: number;
  chrf: number;
  /** How BLEU cut the texts. */
  bleuTokenizer: BleuTokenizer;
  /** Cross-entropy in nats a target token that the vocabulary knows, under teacher forcing. */
  loss: number;
  /** The share of those target tokens that are the most probable ones, under teacher forcing. */
  tokenAccuracy: number;
  /** The share of the answers that are marked as uncertain. */
  uncertain: number;
  /** The pairs whose source has a wrong answer. */
  mistakes: Mistake[];
  /** The time the answers took. */
  seconds: number;
}

export interface Mistake extends Pair {
  answer: string;
  uncertain: boolean;
}

/**
 * Measures a model on pairs, which should be others than it was trained on.
 * @param options How it finds its answers: by greedy decoding unless given.
 * @throws Error when there are no pairs, or when a source is empty.
 */
export async function evaluatePairs(
  translator: Translator,
  pairs: readonly Pair[],
  options: Partial<BeamOptions> = {},
): Promise<Evaluation> {
  const underTeacherForcing = await teacherForcingMetrics(translator, pairs);
  const startedAt = performance.now();
  const references = targetsOf(pairs);
  const sources = [...references.keys()];
  // At each step there is a row for each beginning of an answer, and a logit for each token.
  const batchSize = rowsInMemory((options.beamWidth ?? 1) * translator.vocabularies.target.size);
  const translations = await translate(translator, sources, { ...options, batchSize });
  const seconds = (performance.now() - startedAt) / 1000;
  const answerOf = new Map(sources.map((source, index) => [source, translations[index]]));
  const answers = pairs.map(({ source, target }) => {
    const { text, uncertain } = answerOf.get(source)!;
    return { source, target, answer: text, uncertain };
  });
  const mistakes = answers.filter(
    ({ source, answer }) => !references.get(source)!.includes(answer),
  );
  return {
    count: pairs.length,
    exactMatch: (pairs.length - mistakes.length) / pairs.length,
    characterAccuracy: characterAccuracy(
      sources.map((source, index) => {
        const answer = translations[index].text;
        return { target: nearest(answer, references.get(source)!), answer };
      }),
    ),
    ...textScores(
      translations.map(({ text }) => text),
      [...references.values()],
    ),
    ...underTeacherForcing,
    uncertain: answers.filter((answer) => answer.uncertain).length / pairs.length,
    mistakes,
    seconds,
  };
}

/** All targets of each source. */
function targetsOf(pairs: readonly Pair[]): Map<string, string[]> {
  const targets = new Map<string, string[]>();
  for (const { source, target } of pairs) {
    const known = targets.get(source);
    if (known) known.push(target);
    else targets.set(source, [target]);
  }
  return targets;
}

function textScores(answers: readonly string[], references: readonly string[][]) {
  const bleuTokenizer = bleuTokenizerFor(references.flat());
  return {
    bleu: bleu(answers, references, { tokenize: bleuTokenizer }).score,
    chrf: chrf(answers, references),
    bleuTokenizer,
  };
}

/** How the model does where it always reads the right previous character. */
async function teacherForcingMetrics(translator: Translator, pairs: readonly Pair[]) {
  const { model, vocabularies } = translator;
  const encoded = encodePairs(pairs, vocabularies, { heldOut: true });
  const sums = { loss: 0, tokenAccuracy: 0 };
  for await (const { xs, ys } of measuringBatches(encoded, vocabularies.target.size)) {
    tf.tidy(() => {
      const [rows] = ys.shape;
      const logits = model.predict(xs, { batchSize: rows }) as tf.Tensor;
      sums.loss += tokenLoss(ys, logits).dataSync()[0] * rows;
      sums.tokenAccuracy += tokenAccuracy(ys, logits).dataSync()[0] * rows;
    });
    tf.dispose([...xs, ys]);
  }
  return {
    loss: sums.loss / encoded.length,
    tokenAccuracy: sums.tokenAccuracy / encoded.length,
  };
}

/** 1 − (edits that would mend all answers) / (characters of all targets), at least 0. */
export function characterAccuracy(answers: readonly { target: string; answer: string }[]): number {
  let edits = 0;
  let length = 0;
  for (const { target, answer } of answers) {
    edits += editDistance(characters(target), characters(answer));
    length += characters(target).length;
  }
  return length === 0 ? Number(edits === 0) : Math.max(0, 1 - edits / length);
}

/** Of several targets the one that needs the fewest edits. */
function nearest(answer: string, targets: readonly string[]): string {
  if (targets.length === 1) return targets[0];
  const edits = targets.map((target) => editDistance(characters(target), characters(answer)));
  return targets[edits.indexOf(Math.min(...edits))];
}

/** The fewest insertions, deletions and replacements that make `a` into `b` (Levenshtein 1966). */
function editDistance(a: readonly string[], b: readonly string[]): number {
  let previous = [...Array(b.length + 1).keys()];
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1] + Number(a[i - 1] !== b[j - 1]);
      current.push(Math.min(replaced, previous[j] + 1, current[j - 1] + 1));
    }
    previous = current;
  }
  return previous[b.length];
}
