import { type Numbers, readNumbers, readRows, type Rows } from "./numbers";
import { scaledDotProductScores } from "./scores";
import { softmax, type SoftmaxOptions } from "./softmax";
import { weightedSum } from "./weighted-sum";

/** How queries `[m, d_q]` and keys `[n, d_k]` become scores `[m, n]`. */
export type ScoreFunction = (queries: number[][], keys: number[][]) => number[][];

/** What can be told to `attention`. */
export interface AttentionOptions extends SoftmaxOptions {
  /** The score function; `scaledDotProductScores` unless given. */
  score?: ScoreFunction;
}

/** The three steps of attention, each in the form of the queries. */
export interface AttentionSteps<Q> {
  /** `[n]` for one query, `[m, n]` for many. */
  scores: Q;
  /** `[n]` for one query, `[m, n]` for many; each row sums to 1. */
  weights: Q;
  /** `[d_v]` for one query, `[m, d_v]` for many. */
  context: Q;
}

/**
 * Attention in three steps, all of which it returns: scores, softmax, weighted sum.
 *
 * Source: Vaswani et al. 2017 (arXiv 1706.03762), equation 1, for the default score; the article's
 * §3 for the three steps.
 * @param queries One query `[d_q]` or many `[m, d_q]`: what is looked for.
 * @param keys `[n, d_k]`: what each of the n places offers to be found by.
 * @param values `[n, d_v]`: what each place hands over.
 * @throws Fails with a TypeError or RangeError that names the argument and the shapes that do not
 *   fit.
 */
export function attention<Q extends Numbers>(
  queries: Q,
  keys: Rows,
  values: Rows,
  { score = scaledDotProductScores, ...softmaxOptions }: AttentionOptions = {},
): AttentionSteps<Q> {
  const q = readNumbers("queries", queries);
  const k = readRows("keys", keys);
  const v = readRows("values", values);
  if (k.rows.length !== v.rows.length) {
    throw new RangeError(
      `keys ${k.shape} and values ${v.shape} do not fit: ${k.rows.length} keys for ` +
        `${v.rows.length} values. Give each value its key.`,
    );
  }
  const scores = score(q.rows, k.rows);
  const { shape } = readRows("scores", scores);
  const expected = `[${q.rows.length}, ${k.rows.length}]`;
  if (shape !== expected) {
    throw new RangeError(
      `score gave ${shape} for queries ${q.shape} and keys ${k.shape}, but it must give ` +
        `${expected}: one score for each query and key.`,
    );
  }
  const weights = softmax(scores, softmaxOptions);
  const context = weightedSum(weights, v.rows);
  return {
    scores: q.restore(scores),
    weights: q.restore(weights),
    context: q.restore(context),
  };
}
