import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { decodeGreedy, encoderOf, targets, tokenLoss } from "attention-lab";
import { beginTeam, endTeam } from "attention-lab/dist/layers/fused/parts";
import * as tf from "@tensorflow/tfjs-node";
import { tinyData, tinyModel } from "./seq2seq-helpers";

const SIGINT = 2n;
const skip = !existsSync("/proc/self/schedstat") && "this system does not tell threads' times";

/** The nanoseconds that the main thread has computed, and TensorFlow's, which take no signals. */
function times(): { main: number; tensorflow: number } {
  const sum = { main: 0, tensorflow: 0 };
  for (const thread of readdirSync("/proc/self/task")) {
    if (!existsSync(`/proc/self/task/${thread}/status`)) continue; // it has ended meanwhile
    const read = (file: string) => readFileSync(`/proc/self/task/${thread}/${file}`, "utf8");
    const computed = Number(read("schedstat").split(" ")[0]);
    const blocked = BigInt(`0x${/^SigBlk:\s*(\w+)/m.exec(read("status"))![1]}`);
    if (Number(thread) === process.pid) sum.main += computed;
    else if ((blocked >> (SIGINT - 1n)) & 1n) sum.tensorflow += computed;
  }
  return sum;
}

/** What TensorFlow's threads compute, for each second of the main thread. */
function shareOfTensorFlow(work: () => void): number {
  work(); // makes the graphs
  const begin = times();
  for (let i = 0; i < 20; i++) work();
  const end = times();
  return (end.tensorflow - begin.tensorflow) / (end.main - begin.main);
}

function assertAlone(work: () => void): void {
  const share = shareOfTensorFlow(work);
  assert.ok(share < 0.02, `TensorFlow's threads had a share of ${share}`);
}

function assertHelped(work: () => void): void {
  const share = shareOfTensorFlow(work);
  assert.ok(share > 0.2, `TensorFlow's threads had a share of ${share}`);
}

const model = tinyModel(tinyData().vocabularies, { hiddenDim: 128 });
const textsOf = (rows: number) => Array.from({ length: rows }, () => [4, 5, 6, 7, 4, 5, 6, 7]);
const tokensOf = (rows: number) => tf.tensor2d(textsOf(rows), undefined, "int32");

test("the calling thread decodes up to 16 rows, TensorFlow's threads more", { skip }, () => {
  const decode = (rows: number) => () => void decodeGreedy(model, textsOf(rows), 6);
  assertAlone(decode(16));
  assertHelped(decode(17));
  assertHelped(decode(64));
});

test("so it is with the encoder, and with a whole model", { skip }, () => {
  const encode = (rows: number) => () => tf.tidy(() => void encoderOf(model).read(tokensOf(rows)));
  const apply = (rows: number) => () =>
    tf.tidy(() => void model.apply([tokensOf(rows), tokensOf(rows)]));
  for (const run of [encode, apply]) {
    assertAlone(run(1));
    assertHelped(run(64));
  }
});

test("a training is computed by TensorFlow's threads, a worker's by itself", { skip }, () => {
  const learn = (rows: number) => () =>
    tf.tidy(() => {
      const tokens = tokensOf(rows);
      const ys = targets(textsOf(rows));
      tf.variableGrads(() => tokenLoss(ys, model.apply([tokens, tokens]) as tf.Tensor));
    });
  for (const rows of [8, 64]) {
    assertHelped(learn(rows));
    beginTeam();
    assertAlone(learn(rows));
    endTeam();
    assertHelped(learn(rows));
  }
});

test("TensorFlow has as many threads as asked for, whatever comes first", { skip }, () => {
  const program = `
    const { decodeGreedy, seq2seq } = require("attention-lab");
    const vocabularies = { sourceVocabSize: 9, targetVocabSize: 9 };
    const model = seq2seq({ ...vocabularies, embeddingDim: 8, hiddenDim: 8 });
    for (const rows of [1, 64]) {
      decodeGreedy(model, Array.from({ length: rows }, () => [4, 5]), 3);
    }
    console.log(require("node:fs").readdirSync("/proc/self/task").length);
  `;
  const threadsOf = (asked: number) => {
    const env = { ...process.env, TF_NUM_INTEROP_THREADS: String(asked) };
    return Number(spawnSync(process.execPath, ["-e", program], { env }).stdout.toString());
  };
  // It has two pools of them: one for graphs, and one for operations by themselves.
  assert.equal(threadsOf(7) - threadsOf(2), 2 * (7 - 2));
});
