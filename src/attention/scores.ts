import { divide, dot, type Matrix, multiply, transpose } from "mathjs";
import {
  type Numbers,
  type Reading,
  readNumbers,
  readRows,
  readVector,
  type Rows,
} from "./numbers";

/** What `additiveScores` learns. W1 and W2 are laid out as the kernel of a Keras Dense layer. */
export interface AdditiveParameters {
  /** `[query's d, units]`: applied to the queries. */
  W1: Rows;
  /** `[key's d, units]`: applied to the keys. */
  W2: Rows;
  /** `[units]`: turns each hidden vector into one number. */
  v: number[] | Matrix;
}

/**
 * Scores by dot product: e_ij = q_i · k_j, large where query i and key j point the same way.
 *
 * Source: Luong et al. 2015 (arXiv 1508.04025), section 3.1, "dot".
 * @param queries One query `[d]` or many `[m, d]`.
 * @param keys `[n, d]`.
 * @returns `[n]` for one query, `[m, n]` for many, in the form of `queries`.
 * @throws Fails with a TypeError or RangeError that names the argument and the shapes that do not
 *   fit.
 */
export function dotProductScores<Q extends Numbers>(queries: Q, keys: Rows): Q {
  const q = readNumbers("queries", queries);
  return q.restore(dotProducts(q, readRows("keys", keys)));
}

/**
 * Scores by scaled dot product: e_ij = q_i · k_j / √d, whose spread does not grow with d.
 *
 * Source: Vaswani et al. 2017 (arXiv 1706.03762), equation 1; the article's §4.1, mended.
 * @param queries One query `[d]` or many `[m, d]`.
 * @param keys `[n, d]`.
 * @returns `[n]` for one query, `[m, n]` for many, in the form of `queries`.
 * @throws Fails with a TypeError or RangeError that names the argument and the shapes that do not
 *   fit.
 */
export function scaledDotProductScores<Q extends Numbers>(queries: Q, keys: Rows): Q {
  const q = readNumbers("queries", queries);
  const products = dotProducts(q, readRows("keys", keys));
  const d = q.rows[0].length;
  return q.restore(divide(products, Math.sqrt(d)) as number[][]);
}

/**
 * Additive scores: e_ij = v · tanh(q_i W1 + k_j W2), a small network with one hidden layer.
 * Queries and keys may differ in width.
 *
 * Source: Bahdanau et al. 2014 (arXiv 1409.0473), section 3.1 and appendix A.1.2.
 * @param queries One query `[d_q]` or many `[m, d_q]`.
 * @param keys `[n, d_k]`.
 * @param parameters W1 `[d_q, units]`, W2 `[d_k, units]`, v `[units]`.
 * @returns `[n]` for one query, `[m, n]` for many, in the form of `queries`.
 * @throws Fails with a TypeError or RangeError that names the argument and the shapes that do not
 *   fit.
 */
export function additiveScores<Q extends Numbers>(
  queries: Q,
  keys: Rows,
  { W1, W2, v }: AdditiveParameters,
): Q {
  const q = readNumbers("queries", queries);
  const units = readVector("v", v);
  const projectedQueries = project("queries", q, "W1", W1, units.length);
  const projectedKeys = project("keys", readRows("keys", keys), "W2", W2, units.length);
  const score = (query: number[], key: number[]) =>
    dot(
      units,
      query.map((value, unit) => Math.tanh(value + key[unit])),
    );
  return q.restore(projectedQueries.map((query) => projectedKeys.map((key) => score(query, key))));
}

/**
 * Luong's general scores: e_ij = q_i W k_j, a dot product that learns what to compare with what.
 *
 * Source: Luong et al. 2015 (arXiv 1508.04025), section 3.1, "general".
 * @param queries One query `[d_q]` or many `[m, d_q]`.
 * @param keys `[n, d_k]`.
 * @param W `[d_q, d_k]`.
 * @returns `[n]` for one query, `[m, n]` for many, in the form of `queries`.
 * @throws Fails with a TypeError or RangeError that names the argument and the shapes that do not
 *   fit.
 */
export function generalScores<Q extends Numbers>(queries: Q, keys: Rows, W: Rows): Q {
  const q = readNumbers("queries", queries);
  const k = readRows("keys", keys);
  const projectedQueries = project("queries", q, "W", W, k.rows[0].length);
  return q.restore(multiply(projectedQueries, transpose(k.rows)));
}

function dotProducts(q: Reading<Numbers>, k: Reading<Rows>): number[][] {
  if (q.rows[0].length !== k.rows[0].length) {
    throw new RangeError(
      `queries ${q.shape} and keys ${k.shape} do not fit: a query has ${q.rows[0].length} ` +
        `numbers, a key ${k.rows[0].length}. A dot product needs equally many; ` +
        `for different widths use additiveScores or generalScores.`,
    );
  }
  return multiply(q.rows, transpose(k.rows));
}

/** Rows times a parameter matrix, which must be [width of the rows, width]. */
function project(
  rowsName: string,
  rows: Reading<Numbers>,
  matrixName: string,
  parameter: Rows,
  width: number,
): number[][] {
  const matrix = readRows(matrixName, parameter);
  const expected = `[${rows.rows[0].length}, ${width}]`;
  if (matrix.shape !== expected) {
    throw new RangeError(
      `${matrixName} ${matrix.shape} does not fit ${rowsName} ${rows.shape}: ` +
        `${matrixName} must be ${expected}. Give ${matrixName} that shape.`,
    );
  }
  return multiply(rows.rows, matrix.rows);
}
