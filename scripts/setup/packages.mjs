import fs from "node:fs";
import path from "node:path";
import { readJson } from "./files.mjs";
import { cache, nodeModules, root } from "./paths.mjs";
import { Problem } from "./problem.mjs";
import { run } from "./run.mjs";

/**
 * The packages of package-lock.json that node_modules lacks or has in another version. npm writes
 * node_modules/.package-lock.json as its very last act: what was cut off has none.
 * @returns {string[]} their folders
 */
function missing() {
  const wanted = readJson(path.join(root, "package-lock.json"))?.packages ?? {};
  const present = readJson(path.join(nodeModules, ".package-lock.json"))?.packages ?? {};
  return Object.keys(wanted).filter((folder) => {
    const entry = wanted[folder];
    if (!folder.includes("node_modules/") || entry.optional) return false;
    const same = present[folder]?.version === entry.version;
    return !same || !fs.existsSync(path.join(root, folder, "package.json"));
  });
}

/** @type {import("./thing.mjs").Thing} */
export const packages = {
  name: "Node packages",
  takes: "15 s to 3 min, 160 MB to download",
  check() {
    const lacking = missing();
    if (lacking.length === 0)
      return { ok: true, detail: "node_modules is what package-lock.json says" };
    const few = lacking.slice(0, 2).map((folder) => folder.replace(/^.*node_modules\//, ""));
    return {
      ok: false,
      detail: `${lacking.length} packages missing or of another version (${few.join(", ")} …)`,
    };
  },
  // Scripts of packages do not run: tfjs-node's would fail where its host is blocked, and take
  // the whole installation with it. tensorflow.mjs does its work.
  async mend() {
    let fetched = 0;
    const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=http"];
    args.push(`--cache=${path.join(cache, "npm")}`);
    try {
      await run("npm ci", "npm", args, {
        silence: 120,
        env: { npm_config_update_notifier: "false" },
        onLine(line, progress) {
          if (/http fetch GET 200 .*\.tgz/.test(line))
            progress.note(`${++fetched} packages fetched`);
        },
      });
    } catch (error) {
      const output = error instanceof Problem ? error.details : "";
      if (!/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|network/.test(output))
        throw error;
      throw new Problem(
        "npm could not reach its registry: check the network or proxy, then run this again.",
        output,
      );
    }
  },
};
