import { bleuTokens, type BleuTokenizer } from "./bleu-tokens";
import { checkReferences, countNGrams, sharedCount } from "./n-grams";

export interface BleuScore {
  /** From 0 to 100. */
  score: number;
  /** The share of the answers' n-grams that stand in a reference, for n = 1, 2, 3, 4; 0 to 100. */
  precisions: number[];
  /** From 0 to 1: what is left of the score of answers that are too short. */
  brevityPenalty: number;
  /** Tokens in all answers, and in the references that are closest to them in length. */
  length: number;
  referenceLength: number;
}

/** The longest n-grams that are compared. */
const ORDER = 4;

/**
 * BLEU of a set of answers: how many of their n-grams of one to four words stand in a reference.
 *
 *     BLEU = BP · (p_1 · p_2 · p_3 · p_4)^(1/4)        BP = min(1, exp(1 − r / c))
 *
 * p_n is the precision of n-grams over the whole set, c the answers' length and r the references'.
 * The numbers are those of sacreBLEU, tokenisers and smoothing ("exp") included. Sources: Papineni
 * et al. 2002, https://aclanthology.org/P02-1040; Post 2018, arXiv 1804.08771.
 * @param references For each answer all texts that would be right.
 * @param options `tokenize` says how texts are cut: see `BleuTokenizer`; `"13a"` unless given.
 * @throws Error when there are no answers, or an answer has no reference.
 */
export function bleu(
  answers: readonly string[],
  references: readonly (readonly string[])[],
  options: { tokenize?: BleuTokenizer } = {},
): BleuScore {
  checkReferences("bleu", answers, references);
  const { tokenize = "13a" } = options;
  const sums = { length: 0, referenceLength: 0, correct: zeros(), total: zeros() };
  answers.forEach((answer, i) => {
    const tokens = bleuTokens(answer, tokenize);
    const right = references[i].map((reference) => bleuTokens(reference, tokenize));
    sums.length += tokens.length;
    sums.referenceLength += closest(
      tokens.length,
      right.map((reference) => reference.length),
    );
    for (let n = 1; n <= ORDER; n++) {
      const counts = right.map((reference) => countNGrams(reference, n));
      sums.correct[n - 1] += sharedCount(countNGrams(tokens, n), mostOf(counts));
      sums.total[n - 1] += Math.max(0, tokens.length - n + 1);
    }
  });
  const { length, referenceLength } = sums;
  const brevityPenalty = length < referenceLength ? Math.exp(1 - referenceLength / length) : 1;
  const precisions = smoothed(sums.correct, sums.total);
  const nothingRight = sums.correct.every((count) => count === 0);
  const product = precisions.reduce((all, precision) => all * precision, 1);
  const score = nothingRight ? 0 : brevityPenalty * product ** (1 / ORDER);
  return { score, precisions, brevityPenalty, length, referenceLength };
}

function zeros(): number[] {
  return Array<number>(ORDER).fill(0);
}

/** The length that differs least; of two the smaller one. */
function closest(length: number, lengths: readonly number[]): number {
  const distance = (other: number) => Math.abs(other - length);
  return lengths.reduce((best, other) => {
    const difference = distance(other) - distance(best);
    return difference < 0 || (difference === 0 && other < best) ? other : best;
  });
}

/** Of each n-gram as many as there are in the reference that has most of them. */
function mostOf(counts: readonly Map<string, number>[]): Map<string, number> {
  if (counts.length === 1) return counts[0];
  const most = new Map<string, number>();
  for (const count of counts) {
    for (const [gram, times] of count) most.set(gram, Math.max(times, most.get(gram) ?? 0));
  }
  return most;
}

/** The precisions in per cent; in place of a 0 half a match is counted, then a quarter, and so on. */
function smoothed(correct: readonly number[], total: readonly number[]): number[] {
  if (correct.every((count) => count === 0)) return zeros();
  let smallest = 1;
  return correct.map((count, i) => {
    if (total[i] === 0) return 0;
    if (count === 0) smallest /= 2;
    return (100 * (count || smallest)) / total[i];
  });
}
