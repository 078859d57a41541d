import { tf } from "../backend";
import type { Pair } from "../text/pairs";
import { characters } from "../text/vocabulary";
import { encodePairs, measuringBatches } from "./batches";
import type { BeamOptions } from "./beam";
import { translate, type Translator } from "./decode";
import { tokenAccuracy, tokenLoss } from "./loss";

/** How good a model is on a set of pairs. Shares are from 0 to 1. */
export interface Evaluation {
  count: number;
  /** The share of the answers that are right in every character. */
  exactMatch: number;
  /** 1 − (edits that would mend all answers) / (characters of all targets), at least 0. */
  characterAccuracy: number;
  /** Cross-entropy in nats a target token, under teacher forcing. */
  loss: number;
  /** The share of target tokens that are the most probable ones, under teacher forcing. */
  tokenAccuracy: number;
  /** The share of the answers that are marked as uncertain. */
  uncertain: number;
  /** The pairs whose answer is not their target. */
  mistakes: Mistake[];
  /** The time the answers took. */
  seconds: number;
}

export interface Mistake extends Pair {
  answer: string;
  uncertain: boolean;
}

/** How many texts are translated together: without gradients there is memory for many. */
const BATCH = 256;

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
  const sources = pairs.map((pair) => pair.source);
  const translations = await translate(translator, sources, { ...options, batchSize: BATCH });
  const seconds = (performance.now() - startedAt) / 1000;
  const answers = pairs.map(({ source, target }, index) => {
    const { text, uncertain } = translations[index];
    return { source, target, answer: text, uncertain };
  });
  const mistakes = answers.filter(({ target, answer }) => answer !== target);
  return {
    count: pairs.length,
    exactMatch: (pairs.length - mistakes.length) / pairs.length,
    characterAccuracy: characterAccuracy(answers),
    ...underTeacherForcing,
    uncertain: answers.filter((answer) => answer.uncertain).length / pairs.length,
    mistakes,
    seconds,
  };
}

/** How the model does where it always reads the right previous character. */
async function teacherForcingMetrics(translator: Translator, pairs: readonly Pair[]) {
  const { model, vocabularies } = translator;
  const encoded = encodePairs(pairs, vocabularies, { heldOut: true });
  const sums = { loss: 0, tokenAccuracy: 0 };
  for await (const { xs, ys } of measuringBatches(encoded)) {
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
