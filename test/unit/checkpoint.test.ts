import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdirSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { adamOf, loadCheckpoint, saveCheckpoint, Stretches, train, translate } from "attention-lab";
import * as tf from "@tensorflow/tfjs-node";
import { tinyData, tinyModel, weightsOf } from "./seq2seq-helpers";

const data = tinyData();
const { vocabularies } = data;
const options = { epochs: 4, batchSize: 8, learningRate: 0.02, seed: 1, progress: null };
const size = { dropoutRate: 0.2, numLayers: 2 };

const folder = mkdtempSync(join(tmpdir(), "checkpoint-"));
after(() => rmSync(folder, { recursive: true }));

const confidence = {
  lowestProbability: 0.5,
  source: { stretches: Stretches.of(["abc"], 3), unseen: 0.25 },
  target: { stretches: Stretches.of(["ABC"], 3), unseen: 0 },
};

/** A checkpoint of a trained model, to be copied and damaged. */
const good = join(folder, "good");
before(async () => {
  const model = tinyModel(vocabularies, size);
  await train(model, data, { ...options, epochs: 1 });
  await saveCheckpoint(good, {
    model,
    vocabularies,
    maxLength: 5,
    confidence,
    about: { seed: 1 },
  });
});

let copies = 0;
function copyOfGood(): string {
  const copy = join(folder, `copy-${copies++}`);
  cpSync(good, copy, { recursive: true });
  return copy;
}

test("a loaded checkpoint answers as the saved model did", async () => {
  const model = tinyModel(vocabularies, size);
  await train(model, data, { ...options, epochs: 1 });
  const { model: loaded, ...rest } = await loadCheckpoint(good);
  assert.deepEqual(weightsOf(loaded), weightsOf(model));
  assert.deepEqual(rest.vocabularies.source.tokens, vocabularies.source.tokens);
  assert.deepEqual(rest.vocabularies.target.tokens, vocabularies.target.tokens);
  assert.equal(rest.maxLength, 5);
  assert.deepEqual(rest.confidence, confidence);
  assert.deepEqual(rest.about, { seed: 1 });
  const texts = ["abc", "d"];
  assert.deepEqual(
    await translate({ ...rest, model: loaded }, texts),
    await translate({ ...rest, model }, texts),
  );
});

test("tfjs reads the model's files too", async () => {
  const model = await tf.loadLayersModel(`file://${good}/model.json`);
  assert.deepEqual(weightsOf(model), weightsOf((await loadCheckpoint(good)).model));
});

test("a resumed training gives the weights of one that was never stopped, bit for bit", async () => {
  const whole = tinyModel(vocabularies, size);
  const dir = join(folder, "second-epoch");
  await train(whole, data, {
    ...options,
    onEpochEnd: async ({ epoch }) => {
      if (epoch === 2) await saveCheckpoint(dir, { model: whole, vocabularies });
    },
  });
  const { model } = await loadCheckpoint(dir, { resume: true });
  assert.equal(adamOf(model)!.iterations, 10);
  const { history } = await train(model, data, { ...options, resume: true });
  assert.deepEqual(
    history.map(({ epoch }) => epoch),
    [3, 4],
  );
  assert.deepEqual(weightsOf(model), weightsOf(whole));
});

test("a checkpoint knows how many steps an epoch had, so that another number is refused", async () => {
  const { model } = await loadCheckpoint(good, { resume: true });
  await assert.rejects(
    train(model, data, { ...options, batchSize: 4, resume: true }),
    /the earlier training had 5 steps an epoch, and this one has 10/,
  );
});

test("Adam's decay after many steps is that of a state that was loaded, to the last bit", async () => {
  const model = tinyModel(vocabularies, size);
  const long = { ...options, epochs: 12, learningRate: 0.05 };
  const dir = join(folder, "many-steps");
  await train(model, data, {
    ...long,
    onEpochEnd: async ({ epoch }) => {
      if (epoch === 10) await saveCheckpoint(dir, { model, vocabularies });
    },
  });
  const resumed = (await loadCheckpoint(dir, { resume: true })).model;
  await train(resumed, { ...data, validation: [] }, { ...long, resume: true });
  const state = async (of: tf.LayersModel) =>
    (await adamOf(of)!.getWeights()).map(({ tensor }) => [...tensor.dataSync()]);
  assert.deepEqual(await state(resumed), await state(model));
});

test("saving and loading leave no tensors behind", async () => {
  const saved = await loadCheckpoint(good, { resume: true });
  const dir = join(folder, "tensors");
  await saveCheckpoint(dir, saved);
  const begin = tf.memory().numTensors;
  await saveCheckpoint(dir, saved);
  assert.equal(tf.memory().numTensors, begin);
  const { model } = await loadCheckpoint(dir, { resume: true });
  adamOf(model)!.dispose();
  model.dispose();
  assert.equal(tf.memory().numTensors, begin);
});

test("an untrained model is saved without an optimizer, from which nothing resumes", async () => {
  const dir = join(folder, "untrained");
  await saveCheckpoint(dir, { model: tinyModel(vocabularies), vocabularies });
  assert.deepEqual(readdirSync(dir).sort(), ["checkpoint.json", "model.json", "weights.bin"]);
  await loadCheckpoint(dir);
  await assert.rejects(
    loadCheckpoint(dir, { resume: true }),
    /untrained: the checkpoint has no optimizer.json, so training cannot resume/,
  );
});

test("a checkpoint is used without the optimizer's files, which may be deleted", async () => {
  const dir = copyOfGood();
  rmSync(join(dir, "optimizer.json"));
  rmSync(join(dir, "optimizer.bin"));
  await loadCheckpoint(dir);
});

test("saving again replaces the checkpoint and leaves other files alone", async () => {
  const dir = copyOfGood();
  writeFileSync(join(dir, "notes.txt"), "mine");
  const model = tinyModel(vocabularies, { seed: 9 });
  await saveCheckpoint(dir, { model, vocabularies });
  assert.deepEqual(weightsOf((await loadCheckpoint(dir)).model), weightsOf(model));
  assert.equal(readFileSync(join(dir, "notes.txt"), "utf8"), "mine");
  assert.deepEqual(
    readdirSync(dir).filter((name) => name.startsWith(".")),
    [],
  );
});

test("a save that was cut while it wrote leaves the old checkpoint", async () => {
  const dir = copyOfGood();
  mkdirSync(join(dir, ".checkpoint-saving"));
  writeFileSync(join(dir, ".checkpoint-saving", "weights.bin"), "half");
  const { model } = await loadCheckpoint(dir);
  assert.deepEqual(weightsOf(model), weightsOf((await loadCheckpoint(good)).model));
  await saveCheckpoint(dir, { model, vocabularies });
  await loadCheckpoint(dir);
});

test("a save that was cut while it moved its files is finished by the next load", async () => {
  const dir = copyOfGood();
  const model = tinyModel(vocabularies, { seed: 9 });
  await saveCheckpoint(join(folder, "next"), { model, vocabularies });
  renameSync(join(folder, "next"), join(dir, ".checkpoint-saved"));
  renameSync(join(dir, ".checkpoint-saved", "model.json"), join(dir, "model.json"));
  assert.deepEqual(weightsOf((await loadCheckpoint(dir)).model), weightsOf(model));
});

function damage(file: string, change: (content: Buffer) => string | Buffer): string {
  const dir = copyOfGood();
  writeFileSync(join(dir, file), change(readFileSync(join(dir, file))));
  return dir;
}

function indexWith(change: object): string {
  return damage("checkpoint.json", (content) =>
    JSON.stringify({ ...JSON.parse(content.toString()), ...change }),
  );
}

function without(file: string): string {
  const dir = copyOfGood();
  rmSync(join(dir, file));
  return dir;
}

const faults: Record<string, [dir: () => string, message: RegExp]> = {
  "no such folder": [() => join(folder, "nowhere"), /nowhere: no checkpoint there/],
  "a folder without a checkpoint": [() => folder, /no checkpoint there/],
  "an index that is cut off": [
    () => damage("checkpoint.json", (content) => content.subarray(0, 50)),
    /its checkpoint.json is damaged \(it is not JSON\)/,
  ],
  "an index that is no object": [
    () => damage("checkpoint.json", () => "null"),
    /was not written by attention-lab/,
  ],
  "a foreign format": [
    () => indexWith({ format: "another" }),
    /its checkpoint.json was not written by attention-lab/,
  ],
  "a newer version": [
    () => indexWith({ version: 2 }),
    /has version 2 of the format, and this code reads up to version 1. Update/,
  ],
  "foreign vocabularies": [
    () => indexWith({ vocabularies: { source: ["a"], target: [] } }),
    /tokens must be a list that starts with <pad>/,
  ],
  "a version that is none": [() => indexWith({ version: "1" }), /damaged: version is not a whole/],
  "no vocabularies": [
    () => indexWith({ vocabularies: undefined }),
    /vocabularies is not an object/,
  ],
  "no checksums": [() => indexWith({ sha256: null }), /sha256 is not an object/],
  "a maxLength that never comes": [() => indexWith({ maxLength: "9" }), /maxLength is not a whole/],
  "no whole steps": [
    () => indexWith({ stepsPerEpoch: 0.5 }),
    /stepsPerEpoch is not a whole number/,
  ],
  "an about that is a text": [() => indexWith({ about: "mine" }), /about is not an object/],
  "half a confidence": [
    () => indexWith({ confidence: { lowestProbability: 0.5, source: { unseen: 0 } } }),
    /confidence is not what measureConfidence found/,
  ],
  "the vocabularies of another model": [
    () => {
      const [source, target] = [vocabularies.source.tokens, vocabularies.target.tokens];
      return indexWith({ vocabularies: { source: [...source, "!"], target } });
    },
    /the source vocabulary has 9 ids, and the model has 8/,
  ],
  "a target vocabulary that lacks a character": [
    () => {
      const [source, target] = [vocabularies.source.tokens, vocabularies.target.tokens];
      return indexWith({ vocabularies: { source, target: target.slice(0, -1) } });
    },
    /the target vocabulary has 7 ids, and the model has 8/,
  ],
  "no weights": [() => without("weights.bin"), /the checkpoint has no weights.bin/],
  "no model": [() => without("model.json"), /the checkpoint has no model.json/],
  "changed weights": [
    () => damage("weights.bin", (content) => (content.writeUInt8(content[0] ^ 1, 0), content)),
    /the checkpoint's weights.bin is damaged/,
  ],
  "weights cut off": [
    () => damage("weights.bin", (content) => content.subarray(0, 100)),
    /the checkpoint's weights.bin is damaged/,
  ],
};

for (const [name, [dir, message]] of Object.entries(faults)) {
  test(`refused: ${name}`, async () => {
    await assert.rejects(loadCheckpoint(dir()), message);
  });
}
