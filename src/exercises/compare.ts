/** Numbers as answers give them: a number, a row of them, a matrix. */
export type Numeric = number | readonly Numeric[];

/** Whether two have the same shape, and numbers that differ by at most `tolerance` everywhere. */
export function close(a: unknown, b: Numeric, tolerance = 1e-6): boolean {
  if (typeof b === "number") return typeof a === "number" && Math.abs(a - b) <= tolerance;
  const list = toList(a);
  if (list === undefined || list.length !== b.length) return false;
  return b.every((part, i) => close(list[i], part, tolerance));
}

/** Whether all numbers in it are finite, and there is at least one. */
export function finite(a: unknown): boolean {
  if (typeof a === "number") return Number.isFinite(a);
  const list = toList(a);
  return list !== undefined && list.length > 0 && list.every(finite);
}

/** A list of anything that is like one: mathjs matrices and typed arrays too. */
function toList(a: unknown): readonly unknown[] | undefined {
  if (Array.isArray(a)) return a;
  if (ArrayBuffer.isView(a)) return Array.from(a as Float64Array);
  const matrix = a as { toArray?: () => unknown[] } | null;
  return typeof matrix?.toArray === "function" ? matrix.toArray() : undefined;
}
