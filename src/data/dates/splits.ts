import { Random } from "../../random";
import { dayOfDate } from "./calendar";
import { handwrittenDates } from "./handwritten";
import { languages } from "./words";

/** What a date is used for: to learn from, to choose by while learning, or to test with. */
export type Split = "train" | "validation" | "test";

let handwritten: Set<string> | undefined;

/**
 * The split that a date belongs to, fixed once for all: 80 % of all dates are for training, 10 %
 * for validation, 10 % for the test, and each date that a hand-written test line means is for
 * the test. So no date of one split is ever seen in another, whatever the seed or the language.
 * @param iso The date as `YYYY-MM-DD`.
 * @throws Fails with a RangeError when it is not a date.
 */
export function splitOf(iso: string): Split {
  handwritten ??= new Set(languages.flatMap(handwrittenDates).map(({ target }) => target));
  if (handwritten.has(iso)) return "test";
  const chance = new Random(Math.imul(dayOfDate(iso), 0x9e3779b1)).next();
  if (chance < 0.1) return "test";
  return chance < 0.2 ? "validation" : "train";
}

/**
 * Shares out pairs whose targets are dates among the three splits, by date.
 *
 * A source string means one date, so the splits share no source string either.
 * @throws Fails with a RangeError when a target is not a date written `YYYY-MM-DD`.
 */
export function splitDates<P extends { target: string }>(pairs: readonly P[]): Record<Split, P[]> {
  const splits: Record<Split, P[]> = { train: [], validation: [], test: [] };
  for (const pair of pairs) splits[splitOf(pair.target)].push(pair);
  return splits;
}
