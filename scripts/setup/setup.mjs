import fs from "node:fs";
import path from "node:path";
import { alone } from "./lock.mjs";
import { cache, nodeModules } from "./paths.mjs";
import { Problem } from "./problem.mjs";
import { things } from "./things.mjs";

const FIRST_TIME =
  "Setting up attention-lab, for the first time: 3 to 15 minutes, about 430 MB to download, 1.5 GB on " +
  "disk, all in this folder. It may be cut off and run again.";

const needed = things.filter((thing) => !thing.optional);

/** @typedef {import("./thing.mjs").Thing} Thing */

/** Of what was downloaded and is installed by now, nothing is needed again. */
function clean() {
  for (const folder of ["npm", "pip", "tmp", "wheel", "libtensorflow", "node-gyp"])
    fs.rmSync(path.join(cache, folder), { recursive: true, force: true });
}

/** Looks at each thing in turn and mends what is missing; safe to be cut off, and to run again. */
async function mendAll(/** @type {Thing[]} */ wanted) {
  const begun = Date.now();
  const fresh = !fs.existsSync(nodeModules);
  let mended = 0;
  for (const thing of wanted) {
    const finding = thing.check();
    if (finding.ok) continue;
    if (!thing.mend) throw new Problem(`${finding.detail}. Mend it with: ${finding.command}`);
    if (mended++ === 0) console.log(fresh ? FIRST_TIME : "Mending what is missing:");
    console.log(`- ${thing.name}: ${finding.detail}. Mending takes ${thing.takes}.`);
    const since = Date.now();
    await thing.mend();
    const result = thing.check();
    if (!result.ok) throw new Problem(`${thing.name}: still not right: ${result.detail}.`);
    console.log(`  ${result.detail} [${((Date.now() - since) / 1000).toFixed(1)} s]`);
  }
  clean();
  if (mended > 0) console.log(`Set up in ${Math.round((Date.now() - begun) / 1000)} s.`);
}

/**
 * Makes sure that the course can run: installs, builds and describes what is missing.
 * @param {Thing[]} more what is wanted beside the things that everybody needs
 * @throws {Problem} with one line that says what the user must do
 */
export async function setUp(more = []) {
  await alone(() => mendAll([...needed, ...more]));
}
