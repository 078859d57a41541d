/**
 * Checks that a matrix has one row for each of `rows` and one column for each of `columns`.
 *
 * @param name How the caller's argument is called, for the error message.
 * @throws Fails with a RangeError naming the argument and both shapes.
 */
export function checkShape(
  name: string,
  matrix: readonly (readonly unknown[])[],
  rows: { name: string; length: number },
  columns: { name: string; length: number },
): void {
  const wanted = `[${rows.length}, ${columns.length}] (${rows.name}, ${columns.name})`;
  if (rows.length === 0 || columns.length === 0) {
    throw new RangeError(`${name}: nothing to draw: its shape would be ${wanted}.`);
  }
  const lengths = [...new Set(matrix.map((row) => row.length))];
  if (matrix.length !== rows.length || lengths.length !== 1 || lengths[0] !== columns.length) {
    const found =
      lengths.length === 1
        ? `[${matrix.length}, ${lengths[0]}]`
        : `${matrix.length} rows of ${lengths.join(", ") || "no"} columns`;
    throw new RangeError(`${name}: its shape is ${found}, but the labels ask for ${wanted}.`);
  }
}
