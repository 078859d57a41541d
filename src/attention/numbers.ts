import { isMatrix, type Matrix, matrix } from "mathjs";

/**
 * One vector `[d]`, many vectors `[m, d]` (a row each), or either as a mathjs Matrix.
 *
 * Every function of `attention` answers in the form of its first argument: a list for a list,
 * a list of lists for a list of lists, a Matrix for a Matrix.
 */
export type Numbers = number[] | number[][] | Matrix;

/** Many vectors `[n, d]`, a row each: a list of lists or a mathjs Matrix. */
export type Rows = number[][] | Matrix;

/** An argument that was read and found to be in order. */
export interface Reading<T> {
  /** The vectors, a row each; a single vector is one row. */
  rows: number[][];
  /** The shape as it was given, for error messages: `[3]` or `[2, 3]`. */
  shape: string;
  /** Puts rows back into the form of the argument. */
  restore: (rows: number[][]) => T;
}

/**
 * Reads one vector or many.
 * @param name The argument's name, for error messages.
 * @throws Fails with a TypeError when the value is not made of numbers; RangeError when it is
 *   empty, ragged, or holds NaN or an infinite number.
 */
export function readNumbers<T extends Numbers>(name: string, value: T): Reading<T> {
  const list = asList(name, value);
  const isVector = !Array.isArray(list[0]);
  const rows = (isVector ? [list] : list) as number[][];
  rows.forEach((row, i) => {
    if (!Array.isArray(row) || row.length !== rows[0].length) throw ragged(name, rows, i);
    row.forEach((entry, j) =>
      checkEntry(isVector ? `${name}[${j}]` : `${name}[${i}][${j}]`, entry),
    );
  });
  return {
    rows,
    shape: isVector ? `[${list.length}]` : `[${rows.length}, ${rows[0].length}]`,
    restore: (result) => {
      const form = isVector ? result[0] : result;
      return (isMatrix(value) ? matrix(form) : form) as T;
    },
  };
}

/** Reads vectors that must be rows `[n, d]`, such as keys; throws as `readNumbers` does. */
export function readRows(name: string, value: Rows): Reading<Rows> {
  const reading = readNumbers(name, value);
  if (!Array.isArray(asList(name, value)[0])) {
    throw new RangeError(
      `${name} is a single vector ${reading.shape}, but it must be rows [n, d]. ` +
        `Put it in a list: [${name}].`,
    );
  }
  return reading;
}

/** Reads what must be one vector `[d]`; throws as `readNumbers` does. */
export function readVector(name: string, value: number[] | Matrix): number[] {
  const { rows, shape } = readNumbers(name, value);
  if (Array.isArray(asList(name, value)[0])) {
    throw new RangeError(`${name} is rows ${shape}, but it must be a single vector [d].`);
  }
  return rows[0];
}

function asList(name: string, value: unknown): unknown[] {
  const list: unknown = isMatrix(value) ? value.toArray() : value;
  if (!Array.isArray(list)) {
    throw new TypeError(
      `${name} is ${describe(value)}, but it must be a list of numbers, a list of such lists, ` +
        `or a mathjs Matrix.`,
    );
  }
  if (list.length === 0 || (Array.isArray(list[0]) && list[0].length === 0)) {
    throw new RangeError(
      `${name} is empty: shape ${list.length === 0 ? "[0]" : `[${list.length}, 0]`}. ` +
        `Give it at least one number.`,
    );
  }
  return list;
}

function checkEntry(where: string, entry: unknown): void {
  if (typeof entry !== "number") {
    throw new TypeError(`${where} is ${describe(entry)}, but it must be a number.`);
  }
  if (!Number.isFinite(entry)) {
    throw new RangeError(
      `${where} is ${entry}, but it must be a finite number. Mend the step that computed it.`,
    );
  }
}

function ragged(name: string, rows: unknown[], i: number): RangeError {
  const length = (row: unknown) => (Array.isArray(row) ? `[${row.length}]` : "a single number");
  return new RangeError(
    `${name} is ragged: row 0 is ${length(rows[0])}, but row ${i} is ${length(rows[i])}. ` +
      `Make all rows of ${name} equally long.`,
  );
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === "string" ? `the text "${value}"` : `a value of type ${typeof value}`;
}
