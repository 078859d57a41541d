import { Random } from "../random";
import type { Pair } from "../text/pairs";

/** Pairs in three sets: to learn from, to watch the training with, and to judge the result by. */
export interface PairSplit<P extends Pair = Pair> {
  train: P[];
  validation: P[];
  test: P[];
}

/**
 * Splits pairs at random so that no source string stands in two sets: all pairs of a source, which
 * may have several translations, stay together.
 *
 * @param options `validation` and `test` are the share of the sources each set gets.
 * @throws Error when there are too few different sources for the sets asked for.
 */
export function splitPairs<P extends Pair>(
  pairs: readonly P[],
  options: { seed: number; validation?: number; test?: number },
): PairSplit<P> {
  const { seed, validation = 0.1, test = 0.1 } = options;
  const sources = new Random(seed).shuffle([...new Set(pairs.map((pair) => pair.source))]);
  const testCount = Math.ceil(sources.length * test);
  const validationEnd = testCount + Math.ceil(sources.length * validation);
  if (validationEnd >= sources.length) {
    throw new Error(
      `splitPairs: ${sources.length} different sources are too few for a validation share of ` +
        `${validation} and a test share of ${test}: none would be left to learn from. ` +
        `Give more pairs or smaller shares.`,
    );
  }
  const inTest = new Set(sources.slice(0, testCount));
  const inValidation = new Set(sources.slice(testCount, validationEnd));
  return {
    train: pairs.filter(({ source }) => !inTest.has(source) && !inValidation.has(source)),
    validation: pairs.filter(({ source }) => inValidation.has(source)),
    test: pairs.filter(({ source }) => inTest.has(source)),
  };
}
