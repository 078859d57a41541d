import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { nodeModules, root } from "./paths.mjs";
import { Problem } from "./problem.mjs";
import { run } from "./run.mjs";

const tsc = path.join(nodeModules, "typescript/bin/tsc");
const entry = path.join(root, "src/dist/index.js");

/** @type {import("./thing.mjs").Thing} */
export const build = {
  name: "attention-lab",
  takes: "5 to 20 s",
  check() {
    const unbuilt = { ok: false, detail: "src is not built, or has changed since" };
    if (!fs.existsSync(tsc) || !fs.existsSync(entry)) return unbuilt;
    // TypeScript itself knows best what is out of date.
    const dry = spawnSync(process.execPath, [tsc, "--build", "src", "--dry"], {
      cwd: root,
      encoding: "utf8",
    });
    if (!dry.stdout.includes("is up to date")) return unbuilt;
    return { ok: true, detail: "the helpers in src are built into src/dist" };
  },
  async mend() {
    // Files that someone deleted from dist are written again only with --force.
    const force = fs.existsSync(entry) ? [] : ["--force"];
    try {
      await run("tsc --build src", process.execPath, [tsc, "--build", "src", ...force]);
    } catch (error) {
      const errors = error instanceof Problem ? error.details : "";
      if (!errors.includes("error TS")) throw error;
      throw new Problem("the helpers in src do not compile; the errors stand above.", errors);
    }
  },
};
