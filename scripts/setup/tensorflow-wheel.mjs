import fs from "node:fs";
import path from "node:path";
import { megabytes } from "./files.mjs";
import { cache, root, venv, venvPython } from "./paths.mjs";
import { Problem } from "./problem.mjs";
import { run } from "./run.mjs";
import { pip } from "./venv.mjs";

// The C API of TensorFlow is stable: tfjs-node 4.22, made for 2.9.1, builds and runs on 2.15.1.
const WHEEL = "tensorflow-cpu==2.15.1";
const SHA256 = "54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26";
const folder = path.join(cache, "wheel");
const unpacked = path.join(cache, "libtensorflow");

/** The names by which tfjs-node's build and its addon look for the two libraries. */
const LINKS = {
  "libtensorflow.so": "libtensorflow_cc.so.2",
  "libtensorflow.so.2.9.1": "libtensorflow_cc.so.2",
  "libtensorflow_framework.so": "libtensorflow_framework.so.2",
};

/** Whether the wheel's libraries run here. */
export function wheelFits() {
  return process.platform === "linux" && process.arch === "x64";
}

/** Reads "Progress BYTES of TOTAL" lines, as pip and extract-wheel.py write them. */
function readProgress(/** @type {string} */ doing) {
  return (
    /** @type {string} */ line,
    /** @type {import("./progress.mjs").Progress} */ progress,
  ) => {
    const [, done, total] = /^\s*Progress (\d+) of (\d+)/.exec(line) ?? [];
    if (total) progress.note(`${doing}: ${megabytes(+done)} of ${megabytes(+total)}`);
  };
}

/** The wheel in .cache/wheel, if one is there: put there by us, or by hand for want of a network. */
function wheelAtHand() {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  const name = names.find((entry) => entry.endsWith(".whl"));
  return name && path.join(folder, name);
}

async function download() {
  const wanted = ["--python-version=311", "--abi=cp311", "--platform=manylinux2014_x86_64"];
  const args = ["download", WHEEL, "--no-deps", "--only-binary=:all:", ...wanted];
  await pip(
    venv,
    "pip download",
    [...args, "--no-cache-dir", "--progress-bar=raw", `--dest=${folder}`],
    {
      onLine: readProgress("downloading"),
    },
  );
}

/** Checks and extracts the wheel at hand; undefined when there is none with the right SHA-256. */
async function extract() {
  const wheel = wheelAtHand();
  if (!wheel) return undefined;
  fs.rmSync(unpacked, { recursive: true, force: true });
  const script = path.join(root, "scripts/setup/extract-wheel.py");
  try {
    await run("unpacking the wheel", venvPython, [script, wheel, SHA256, unpacked], {
      onLine: readProgress("unpacking"),
    });
  } catch (error) {
    if (!(error instanceof Problem && error.details.includes("SHA-256 is"))) throw error;
    fs.rmSync(wheel);
    return undefined;
  }
  for (const [link, library] of Object.entries(LINKS))
    fs.symlinkSync(library, path.join(unpacked, "lib", link));
  return unpacked;
}

/**
 * libtensorflow out of PyPI's wheel of tensorflow-cpu.
 * @returns {Promise<string>} the folder with lib and include
 */
export async function fromWheel() {
  const found = await extract();
  if (found) return found;
  await download();
  const fresh = await extract();
  if (fresh) return fresh;
  throw new Problem(
    `the downloaded ${WHEEL} is not the file we know (its SHA-256 differs); it was deleted. ` +
      "Run this again, and if it persists, try another network.",
  );
}
