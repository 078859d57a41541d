import { readdirSync } from "node:fs";
import path from "node:path";
import { root } from "../setup/paths.mjs";

/** The chapter of a notebook: 7 of `7-kinds-of-attention.ipynb`. */
const chapter = (/** @type {string} */ name) => Number.parseInt(name);

/** The notebooks of the course, in the order of its chapters, or those of some chapters. */
export function notebookFiles(first = 1, last = Infinity) {
  const folder = path.join(root, "notebooks");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".ipynb"))
    .filter((name) => chapter(name) >= first && chapter(name) <= last)
    .sort((a, b) => chapter(a) - chapter(b))
    .map((name) => path.join(folder, name));
}
