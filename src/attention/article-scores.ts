import { dot } from "mathjs";
import { readRows, type Rows } from "./numbers";
import { weightedSum } from "./weighted-sum";

/**
 * The article's first score formula (§4.1), as printed and **wrong**: a_i = Σ_j α_ij x_j.
 *
 * It needs the weights α that softmax makes from the scores, so it cannot come first; and what it
 * gives for each i is a vector, where a score must be a number. It is the third step, `weightedSum`.
 * Kept to be run and looked at in notebook 1; use `scaledDotProductScores` instead.
 * @param alpha `[m, n]`, the weights that would have to be known already.
 * @param inputs `[n, d]`, the article's x.
 * @returns `[m, d]`: a vector for each i.
 * @throws Fails with a TypeError or RangeError that names the argument and the shapes that do not
 *   fit.
 */
export function articleWeightedSumScores(alpha: Rows, inputs: Rows): number[][] {
  const weights = readRows("alpha", alpha);
  const x = readRows("inputs", inputs);
  if (weights.rows[0].length !== x.rows.length) {
    throw new RangeError(
      `alpha ${weights.shape} and inputs ${x.shape} do not fit: the formula pairs α_ij with x_j. ` +
        `Give alpha one column for each row of inputs.`,
    );
  }
  return weightedSum(weights.rows, x.rows);
}

/**
 * The article's second score formula (§4.1), as printed and **wrong**:
 * a_i = (Σ_j v_j · x_j) / √d_k.
 *
 * The sum runs over every j and nothing in it bears the index i, so all positions get one and the
 * same number, and softmax makes uniform weights of it, whatever the input says.
 * Kept to be run and looked at in notebook 1; use `scaledDotProductScores` instead.
 * @param v `[n, d]`, which the article calls the query vectors of the positions j.
 * @param inputs `[n, d]`, the article's x.
 * @returns `[n]`: a_1 to a_n, all equal.
 * @throws Fails with a TypeError or RangeError that names the argument and the shapes that do not
 *   fit.
 */
export function articleDotProductScores(v: Rows, inputs: Rows): number[] {
  const vectors = readRows("v", v);
  const x = readRows("inputs", inputs);
  if (vectors.shape !== x.shape) {
    throw new RangeError(
      `v ${vectors.shape} and inputs ${x.shape} do not fit: the formula pairs v_j with x_j. ` +
        `Give both the same shape.`,
    );
  }
  return x.rows.map(() => {
    const sum = x.rows.reduce((total, input, j) => total + dot(vectors.rows[j], input), 0);
    return sum / Math.sqrt(x.rows[0].length);
  });
}
