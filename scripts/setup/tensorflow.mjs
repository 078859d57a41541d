import fs from "node:fs";
import path from "node:path";
import { requireCompiler } from "./compiler.mjs";
import { megabytes, readJson, sizeOf, writeWhole } from "./files.mjs";
import { libtensorflow, tfjsNode } from "./paths.mjs";
import { Problem } from "./problem.mjs";
import { installOfTfjsNode } from "./tfjs-install.mjs";
import { fromWheel, wheelFits } from "./tensorflow-wheel.mjs";

const stamp = path.join(libtensorflow, "attention-lab.json");
const deps = path.join(tfjsNode, "deps");
const FREE_BYTES = 1.5e9;

/** Where libtensorflow came from, or undefined when there is none whole. */
export function originOfLibtensorflow() {
  /** @type {{ from: string, bytes: number } | undefined} */
  const made = readJson(stamp);
  return made && sizeOf(path.join(libtensorflow, "lib")) === made.bytes ? made : undefined;
}

function assertSpace() {
  const { bavail, bsize } = fs.statfsSync(path.dirname(libtensorflow));
  if (bavail * bsize >= FREE_BYTES) return;
  throw new Problem(
    `only ${megabytes(bavail * bsize)} are free on this disk; the set-up needs ${megabytes(FREE_BYTES)}.`,
  );
}

/** tfjs-node's own download, which lands in its folder `deps` inside node_modules. */
async function ownDownload() {
  fs.rmSync(deps, { recursive: true, force: true });
  await installOfTfjsNode();
  return deps;
}

/**
 * Moves a complete libtensorflow to its place and signs it: only what has the stamp is believed.
 * @param {string} folder with lib and include
 * @param {string} from
 */
function settle(folder, from) {
  const bytes = sizeOf(path.join(folder, "lib"));
  fs.rmSync(libtensorflow, { recursive: true, force: true });
  fs.renameSync(folder, libtensorflow);
  writeWhole(stamp, `${JSON.stringify({ from, bytes }, null, 2)}\n`);
}

/** @type {import("./thing.mjs").Thing} */
export const tensorflow = {
  name: "libtensorflow",
  takes: "1 to 10 min, about 200 MB to download",
  check() {
    const made = originOfLibtensorflow();
    if (!made) return { ok: false, detail: "missing, or its download was cut off" };
    return { ok: true, detail: `${megabytes(made.bytes)} from ${made.from}` };
  },
  async mend() {
    assertSpace();
    requireCompiler(); // what comes next is built against it: better said before the download
    try {
      settle(await ownDownload(), "tfjs-node's own download");
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (!wheelFits()) {
        const hint = "The other way, PyPI's wheel, is for Linux on x64 only; see environment.md.";
        throw new Problem(`${error.message} ${hint}`, error.details);
      }
      const cause = /Error: (.*)/.exec(error.details)?.[1] ?? "";
      console.log(`      ${error.message} ${cause}\n      Taking PyPI's wheel instead.`);
      settle(await fromWheel(), "PyPI's wheel tensorflow-cpu 2.15.1 (SHA-256 checked)");
    }
  },
};
