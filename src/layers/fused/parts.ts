import { tf } from "../../backend";
import { concat, type Native, splitRows } from "./native";

/** A part of so few rows is not worth a thread. */
const ROWS_A_PART = 32;
/** What two cores do best; the same on every machine, so that the bits are too. */
const MOST_PARTS = 4;

/** The sizes of the parts that a batch is best computed in, `[parts]`. */
export function partSizes(batch: number): tf.Tensor1D {
  const parts = Math.max(1, Math.min(MOST_PARTS, Math.floor(batch / ROWS_A_PART)));
  const size = (part: number) =>
    Math.floor(((part + 1) * batch) / parts) - Math.floor((part * batch) / parts);
  return tf.tensor1d(
    Array.from({ length: parts }, (_, part) => size(part)),
    "int32",
  );
}

/**
 * A computation on rows that do not depend on each other, in `count` parts: in a graph TensorFlow
 * spreads these over the processor's cores.
 * @param rows Natives with a row for each of the batch, as those have that `compute` returns.
 */
export function inParts(
  rows: Native[],
  sizes: Native,
  count: number,
  compute: (rows: Native[]) => Native[],
): Native[] {
  if (count === 1) return compute(rows);
  const cut = rows.map((native) => splitRows(native, sizes, count));
  const results = Array.from({ length: count }, (_, part) => compute(cut.map((all) => all[part])));
  return results[0].map((_, output) =>
    concat(
      results.map((result) => result[output]),
      0,
    ),
  );
}
