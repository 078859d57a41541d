import { characters } from "../text/vocabulary";
import { checkReferences, countNGrams, sharedCount, splitAtSpaces } from "./n-grams";

/** The longest n-grams that are compared. */
const ORDER = 6;
/** β²: recall counts β = 2 times as much as precision. */
const BETA_SQUARED = 4;

/** For one n: the n-grams of the answer, of the reference, and those in both. */
interface Matches {
  written: number;
  wanted: number;
  shared: number;
}

/**
 * chrF of a set of answers, from 0 to 100: how many n-grams of one to six characters, spaces left
 * out, answers and references have in common.
 *
 *     chrF = (1 + β²) · P · R / (β² · P + R)        β = 2
 *
 * P and R are precision and recall, each the mean over n, of the whole set. Of several references
 * the one that suits an answer best counts. It needs no words, and so suits all languages. The
 * numbers are those of sacreBLEU (chrF2). Source: Popović 2015, https://aclanthology.org/W15-3049.
 * @param references For each answer all texts that would be right.
 * @throws Error when there are no answers, or an answer has no reference.
 */
export function chrf(
  answers: readonly string[],
  references: readonly (readonly string[])[],
): number {
  checkReferences("chrf", answers, references);
  const sums = Array.from({ length: ORDER }, (): Matches => ({ written: 0, wanted: 0, shared: 0 }));
  answers.forEach((answer, i) => {
    const written = nGrams(answer);
    const all = references[i].map((reference) => matches(written, nGrams(reference)));
    const best = all.reduce((a, b) => (fScore(b) > fScore(a) ? b : a));
    best.forEach(({ written, wanted, shared }, n) => {
      sums[n].written += written;
      sums[n].wanted += wanted;
      sums[n].shared += shared;
    });
  });
  return fScore(sums);
}

/** The n-grams for each n. */
function nGrams(text: string): Map<string, number>[] {
  const letters = characters(splitAtSpaces(text).join(""));
  return Array.from({ length: ORDER }, (_, i) => countNGrams(letters, i + 1));
}

function matches(written: Map<string, number>[], wanted: Map<string, number>[]): Matches[] {
  return written.map((counts, i) => ({
    // Where the reference is too short to have any, those of the answer are not held against it.
    written: wanted[i].size > 0 ? total(counts) : 0,
    wanted: total(wanted[i]),
    shared: sharedCount(counts, wanted[i]),
  }));
}

function total(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}

function fScore(all: readonly Matches[]): number {
  const counted = all.filter(({ written, wanted }) => written > 0 && wanted > 0);
  let [precision, recall] = [0, 0];
  for (const { written, wanted, shared } of counted) {
    precision += shared / written / counted.length;
    recall += shared / wanted / counted.length;
  }
  if (precision + recall === 0) return 0;
  const product = (1 + BETA_SQUARED) * precision * recall;
  return (100 * product) / (BETA_SQUARED * precision + recall);
}
