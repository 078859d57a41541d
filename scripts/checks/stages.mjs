import fs from "node:fs";
import path from "node:path";
import { notebookFiles } from "../notebooks/files.mjs";
import { findChromium, howToGetChromium } from "../setup/chromium.mjs";
import { readJson } from "../setup/files.mjs";
import { cache, classroomVenv, nodeModules, pythonOf, root, venv } from "../setup/paths.mjs";
import { setUp } from "../setup/setup.mjs";
import { classroomThings } from "../setup/things.mjs";
import { live } from "./live.mjs";

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * The counts of a command; one that failed without counting a failure has failed all the same.
 * @param {boolean} ok
 * @param {Partial<Counts>} counts
 * @returns {Counts}
 */
function counted(ok, { passed = 0, failed = 0, skipped = 0 }) {
  return { passed, failed: ok ? failed : Math.max(failed, 1), skipped };
}

/** One check: it passes or fails as a whole. */
async function tool(/** @type {string} */ script, /** @type {string[]} */ args) {
  const { ok } = await live(process.execPath, [path.join(nodeModules, script), ...args], 5);
  return counted(ok, { passed: ok ? 1 : 0 });
}

/** The files of a folder under test/ whose name ends in `ending`. */
function filesIn(/** @type {string} */ folder, /** @type {string} */ ending) {
  const full = path.join(root, "test", folder);
  const names = fs.existsSync(full) ? fs.readdirSync(full) : [];
  return names.filter((name) => name.endsWith(ending)).map((name) => path.join(full, name));
}

/** The TypeScript tests of a folder under test/. */
async function nodeTests(/** @type {string} */ folder, /** @type {number} */ minutes) {
  const file = path.join(cache, `counts-${folder}.json`);
  fs.rmSync(file, { force: true });
  const reporters = [
    ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
    `--test-reporter=${path.join(root, "scripts/checks/counts-reporter.mjs")}`,
    `--test-reporter-destination=${file}`,
  ];
  const files = filesIn(folder, ".test.ts");
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const flags = ["--import", "tsx", "--test", "--test-concurrency=2", ...reporters];
  const { ok } = await live(process.execPath, [...flags, ...files], minutes);
  const counts = counted(ok, readJson(file) ?? {});
  fs.rmSync(file, { force: true });
  return counts;
}

/**
 * The Python tests of a folder under test/ (test_*.py), with unittest.
 * @param {string} folder
 * @param {number} minutes
 * @param {string} [inVenv]
 */
async function pythonTests(folder, minutes, inVenv = venv) {
  if (filesIn(folder, ".py").length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const discover = ["-m", "unittest", "discover", "-v", "-s", `test/${folder}`, "-p", "test_*.py"];
  const { ok, output } = await live(pythonOf(inVenv), discover, minutes, inVenv);
  const number = (/** @type {RegExp} */ pattern) => Number(pattern.exec(output)?.[1] ?? 0);
  const failed = number(/^FAILED.*failures=(\d+)/m) + number(/^FAILED.*errors=(\d+)/m);
  const skipped = number(/^(?:OK|FAILED).*skipped=(\d+)/m);
  const passed = number(/^Ran (\d+) test/m) - failed - skipped;
  return counted(ok, { passed: Math.max(passed, 0), failed, skipped });
}

/** Adds `more` to `sum`. */
export function add(/** @type {Counts} */ sum, /** @type {Counts} */ more) {
  sum.passed += more.passed;
  sum.failed += more.failed;
  sum.skipped += more.skipped;
}

async function kernelTests() {
  const sum = await nodeTests("kernel", 5);
  add(sum, await pythonTests("kernel", 8));
  return sum;
}

async function classroomTests() {
  await setUp(classroomThings);
  const sum = await pythonTests("classroom", 45, classroomVenv);
  add(sum, await browserTests("classroom"));
  return sum;
}

/** Each of some notebooks in a fresh kernel, top to bottom; the files stay as they are. */
async function notebooks(/** @type {string[]} */ files, /** @type {number} */ minutes) {
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const args = ["scripts/notebooks.mjs", "--check", ...files];
  const { ok, output } = await live(process.execPath, args, minutes);
  const totals = /(\d+) passed, (\d+) failed\s*$/.exec(output);
  return counted(ok, { passed: Number(totals?.[1] ?? 0), failed: Number(totals?.[2] ?? 0) });
}

/** The tests of a folder under test/ that need a browser. */
async function browserTests(/** @type {string} */ folder) {
  if (findChromium()) return await nodeTests(folder, 6);
  console.log(`The browser test needs Chromium, and there is none: ${howToGetChromium}`);
  if (process.env.CI) return { passed: 0, failed: 1, skipped: 0 };
  return { passed: 0, failed: 0, skipped: 1 };
}

/**
 * What is tested, in this order; `npm test` leaves out `course`, the notebooks that train many
 * models, and `classroom`, which have commands of their own. The minutes are the limits at which a
 * hanging stage is ended.
 * @type {Record<string, () => Promise<Counts>>}
 */
export const stages = {
  lint: () => tool("eslint/bin/eslint.js", [".", "--max-warnings", "0"]),
  format: () => tool("prettier/bin/prettier.cjs", ["--check", "--log-level=warn", "."]),
  types: () => tool("typescript/bin/tsc", ["--noEmit"]),
  setup: () => nodeTests("setup", 3),
  unit: () => nodeTests("unit", 12),
  kernel: kernelTests,
  notebooks: () => notebooks(notebookFiles(1, 6), 25),
  browser: () => browserTests("browser"),
  course: () => notebooks(notebookFiles(7), 45),
  classroom: classroomTests,
};
