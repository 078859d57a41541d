import path from "node:path";
import { root } from "../scripts/setup/paths.mjs";
import { peersPython } from "./peers.mjs";

/**
 * @typedef {object} Entry one row of the table for each cell it takes part in
 * @property {"ours" | "ours-parallel" | "keras" | "pytorch" | "tfjs-layers"} system
 * @property {string} variant
 * @property {string} command
 * @property {string[]} args
 * @property {Record<string, string>} [env]
 * @property {boolean} [quick] whether it takes part in the quick run
 * @property {boolean} [slow] it takes several times as long as the others
 * @property {string[]} [paths] the functions it decodes by, where there are several
 */

const script = (/** @type {string} */ name) => path.join(root, "bench/systems", name);

/** Two workers at least: on one core they show what they cost. */
const WORKERS = 2;

/** @returns {Entry[]} */
function ours() {
  return [false, true].flatMap((resetAfter) =>
    [1, WORKERS].map((workers) => ({
      system: workers === 1 ? "ours" : "ours-parallel",
      variant: resetAfter ? "reset-after" : "reset-before",
      command: process.execPath,
      args: [script("ours.mjs"), JSON.stringify({ resetAfter, workers })],
      quick: workers === 1 || !resetAfter,
      // Workers share a training; they do not decode.
      paths: workers === 1 ? ["translate", "decodeGreedy"] : [],
    })),
  );
}

/** TensorFlow's threads: within an operation, and between operations. */
const threads = (/** @type {number} */ intra, /** @type {number} */ inter) => ({
  TF_NUM_INTRAOP_THREADS: `${intra}`,
  TF_NUM_INTEROP_THREADS: `${inter}`,
});

/**
 * The ways to run a peer that a practitioner would try; the fastest one is what we compare with.
 * @returns {Entry[]}
 */
function peers() {
  /** @type {Pick<Entry, "system" | "command">} */
  const keras = { system: "keras", command: peersPython };
  const kerasScript = script("keras_tf.py");
  /** @type {Pick<Entry, "system" | "command">} */
  const pytorch = { system: "pytorch", command: peersPython };
  const pytorchScript = script("pytorch.py");
  return [
    {
      ...keras,
      variant: "graph, unrolled, 1×2 threads",
      args: [kerasScript, "unrolled"],
      env: threads(1, 2),
      quick: true,
    },
    { ...keras, variant: "graph, unrolled", args: [kerasScript, "unrolled"] },
    { ...keras, variant: "graph, loop, 1×2 threads", args: [kerasScript], env: threads(1, 2) },
    { ...keras, variant: "jit, loop", args: [kerasScript, "jit"] },
    { ...pytorch, variant: "padded", args: [pytorchScript], quick: true },
    { ...pytorch, variant: "packed", args: [pytorchScript, "packed"] },
    {
      ...pytorch,
      variant: "padded, 1 thread",
      args: [pytorchScript],
      env: { OMP_NUM_THREADS: "1" },
    },
  ];
}

/**
 * What tfjs offers by itself.
 * @type {Entry}
 */
const tfjsLayers = {
  system: "tfjs-layers",
  variant: "model.fit",
  command: process.execPath,
  args: [script("tfjs-layers.mjs")],
  quick: true,
  slow: true,
};

/**
 * Who takes part.
 * @param {{ quick: boolean, python: boolean, peers: boolean }} choice
 */
export function entries(choice) {
  const all = [
    ...ours(),
    ...(choice.peers && choice.python ? peers() : []),
    ...(choice.peers ? [tfjsLayers] : []),
  ];
  return all.filter((entry) => entry.quick || !choice.quick);
}
