import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import test from "node:test";

// On processors with AVX-512, TensorFlow's own choice of matrix product fails this within a second.
test("matrix products survive a stream of signals", async () => {
  const products = `
    const { Random, targets, tokenLoss, seq2seq } = require("attention-lab");
    const tf = require("@tensorflow/tfjs-node");
    process.on("SIGUSR2", () => {});
    const model = seq2seq({ sourceVocabSize: 9, targetVocabSize: 9, embeddingDim: 8, hiddenDim: 8 });
    const tokens = tf.ones([64, 20], "int32");
    const ys = targets(Array.from({ length: 64 }, () => Array(20).fill(4)));
    model.compile({ optimizer: "sgd", loss: tokenLoss });
    console.log("ready");
    const train = async () => {
      const end = Date.now() + 4000;
      while (Date.now() < end) await model.trainOnBatch([tokens, tokens], ys);
      console.log("done");
    };
    train();
  `;
  const child = spawn(process.execPath, ["-e", products], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const closed = once(child, "close");
  while (!output.includes("ready") && child.exitCode === null) await sleep(50);
  while (!output.includes("done") && child.exitCode === null && child.signalCode === null) {
    for (let i = 0; i < 20; i++) child.kill("SIGUSR2");
    await sleep(1);
  }
  const [code, signal] = (await closed) as [number | null, string | null];
  assert.deepEqual({ code, signal, output }, { code: 0, signal: null, output: "ready\ndone\n" });
});
