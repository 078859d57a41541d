/** @typedef {import("./notebook.mjs").Notebook} Notebook */

/**
 * Takes out of an executed notebook what differs from run to run, so that a rerun makes a small
 * diff: times of execution, and how a person left cells scrolled. What stays is a cell's tags, and
 * that its code is folded: the code that checks an answer would give it away.
 *
 * @param {Notebook} notebook changed in place
 */
export function tidy(notebook) {
  notebook.nbformat_minor = 5; // the first version in which cells have names
  notebook.cells.forEach((cell, i) => {
    cell.id ??= `cell-${i + 1}`;
    const { tags, jupyter } = cell.metadata;
    cell.metadata = {
      ...(tags && tags.length > 0 ? { tags } : {}),
      ...(jupyter?.source_hidden ? { jupyter: { source_hidden: true } } : {}),
    };
  });
  return notebook;
}
