import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import threads from "node:worker_threads";
import {
  adamOf,
  decoderOf,
  Encoder,
  encoderOf,
  type EpochRecord,
  type Pair,
  SeededDropout,
  type StepRecord,
  train,
  type TrainOptions,
} from "attention-lab";
import { trainingPlan } from "attention-lab/dist/layers/fused/parts";
import { Control } from "attention-lab/dist/seq2seq/parallel/control";
import { Exchange } from "attention-lab/dist/seq2seq/parallel/exchange";
import * as tf from "@tensorflow/tfjs-node";
import { letterPairs, tinyData, tinyModel, weightsOf } from "./seq2seq-helpers";
import { countNatives } from "./native-helpers";

const dist = dirname(require.resolve("attention-lab"));
const data = tinyData();
/** 40 pairs in batches of 7, the last one of 5: six steps an epoch. */
const options = { epochs: 9, batchSize: 7, learningRate: 0.02, seed: 1, progress: null };
const dropout = { dropoutRate: 0.2 };

/** Trains a tiny model, and notes the loss of each step. */
async function trained(change: Partial<TrainOptions> = {}, learnt = data) {
  const model = tinyModel(data.vocabularies, dropout);
  const steps: StepRecord[] = [];
  const progress = { step: (step: StepRecord) => void steps.push(step), epoch() {}, end() {} };
  const result = await train(model, learnt, { ...options, progress, ...change });
  return { model, result, steps, losses: steps.map(({ stepLoss }) => stepLoss) };
}

function largestDifference(a: number[], b: number[]): number {
  assert.equal(a.length, b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - b[i])));
}

/** Collects the threads that are started while `act` runs. */
async function threadsOf(act: () => Promise<unknown>): Promise<threads.Worker[]> {
  const started: threads.Worker[] = [];
  const note = (worker: threads.Worker) => void started.push(worker);
  process.on("worker", note);
  await act().finally(() => process.off("worker", note));
  return started;
}

const one = trained();
const two = trained({ workers: 2 });
const three = trained({ workers: 3 });
/** How a worker computes its rows. */
const BY_ITSELF = { parts: 1, onCallingThread: true };

for (const [name, several] of Object.entries({ two, three })) {
  test(`${name} workers have the losses of one for 54 steps, odd batches and dropout included`, () =>
    assertSameLosses(several));
}

async function assertSameLosses(several: ReturnType<typeof trained>): Promise<void> {
  const [alone, together] = [await one, await several];
  assert.equal(alone.losses.length, 54);
  assert.ok(largestDifference(alone.losses, together.losses) < 1e-5);
  const accuracies = [alone, together].map(({ steps }) => steps.map(({ accuracy }) => accuracy));
  assert.ok(largestDifference(accuracies[0], accuracies[1]) < 1e-5);
  alone.result.history.forEach((epoch, i) => {
    const other = together.result.history[i];
    assert.ok(Math.abs(epoch.loss - other.loss) < 1e-5);
    assert.ok(Math.abs(epoch.validationLoss! - other.validationLoss!) < 1e-5);
  });
  assert.notDeepEqual(weightsOf(alone.model), weightsOf(together.model), "sums round differently");
}

test("a training with workers leaves nothing behind in the main thread's TensorFlow", async () => {
  await Promise.all([one, two]);
  const model = tinyModel(data.vocabularies, dropout);
  const epoch = () => train(model, data, { ...options, epochs: 1, workers: 2 });
  await epoch(); // makes the graphs, and Adam's state
  const after = countNatives();
  await epoch();
  assert.equal(countNatives(), after);
});

test("as many workers give the same weights bit for bit; three take turns on two rows", async () => {
  const few = { ...data, train: data.train.slice(0, 9) };
  const change = { workers: 3, batchSize: 2, epochs: 1 };
  const [first, second] = [await trained(change, few), await trained(change, few)];
  assert.deepEqual(weightsOf(first.model), weightsOf(second.model));
  const alone = await trained({ ...change, workers: 1 }, few);
  assert.equal(alone.losses.length, 5);
  assert.ok(largestDifference(alone.losses, first.losses) < 1e-5);
});

// Stands in for the worker's own file, and tells its weights at the end, and how it computed.
const telling = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { loadOwnAddon } = require(${JSON.stringify(join(dist, "seq2seq/parallel/addon.js"))});
  loadOwnAddon(workerData.addon);
  const { Replica } = require(${JSON.stringify(join(dist, "seq2seq/parallel/replica.js"))});
  Replica.from(workerData).then(async (replica) => {
    workerData.port.postMessage({ ready: true });
    await replica.work();
    const weights = replica.model.getWeights().map((weight) => [...weight.dataSync()]);
    const { trainingPlan } = require(${JSON.stringify(join(dist, "layers/fused/parts.js"))});
    parentPort.postMessage({ weights, plan: trainingPlan(128) });
    workerData.port.close();
  });
`;

test("the weights of all replicas are equal to the last bit, also where a callback sets them", async () => {
  const { Worker } = threads;
  const told: Promise<{ weights: number[][]; plan: object }>[] = [];
  class Telling extends Worker {
    constructor(_: string, workerOptions: threads.WorkerOptions) {
      super(telling, { ...workerOptions, eval: true });
      told.push(once(this, "message").then(([message]) => message as Awaited<(typeof told)[0]>));
    }
  }
  Object.assign(threads, { Worker: Telling });
  const model = tinyModel(data.vocabularies, dropout);
  encoderOf(model).embedding.trainable = false;
  const embedding = () => [...encoderOf(model).embedding.getWeights()[0].dataSync()];
  const frozen = embedding();
  // Halves them after the first epoch, and leaves them after the last.
  const onEpochEnd = ({ epoch }: EpochRecord) => {
    if (epoch > 1) return;
    tf.tidy(() => model.setWeights(model.getWeights().map((weight) => weight.div(2))));
  };
  try {
    const change = { epochs: 2, workers: 3, onEpochEnd };
    await train(model, { ...data, validation: [] }, { ...options, ...change });
  } finally {
    Object.assign(threads, { Worker });
  }
  // `getWeights` puts the trainable ones first in both.
  const replica = { weights: weightsOf(model), plan: BY_ITSELF };
  assert.deepEqual(await Promise.all(told), [replica, replica]);
  assert.deepEqual(
    embedding(),
    frozen.map((value) => value / 2),
  );
});

test("a training that was stopped leaves no thread, and resumes bit for bit", async () => {
  const controller = new AbortController();
  let model: tf.LayersModel | undefined;
  const step = ({ epoch, batch }: StepRecord) => {
    if (epoch === 9 && batch === 3) controller.abort();
  };
  const workers = await threadsOf(async () => {
    const progress = { step, epoch() {}, end() {} };
    const cut = await trained({ workers: 2, progress, signal: controller.signal });
    assert.deepEqual([cut.result.interrupted, adamOf(cut.model)!.iterations], [true, 51]);
    ({ model } = cut);
  });
  assert.deepEqual(
    workers.map(({ threadId }) => threadId),
    [-1],
  );
  await train(model!, data, { ...options, workers: 2, resume: true });
  const whole = await two;
  assert.equal(whole.result.epoch, 9, "both end with the weights of the last epoch");
  assert.deepEqual(weightsOf(model!), weightsOf(whole.model));
});

test("an interrupt, and what a callback throws, end the threads", async () => {
  for (const act of [
    () => void process.kill(process.pid, "SIGINT"),
    () => {
      throw new Error("disk full");
    },
  ]) {
    const workers = await threadsOf(() =>
      trained({ workers: 2, onEpochEnd: act }).catch((error: Error) => {
        assert.equal(error.message, "disk full");
      }),
    );
    assert.deepEqual(
      workers.map(({ threadId }) => threadId),
      [-1],
    );
  }
});

test("a worker that dies ends the training with the reason; the weights stay", async () => {
  const model = tinyModel(data.vocabularies, dropout);
  let learnt: number[][] = [];
  let worker: threads.Worker | undefined;
  process.once("worker", (started) => (worker = started));
  const step = ({ batch }: StepRecord) => {
    if (batch !== 3) return;
    learnt = weightsOf(model);
    void worker!.terminate();
  };
  const progress = { step, epoch() {}, end() {} };
  await assert.rejects(
    train(model, data, { ...options, workers: 2, progress }),
    /^Error: train: worker 1 of 1 has ended before the training/,
  );
  assert.equal(adamOf(model)!.iterations, 3);
  assert.deepEqual(weightsOf(model), learnt);
  await train(model, data, { ...options, epochs: 1, workers: 2, resume: true });
  assert.equal(adamOf(model)!.iterations, 6, "it goes on where it broke off");
});

class Reader extends Encoder {
  static override className = "Reader";
}

test("a model with layers that the workers do not know is refused with the reason", async () => {
  tf.serialization.registerClass(Reader);
  const encoderInputs = tf.input({ shape: [null], dtype: "int32" });
  const decoderInputs = tf.input({ shape: [null], dtype: "int32" });
  const known = tinyModel(data.vocabularies);
  const encoded = new Reader(encoderOf(known).args).apply(encoderInputs) as tf.SymbolicTensor[];
  const [logits] = decoderOf(tinyModel(data.vocabularies)).apply([
    decoderInputs,
    ...encoded,
  ]) as tf.SymbolicTensor[];
  const model = tf.model({ inputs: [encoderInputs, decoderInputs], outputs: logits });
  const workers = await threadsOf(() =>
    assert.rejects(
      train(model, data, { ...options, workers: 2 }),
      /train: worker 1 of 1 failed: .*Unknown layer: Reader/,
    ),
  );
  assert.equal(workers[0].threadId, -1);
});

test("weights that are frozen in the middle of a training with workers are told", async () => {
  const model = tinyModel(data.vocabularies);
  const onEpochEnd = () => void (encoderOf(model).embedding.trainable = false);
  await assert.rejects(
    train(model, data, { ...options, workers: 2, onEpochEnd }),
    /train: 1 of the weights that were trainable at the start have no gradient/,
  );
});

test("memory in which TensorFlow cannot compute is told", () => {
  const control = new Control(Control.memory(1));
  const exchangeIn = (memory: SharedArrayBuffer) => () =>
    new Exchange(memory, [[3]], 0, control).dispose();
  assert.doesNotThrow(exchangeIn(Exchange.memory(1, [[3]])));
  // Ordinary memory begins anywhere.
  const ordinary = Array.from({ length: 20 }, () => new SharedArrayBuffer(64));
  assert.throws(() => ordinary.forEach((memory) => exchangeIn(memory)()), /does not take memory/);
});

test("several workers need tfjs-node's backend, a whole number, and weights that learn", async () => {
  const model = tinyModel(data.vocabularies);
  await assert.rejects(train(model, data, { ...options, workers: 0 }), /workers is 0/);
  model.trainable = false;
  const frozen = train(model, data, { ...options, workers: 2 });
  await assert.rejects(frozen, /no weight of the model is trainable/);
  await tf.setBackend("cpu");
  try {
    await assert.rejects(
      train(tinyModel(data.vocabularies), data, { ...options, workers: 2 }),
      /workers is 2, but the backend is "cpu"/,
    );
  } finally {
    await tf.setBackend("tensorflow");
  }
});

test("a row's dropout mask does not depend on the rows and the padding beside it", () => {
  const draw = (firstRow: number, shape: number[]) => {
    const layer = new SeededDropout({ rate: 0.5, seed: 3 });
    Object.assign(layer, { step: 5, firstRow });
    return layer.apply(tf.ones(shape), { training: true }) as tf.Tensor3D;
  };
  const whole = draw(0, [4, 5, 6]).slice([2, 0, 0], [2, 5, 6]);
  assert.deepEqual(draw(2, [2, 7, 6]).slice([0, 0, 0], [2, 5, 6]).arraySync(), whole.arraySync());
  assert.notDeepEqual(draw(1, [2, 5, 6]).arraySync(), whole.arraySync());
});

test("each worker computes its rows by itself, in one part, as long as a team trains", async () => {
  await Promise.all([one, two]);
  const alone = { parts: 2, onCallingThread: false };
  assert.deepEqual(trainingPlan(128), alone);
  const during: unknown[] = [];
  const step = () => void during.push(trainingPlan(128));
  const change = { workers: 2, epochs: 1, progress: { step, epoch() {}, end() {} } };
  const onEpochEnd = () => Promise.reject(new Error("from the callback"));
  await Promise.all([
    assert.rejects(trained({ ...change, onEpochEnd }), /from the callback/),
    trained({ ...change, epochs: 2 }),
  ]);
  assert.ok(during.length >= 12);
  for (const plan of during) assert.deepEqual(plan, BY_ITSELF);
  assert.deepEqual(trainingPlan(128), alone);
});

test("npm run train takes workers, and leaves no copy of the addon behind", async () => {
  const folder = mkdtempSync(join(tmpdir(), "workers-"));
  const lines = letterPairs(60).map(({ source, target }: Pair) => `${source}\t${target}`);
  writeFileSync(join(folder, "pairs.tsv"), lines.join("\n"));
  const sizes = ["--hidden-dim", "8", "--embedding-dim", "6", "--batch-size", "8"];
  const args = ["--data", "pairs.tsv", "--out", "model", "--epochs", "2", "--workers", "2"];
  const child = spawn(process.execPath, [join(dist, "cli/train.js"), ...args, ...sizes], {
    cwd: folder,
    env: { ...process.env, TMPDIR: folder },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (text) => (stderr += text));
  const [status] = (await once(child, "close")) as [number];
  assert.equal(status, 0, stderr);
  assert.deepEqual(readdirSync(folder).sort(), ["model", "pairs.tsv"]);
  rmSync(folder, { recursive: true });
});
