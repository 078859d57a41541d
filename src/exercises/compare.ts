import { tf } from "../backend";

/** Numbers as answers give them: a number, a row of them, a matrix, and so on. */
export type Numeric = number | readonly Numeric[];

/**
 * Whether two have the same shape, and numbers that differ by at most `tolerance` everywhere.
 * Typed arrays, mathjs matrices and tensors count as the lists that they hold; tensors are read,
 * not disposed of (`judge` does that).
 */
export function close(a: unknown, b: Numeric | tf.Tensor, tolerance = 1e-6): boolean {
  const [given, expected] = [plain(a), plain(b)];
  if (!Array.isArray(expected)) {
    return typeof given === "number" && Math.abs(given - (expected as number)) <= tolerance;
  }
  if (!Array.isArray(given) || given.length !== expected.length) return false;
  return expected.every((part, i) => close(given[i], part as Numeric, tolerance));
}

/** Whether all numbers in it are finite, and there is at least one. */
export function finite(a: unknown): boolean {
  const given = plain(a);
  if (typeof given === "number") return Number.isFinite(given);
  return Array.isArray(given) && given.length > 0 && given.every(finite);
}

/** The numbers and lists that something is made of. */
function plain(a: unknown): unknown {
  if (a instanceof tf.Tensor) return a.arraySync();
  if (ArrayBuffer.isView(a)) return Array.from(a as Float64Array);
  const matrix = a as { toArray?: () => unknown } | null | undefined;
  return typeof matrix?.toArray === "function" ? matrix.toArray() : a;
}
