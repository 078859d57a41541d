// What the systems that run in Node share: how they talk with the driver (see common.py).
import fs from "node:fs";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";

/**
 * @typedef {object} Data rows of ids, not padded, and the sizes of the model that learns them
 * @property {number} sourceVocab
 * @property {number} targetVocab
 * @property {number} embeddingDim
 * @property {number} hiddenDim
 * @property {number} dropout
 * @property {number} sourceTime the longest source
 * @property {number} targetTime the length of each target, its end included
 * @property {string} sourceCharacters the character of each id from 4 on
 * @property {string} targetCharacters
 * @property {number[][]} sources
 * @property {number[][]} targets without start and end
 * @property {{ sources: number[][], targets: number[][] }} [heldOut]
 *
 * @typedef {object} Job what to learn, and how fast
 * @property {string} file where the `Data` is
 * @property {number} batch rows a step
 * @property {number} steps steps a round
 * @property {number} rounds how many there will be, which the learning rate's schedule goes by
 * @property {number} learningRate
 * @property {number} seed
 *
 * @typedef {object} Decoding
 * @property {number} batch
 * @property {number} repeats
 * @property {string} [path] by which of our functions
 *
 * @typedef {{ ms: number[], loss: number }} Round a time for each step, and the last step's loss
 *
 * @typedef {object} System
 * @property {(job: Job) => Promise<{ parameters: number }>} open
 * @property {() => Promise<Round>} train one round of steps
 * @property {(decoding: Decoding) => Promise<{ ms: number[] }>} decode
 * @property {() => Promise<{ exactMatch: number }>} evaluate on the held-out rows
 *
 * @typedef {object} About what the table says of a system
 * @property {string} version
 * @property {string} execution
 * @property {string} gru
 * @property {string} biases
 * @property {string} masking
 * @property {string} threads
 */

/** @returns {Data} */
export function readData(/** @type {string} */ file) {
  return JSON.parse(fs.readFileSync(file, "utf8"));
}

/**
 * Times `work` some times over.
 * @param {number} repeats
 * @param {() => unknown} work
 */
export async function times(repeats, work) {
  const ms = [];
  for (let i = 0; i < repeats; i++) {
    const begun = performance.now();
    await work();
    ms.push(performance.now() - begun);
  }
  return ms;
}

/**
 * Answers the driver line by line until "quit", or until the driver is gone.
 * @param {System} system
 * @param {About} about
 */
export async function serve(system, about) {
  // Written to the file itself: what a library prints must not be taken for an answer.
  console.log = console.error;
  const answer = (/** @type {object} */ message) => fs.writeSync(1, `${JSON.stringify(message)}\n`);
  answer(about);
  for await (const line of createInterface({ input: process.stdin })) {
    const { cmd, ...request } = JSON.parse(line);
    if (cmd === "quit") break;
    answer(await system[/** @type {keyof System} */ (cmd)](request));
  }
  process.exit(0);
}
