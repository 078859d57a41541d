import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { readJson, writeWhole } from "../scripts/setup/files.mjs";
import { cache, root, shown } from "../scripts/setup/paths.mjs";
import { Problem } from "../scripts/setup/problem.mjs";
import { findPython } from "../scripts/setup/python.mjs";
import { run } from "../scripts/setup/run.mjs";
import { pipEnvironment } from "../scripts/setup/venv.mjs";

const venv = path.join(cache, "bench", "venv");
const stamp = path.join(venv, "attention-lab.json");
const requirements = path.join(root, "bench/requirements.txt");

export const peersPython = path.join(venv, "bin/python");

/**
 * Makes the venv of Keras and PyTorch, unless it is there: about a minute, 500 MB to download.
 * @returns {Promise<boolean>} whether there is one; where pip fails it is said, and we go on without
 */
export async function installPeers() {
  const hash = createHash("sha256").update(fs.readFileSync(requirements)).digest("hex");
  if (readJson(stamp)?.requirements === hash) return true;
  console.log(`Installing Keras and PyTorch into ${shown(venv)}: some minutes, this once.`);
  try {
    const python = findPython();
    if (!python) throw new Problem("no Python found.");
    fs.rmSync(venv, { recursive: true, force: true });
    await run("python -m venv", python.executable, ["-m", "venv", venv], { silence: 120 });
    const install = ["-m", "pip", "install", "--no-input", "-r", requirements];
    await run("pip install", peersPython, install, { silence: 300, env: pipEnvironment() });
    writeWhole(stamp, JSON.stringify({ requirements: hash }));
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.error(`${error.details}\n${error.message}`);
    console.error("Keras and PyTorch could not be installed; going on without them.");
    return false;
  }
}
