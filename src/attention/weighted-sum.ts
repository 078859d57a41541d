import { multiply } from "mathjs";
import { type Numbers, readNumbers, readRows, type Rows } from "./numbers";

/**
 * Mixes the values: c_i = Σ_j α_ij v_j, as much of each value as its weight says.
 *
 * Source: Bahdanau et al. 2014 (arXiv 1409.0473), equation 5; the article's §4.3, with the index
 * its Y lacks.
 * @param weights One row `[n]` or many `[m, n]`.
 * @param values `[n, d]`.
 * @returns `[d]` for one row of weights, `[m, d]` for many, in the form of `weights`.
 * @throws Fails with a TypeError or RangeError that names the argument and the shapes that do not
 *   fit.
 */
export function weightedSum<W extends Numbers>(weights: W, values: Rows): W {
  const w = readNumbers("weights", weights);
  const v = readRows("values", values);
  if (w.rows[0].length !== v.rows.length) {
    throw new RangeError(
      `weights ${w.shape} and values ${v.shape} do not fit: ${w.rows[0].length} weights in a ` +
        `row for ${v.rows.length} values. Give one weight for each value.`,
    );
  }
  return w.restore(multiply(w.rows, v.rows));
}
