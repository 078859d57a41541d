import { Random } from "../random";
import type { Pair } from "../text/pairs";

/** Pairs in three sets: to learn from, to watch the training with, and to judge the result by. */
export interface PairSplit<P extends Pair = Pair> {
  train: P[];
  validation: P[];
  test: P[];
}

export interface SplitOptions {
  seed: number;
  /** The share of the sources that each set gets; 0.1 unless given. */
  validation?: number;
  test?: number;
  /**
   * Whether no target may stand in two sets either, as is right for sentences: “Hi!” and “Hello!”
   * with one translation stay together. Where few targets have many sources, as dates have, that
   * would leave nothing to choose; so it is false unless given.
   */
  disjointTargets?: boolean;
}

/**
 * Splits pairs at random so that no source string stands in two sets: all pairs of a source, which
 * may have several translations, stay together.
 *
 * With `disjointTargets` so do all that are linked by shared sources and targets, however long the
 * chain. Such a group goes to the test or the validation set only where it fits into what that set
 * still lacks; a larger one is trained on.
 * @throws Error when there are too few different sources, or groups of them, for the sets asked for.
 */
export function splitPairs<P extends Pair>(
  pairs: readonly P[],
  options: SplitOptions,
): PairSplit<P> {
  const { seed, validation = 0.1, test = 0.1, disjointTargets = false } = options;
  const groups = disjointTargets ? linkedSources(pairs) : sourcesOf(pairs).map((one) => [one]);
  const count = groups.reduce((sum, { length }) => sum + length, 0);
  const [testCount, validationCount] = [test, validation].map((share) => Math.ceil(count * share));
  if (testCount + validationCount >= count) {
    throw new Error(
      `splitPairs: ${count} different sources are too few for a validation share of ` +
        `${validation} and a test share of ${test}: none would be left to learn from. ` +
        `Give more pairs or smaller shares.`,
    );
  }
  const shuffled = new Random(seed).shuffle(groups);
  const inTest = takeSources(shuffled, testCount);
  const rest = shuffled.filter(([source]) => !inTest.has(source));
  const inValidation = takeSources(rest, validationCount);
  return {
    train: pairs.filter(({ source }) => !inTest.has(source) && !inValidation.has(source)),
    validation: pairs.filter(({ source }) => inValidation.has(source)),
    test: pairs.filter(({ source }) => inTest.has(source)),
  };
}

function sourcesOf(pairs: readonly Pair[]): string[] {
  return [...new Set(pairs.map(({ source }) => source))];
}

/** The sources of the first groups that fit into a set of `count`. */
function takeSources(groups: readonly string[][], count: number): Set<string> {
  const taken = new Set<string>();
  for (const group of groups) {
    if (taken.size + group.length > count) continue;
    for (const source of group) taken.add(source);
  }
  if (taken.size > 0 || count === 0) return taken;
  throw new Error(
    `splitPairs: each group of sources that share targets is larger than the ${count} sources ` +
      `that a set should have. Give more pairs or larger shares, or leave disjointTargets out.`,
  );
}

/** The sources in groups: two are in the same one when targets that they share link them. */
function linkedSources(pairs: readonly Pair[]): string[][] {
  // Each source points to another one of its group, or to itself; `first` follows that to the end.
  const next = new Map(sourcesOf(pairs).map((source) => [source, source]));
  const first = (source: string): string => {
    for (let one = next.get(source)!; one !== source; one = next.get(source)!) {
      next.set(source, next.get(one)!); // shortens the way
      source = one;
    }
    return source;
  };
  const sourceOf = new Map<string, string>();
  for (const { source, target } of pairs) {
    const other = sourceOf.get(target);
    if (other === undefined) sourceOf.set(target, source);
    else next.set(first(source), first(other));
  }
  const groups = new Map<string, string[]>();
  for (const source of next.keys()) {
    const group = groups.get(first(source));
    if (group) group.push(source);
    else groups.set(first(source), [source]);
  }
  return [...groups.values()];
}
