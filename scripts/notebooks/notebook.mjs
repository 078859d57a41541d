/**
 * What this project uses of a notebook file (nbformat 4.5).
 *
 * @typedef {{ output_type: string, name?: string, ename?: string, evalue?: string,
 *   data?: Record<string, unknown>, metadata?: object }} Output
 * @typedef {{ id?: string, cell_type: string, source: string | string[],
 *   metadata: { tags?: string[], execution?: object, jupyter?: { source_hidden?: boolean } },
 *   execution_count?: number | null, outputs?: Output[] }} Cell
 * @typedef {{ nbformat: number, nbformat_minor: number, metadata: object, cells: Cell[] }} Notebook
 */

export const PLOTLY = "application/vnd.plotly.v1+json";

/** @returns {Cell[]} the cells that a kernel runs */
export function codeCells(/** @type {Notebook} */ notebook) {
  return notebook.cells.filter((cell) => cell.cell_type === "code" && sourceOf(cell).trim());
}

/** @returns {string} */
export function sourceOf(/** @type {Cell} */ { source }) {
  return Array.isArray(source) ? source.join("") : source;
}

/** The figures among the outputs of a notebook. */
export function figureOutputs(/** @type {Notebook} */ notebook) {
  return codeCells(notebook)
    .flatMap((cell) => cell.outputs ?? [])
    .filter((output) => output.data && PLOTLY in output.data);
}

/** The notebook as nbformat and JupyterLab write it: sorted keys and one space of indentation. */
export function fileText(/** @type {Notebook} */ notebook) {
  return `${JSON.stringify(sorted(notebook), null, 1)}\n`;
}

/** @returns {unknown} */
function sorted(/** @type {unknown} */ value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

/**
 * What is wrong with a notebook as it is committed: a reader on GitHub sees its outputs only.
 *
 * @param {Notebook} notebook
 * @returns {string[]} one line for each fault
 */
export function faultsOf(notebook) {
  const faults = codeCells(notebook).flatMap((cell, i) => {
    const name = `committed output of cell ${i + 1}`;
    const outputs = cell.outputs ?? [];
    return [
      ...(cell.execution_count === i + 1 ? [] : [`${name}: not executed in order from the top`]),
      ...outputs
        .filter((output) => output.output_type === "error" || output.name === "stderr")
        .map((output) => `${name}: it is an error${output.ename ? ` (${output.ename})` : ""}`),
    ];
  });
  const bare = figureOutputs(notebook).filter((output) => !output.data?.["image/png"]);
  if (bare.length > 0) faults.push(`${bare.length} committed figures have no picture`);
  return faults.length > 0 ? [...faults, "run `npm run notebooks` on it and commit it"] : [];
}
