import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import test from "node:test";

const train = "await model.trainOnBatch([tokens, tokens], ys)";
const decode = "decodeGreedy(model, rows, 11), await new Promise(setImmediate)";

const workers = "await train(model, pairs, { epochs: 1, workers: 2, progress: null })";

const products = `tf.tidy(() => {
  const multiply = (length, rows, columns, transposed) => {
    const a = tf.ones(transposed ? [length, rows] : [rows, length]);
    const product = tf.matMul(a, tf.ones([length, columns]), transposed);
    const wrong = product.notEqual(length).any().dataSync()[0];
    if (wrong) throw new Error("a product of ones is wrong");
  };
  multiply(1000, 64, 64, false);
  multiply(512, 256, 512, true);
  multiply(1024, 512, 1024, true);
}), await new Promise(setImmediate)`;

/** What a child process runs until it has been at it for four seconds. */
const kinds = {
  small: { hidden: 8, fused: `"auto"`, work: train },
  dates: { hidden: 128, fused: `"auto"`, work: train },
  large: { hidden: 256, fused: `"auto"`, work: train },
  plain: { hidden: 256, fused: "false", work: train },
  decoding: { hidden: 256, fused: `"auto"`, work: decode },
  workers: { hidden: 128, fused: `"auto"`, work: workers },
  products: { hidden: 8, fused: "false", work: products },
};

// With tfjs-node's addon as it comes, most of these fail on some processors, and few or none on others.
for (const [name, { hidden, fused, work }] of Object.entries(kinds)) {
  test(`matrix products survive a stream of signals: ${name}`, async () => {
    const program = `
      const { decodeGreedy, seq2seq, targets, tokenLoss, train, useFusedKernels, Vocabulary } =
        require("attention-lab");
      const tf = require("@tensorflow/tfjs-node");
      process.on("SIGUSR2", () => {});
      // It lives on until its parent sends no more: while Node ends, a signal would kill it.
      process.stdin.resume();
      useFusedKernels(${fused});
      const sizes = { sourceVocabSize: 9, targetVocabSize: 9, embeddingDim: 8 };
      const model = seq2seq({ ...sizes, hiddenDim: ${hidden} });
      const tokens = tf.ones([64, 20], "int32");
      const rows = Array.from({ length: 64 }, () => Array(20).fill(4));
      const ys = targets(rows);
      const text = "a".repeat(20);
      const vocabulary = Vocabulary.fromTexts(["abcde"]);
      const pairs = {
        train: Array.from({ length: 640 }, () => ({ source: text, target: text })),
        vocabularies: { source: vocabulary, target: vocabulary },
      };
      model.compile({ optimizer: "sgd", loss: tokenLoss });
      console.log("ready");
      const work = async () => {
        const end = Date.now() + 4000;
        while (Date.now() < end) ${work};
        console.log("done");
      };
      work();
    `;
    const child = spawn(process.execPath, ["-e", program], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const closed = once(child, "close");
    const lives = () => child.exitCode === null && child.signalCode === null;
    while (!output.includes("ready") && lives()) await sleep(50);
    while (!output.includes("done") && lives()) {
      for (let i = 0; i < 20; i++) child.kill("SIGUSR2");
      await sleep(1);
    }
    child.stdin.end();
    const [code, signal] = (await closed) as [number | null, string | null];
    assert.deepEqual({ code, signal, output }, { code: 0, signal: null, output: "ready\ndone\n" });
  });
}
