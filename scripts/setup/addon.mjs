import { spawnSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { requireCompiler } from "./compiler.mjs";
import { readJson, writeWhole } from "./files.mjs";
import { libtensorflow, nodeModules, root, shown, tfjsNode } from "./paths.mjs";
import { Problem } from "./problem.mjs";
import { run } from "./run.mjs";
import { originOfLibtensorflow } from "./tensorflow.mjs";
import { buildEnvironment } from "./tfjs-install.mjs";

const deps = path.join(tfjsNode, "deps");
const addonFile = path.join(tfjsNode, "lib/napi-v8/tfjs_binding.node");
const buildFolder = path.join(tfjsNode, "build-tmp-napi-v8");
const stamp = path.join(tfjsNode, "attention-lab.json");
/** What is compiled into it beside tfjs-node's own source, in this order. */
const additions = ["without-signals.h", "calling-thread.h"].map((name) =>
  path.join(root, "scripts/setup", name),
);
const SHA256 = crypto
  .createHash("sha256")
  .update(additions.map((file) => fs.readFileSync(file, "utf8")).join(""))
  .digest("hex");

const MULTIPLY = `
const tf = require("@tensorflow/tfjs-node");
const product = tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])).dataSync()[0];
if (product !== 11 || tf.getBackend() !== "tensorflow") throw new Error("1·3 + 2·4 = " + product);
`;

/** Multiplies two matrices in a Node of its own; the one-line fault, or undefined when all is well. */
function faultOfTfjs() {
  const { status, stderr } = spawnSync(process.execPath, ["-e", MULTIPLY], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" },
  });
  if (status === 0) return undefined;
  return stderr.split("\n").find((line) => /Error/.test(line)) ?? `exit status ${status}`;
}

/** Whether the addon is the one built here: that of tfjs-node's own install script is not. */
function hasAdditions() {
  const built = fs.readFileSync(addonFile);
  return ["pthread_sigmask", "calling-thread"].every((text) => built.includes(text));
}

/** tfjs-node finds libtensorflow through a link, so that `npm ci` does not take 600 MB with it. */
function link() {
  fs.rmSync(deps, { recursive: true, force: true });
  fs.symlinkSync(path.relative(tfjsNode, libtensorflow), deps);
}

/** @type {import("./thing.mjs").Thing} */
export const addon = {
  name: "tfjs-node",
  takes: "10 s to 1 min",
  check() {
    const made = readJson(stamp);
    const linked = readJson(path.join(deps, "attention-lab.json"));
    if (!made || linked?.from !== made.from || !fs.existsSync(addonFile))
      return { ok: false, detail: "its addon is not built yet" };
    if (made.addition !== SHA256 || !hasAdditions())
      return { ok: false, detail: "its addon was built without what now belongs into it" };
    return { ok: true, detail: `its addon for libtensorflow from ${made.from}` };
  },
  async mend() {
    const cxx = requireCompiler();
    fs.rmSync(stamp, { force: true });
    fs.rmSync(addonFile, { force: true });
    fs.rmSync(buildFolder, { recursive: true, force: true }); // half-written objects of a cut-off build
    link();
    const prebuild = path.join(nodeModules, "@mapbox/node-pre-gyp/bin/node-pre-gyp");
    // The compiler runs in tfjs-node's folder `build`. A path from there holds no space.
    const build = path.join(fs.realpathSync(tfjsNode), "build");
    const headers = additions.map((file) => `-include ${path.relative(build, file)}`);
    const flags = [process.env.CXXFLAGS ?? "", ...headers].join(" ");
    await run(
      "building the addon",
      process.execPath,
      [prebuild, "install", "--build-from-source"],
      {
        cwd: tfjsNode,
        env: { ...buildEnvironment(), CXX: cxx, CXXFLAGS: flags },
      },
    );
    const fault = faultOfTfjs();
    if (fault) throw new Problem(`tfjs-node is built but does not run: ${fault}`);
    const made = { from: originOfLibtensorflow()?.from, addition: SHA256 };
    writeWhole(stamp, `${JSON.stringify(made, null, 2)}\n`);
    fs.rmSync(buildFolder, { recursive: true, force: true });
  },
  probe() {
    const fault = faultOfTfjs();
    if (!fault) return { ok: true, detail: "loads and multiplies two matrices" };
    const command = `rm -rf ${shown(libtensorflow)} && npm start`;
    return { ok: false, detail: `does not run: ${fault}`, command };
  },
};
