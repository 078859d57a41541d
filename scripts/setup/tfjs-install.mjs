import fs from "node:fs";
import path from "node:path";
import { megabytes, sizeOf } from "./files.mjs";
import { cache, nodeModules, tfjsNode, venvPython } from "./paths.mjs";
import { run } from "./run.mjs";

const SILENCE_S = 20;
const BUILD_SILENCE_S = 600;

/** What tfjs-node's scripts need around them: npm's tools, a Python, and Node's own headers. */
export function buildEnvironment() {
  const prefix = path.resolve(fs.realpathSync(process.execPath), "../..");
  const hasHeaders = fs.existsSync(path.join(prefix, "include/node/node_api.h"));
  const bin = path.join(nodeModules, ".bin");
  return {
    PATH: `${bin}${path.delimiter}${process.env.PATH}`,
    npm_config_nodedir: process.env.npm_config_nodedir ?? (hasHeaders ? prefix : undefined),
    npm_config_devdir: path.join(cache, "node-gyp"),
    npm_config_python: venvPython,
    npm_config_loglevel: undefined,
  };
}

/**
 * Runs tfjs-node's own install script: it downloads libtensorflow unless it is there, then
 * downloads the addon or, failing that, builds it.
 * @throws {Problem} when a download shows no new byte for 20 s, or the script fails
 */
export async function installOfTfjsNode() {
  let building = false;
  let quietSince = Date.now();
  await run("tfjs-node's own download", process.execPath, ["scripts/install.js"], {
    cwd: tfjsNode,
    env: buildEnvironment(),
    silence: SILENCE_S,
    onLine(line, progress) {
      if (!line.includes("Building TensorFlow")) return;
      building = true;
      quietSince = Date.now();
      progress.note("building the addon");
    },
    pulse(progress) {
      // A compiler at work may write nothing for a long time.
      if (building) return Date.now() - quietSince < BUILD_SILENCE_S * 1000 ? Date.now() : 0;
      const bytes = sizeOf(path.join(tfjsNode, "deps"));
      if (bytes > 0) progress.note(`${megabytes(bytes)} unpacked`);
      return bytes;
    },
  });
}
