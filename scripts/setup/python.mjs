import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { venvPython } from "./paths.mjs";
import { which } from "./which.mjs";

/** The minor version of the oldest Python 3 that runs the course. */
const OLDEST = 10;
const NAMES = ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
const ASK = `
import sys
try:
    import venv, ensurepip
    whole = True
except ImportError:
    whole = False
print(sys.version_info[0], sys.version_info[1], sys.version_info[2], int(whole))`;

/**
 * What a Python says of itself; undefined when it does not run.
 * @param {string} executable
 * @param {number} oldest the minor version of the oldest Python 3 that will do
 */
export function askPython(executable, oldest = OLDEST) {
  const { status, stdout } = spawnSync(executable, ["-c", ASK], { encoding: "utf8" });
  if (status !== 0) return undefined;
  const [major, minor, patch, whole] = stdout.trim().split(" ").map(Number);
  return {
    executable,
    version: `${major}.${minor}.${patch}`,
    minor: `${major}.${minor}`,
    newEnough: major > 3 || (major === 3 && minor >= oldest),
    hasVenv: whole === 1,
  };
}

/** The Python to make a venv with: $PYTHON, or the first good one on PATH; else the best there is. */
export function findPython(oldest = OLDEST) {
  const names = process.env.PYTHON ? [process.env.PYTHON] : NAMES;
  const found = names.flatMap((name) => {
    const executable = which(name);
    return (executable && askPython(executable, oldest)) || [];
  });
  return (
    found.find((python) => python.newEnough && python.hasVenv) ??
    found.find((python) => python.newEnough) ??
    found[0]
  );
}

/**
 * Whether this machine has a Python to make a venv with, and how to get one.
 * @param {number} [oldest] the minor version of the oldest Python 3 that will do
 * @returns {import("./thing.mjs").Finding}
 */
export function pythonForVenv(oldest = OLDEST) {
  const found = findPython(oldest);
  const needed = `3.${oldest} or newer is needed`;
  const command =
    "sudo apt-get install python3 python3-venv (or name another: PYTHON=/path/to/python3)";
  if (!found) return { ok: false, detail: `no Python found; ${needed}`, command };
  const name = `Python ${found.version} (${found.executable})`;
  if (!found.newEnough) return { ok: false, detail: `${name} is too old; ${needed}`, command };
  if (!found.hasVenv)
    return {
      ok: false,
      detail: `${name} comes without venv and pip`,
      command: `sudo apt-get install python${found.minor}-venv`,
    };
  return { ok: true, detail: `${found.version} at ${found.executable}` };
}

/** @type {import("./thing.mjs").Thing} */
export const python = {
  name: "Python",
  check() {
    // Once there is a venv, its own Python is the one that counts.
    const own = fs.existsSync(venvPython) ? askPython(venvPython) : undefined;
    if (own?.newEnough) return { ok: true, detail: `${own.version} in .venv` };
    return pythonForVenv();
  },
};
