// npm run notebooks [-- --check] [FILES]: executes notebooks, each in a fresh kernel.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execute } from "./notebooks/execute.mjs";
import { notebookFiles } from "./notebooks/files.mjs";
import { codeCells, faultsOf, fileText } from "./notebooks/notebook.mjs";
import { addPictures } from "./notebooks/pictures.mjs";
import { tidy } from "./notebooks/tidy.mjs";
import { shown } from "./setup/paths.mjs";
import { exitWith, Problem } from "./setup/problem.mjs";

const HELP = `npm run notebooks [-- FILES]           execute in place, with pictures of all figures
npm run notebooks -- --check [FILES]   execute and judge, leaving the files as they are
FILES are notebooks/*.ipynb unless given.
--check allows a cell 2 s; the first one 6 s; one with the tag "slow" 900 s.
Environment: NOTEBOOK_TIME_FACTOR=3 allows three times as much; CHROMIUM=/path/to/chrome`;

/** Seconds allowed: the first code cell imports, which loads TensorFlow. */
const LIMITS = { first: 6, other: 2, slow: 900 };

/** @typedef {import("./notebooks/execute.mjs").Run} Run */

await exitWith(async () => {
  const args = process.argv.slice(2);
  if (args.includes("--help")) return void console.log(HELP);
  const unknown = args.find((arg) => arg.startsWith("-") && arg !== "--check");
  if (unknown) throw new Problem(`unknown option ${unknown}; see npm run notebooks -- --help`);
  const given = args.filter((arg) => arg !== "--check").map((file) => path.resolve(file));
  const files = given.length > 0 ? given : notebookFiles();
  const missing = files.find((file) => !existsSync(file));
  if (missing) throw new Problem(`no such notebook: ${shown(missing)}`);
  const one = args.includes("--check") ? check : renew;
  let failed = 0;
  for (const file of files) {
    if (!(await one(file))) failed++;
  }
  console.log(`${files.length - failed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
});

/** Executes a notebook and writes it back with its outputs and pictures. */
async function renew(/** @type {string} */ file) {
  const { run, time } = await timed(file);
  if (run.notebook) {
    await addPictures(run.notebook);
    writeFileSync(file, fileText(tidy(run.notebook)));
  }
  return report(file, run, time, failureOf(run));
}

/** Executes a notebook, and looks at how long its cells take and at what is committed. */
async function check(/** @type {string} */ file) {
  const { run, time } = await timed(file);
  const notebook = JSON.parse(readFileSync(file, "utf8"));
  const failures = [...failureOf(run), ...tooSlow(run, notebook), ...faultsOf(notebook)];
  return report(file, run, time, failures);
}

/** Executes a notebook; a terminal sees how far it is. */
async function timed(/** @type {string} */ file) {
  const begun = Date.now();
  const time = () => `${((Date.now() - begun) / 1000).toFixed(1)} s`;
  const progress = (/** @type {Run} */ run) => {
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K     ${summary(file, run, time())}`);
  };
  const run = await execute(file, progress);
  if (process.stdout.isTTY) process.stdout.write("\r\x1b[K");
  return { run, time: time() };
}

/** @returns {string} */
function summary(/** @type {string} */ file, /** @type {Run} */ run, /** @type {string} */ time) {
  return `${shown(file)}  ${run.seconds.length}/${run.cells} cells  ${time}`;
}

/** Prints one line for the notebook, and what is wrong with it. */
function report(
  /** @type {string} */ file,
  /** @type {Run} */ run,
  /** @type {string} */ time,
  /** @type {string[]} */ failures,
) {
  const ok = failures.length === 0;
  console.log(`${ok ? "pass" : "FAIL"} ${summary(file, run, time)}${slowest(run)}`);
  for (const failure of failures) console.log(failure.replace(/^/gm, "       "));
  return ok;
}

function slowest(/** @type {Run} */ { seconds }) {
  if (seconds.length === 0) return "";
  const most = Math.max(...seconds);
  return `  (slowest: cell ${seconds.indexOf(most) + 1}, ${most.toFixed(1)} s)`;
}

/** @returns {string[]} */
function failureOf(/** @type {Run} */ { error }) {
  if (!error) return [];
  if (error.cell === 0) return [error.message];
  return [`cell ${error.cell}:\n${error.source.replace(/^/gm, "| ")}\n${error.message}`];
}

/** @returns {string[]} */
function tooSlow(
  /** @type {Run} */ { seconds },
  /** @type {import("./notebooks/notebook.mjs").Notebook} */ notebook,
) {
  const factor = Number(process.env.NOTEBOOK_TIME_FACTOR ?? 1);
  if (!(factor > 0)) throw new Problem("NOTEBOOK_TIME_FACTOR must be a number above 0, such as 3");
  return codeCells(notebook).flatMap((cell, i) => {
    const slow = cell.metadata.tags?.includes("slow");
    const limit = (slow ? LIMITS.slow : i === 0 ? LIMITS.first : LIMITS.other) * factor;
    return seconds[i] > limit ? [`cell ${i + 1}: ${seconds[i]} s, allowed are ${limit} s`] : [];
  });
}
