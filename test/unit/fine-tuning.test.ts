import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { run } from "../../src/dist/experiments/fine-tuning";
import {
  adamOf,
  type Checkpoint,
  datesInWords,
  decoderOf,
  encoderOf,
  fineTuningStrategies,
  type FineTuningStrategy,
  fineTuningStudy,
  freezeFor,
  growModel,
  languages,
  loadCheckpoint,
  type Pair,
  saveCheckpoint,
  splitOf,
  train,
  translate,
  vocabulariesOf,
} from "attention-lab";
import * as tf from "@tensorflow/tfjs-node";
import { letterPairs, tinyModel, weightsOf } from "./seq2seq-helpers";

const folder = mkdtempSync(join(tmpdir(), "fine-tuning-"));
after(() => rmSync(folder, { recursive: true }));

const known = letterPairs(40);
/** Has new characters on both sides, some of which sort before the old ones. */
const news: Pair[] = [
  { source: "zé", target: "ZÉ" },
  { source: "a1", target: "A1" },
];
const options = { epochs: 2, batchSize: 8, learningRate: 0.02, seed: 1, progress: null };

let old: Checkpoint;
before(async () => {
  const vocabularies = vocabulariesOf(known);
  const model = tinyModel(vocabularies, { numLayers: 2 });
  await train(model, { train: known, vocabularies }, options);
  old = { model, vocabularies, maxLength: 6, about: { who: "the old one" } };
});

/** A model's embeddings and the dense layer of its decoder, as nested lists. */
function vocabularySized(model: tf.LayersModel) {
  const [encoder, decoder] = [encoderOf(model), decoderOf(model)];
  const read = (layer: tf.layers.Layer) => layer.getWeights().map((weight) => weight.arraySync());
  const [source] = read(encoder.embedding) as number[][][];
  const [target] = read(decoder.embedding) as number[][][];
  const [kernel, bias] = read(decoder.dense) as [number[][], number[]];
  return { source, target, kernel, bias };
}

describe("growModel", () => {
  test("new tokens stand behind the old ones, which keep their ids", () => {
    const { vocabularies } = growModel(old, news);
    const { source, target } = old.vocabularies;
    assert.deepEqual(vocabularies.source.tokens, [...source.tokens, "1", "z", "é"]);
    assert.deepEqual(vocabularies.target.tokens, [...target.tokens, "1", "Z", "É"]);
    assert.deepEqual(vocabularies.source.encode("za").ids, [9, 4]);
  });

  test("old rows and columns are kept bit for bit, new ones drawn as the layers draw them", () => {
    const [before, after] = [old.model, growModel(old, news, { seed: 3 }).model].map(
      vocabularySized,
    );
    const size = before.target.length;
    assert.equal(after.source.length, before.source.length + 3);
    assert.deepEqual(after.source.slice(0, before.source.length), before.source);
    assert.deepEqual(after.target.slice(0, size), before.target);
    assert.deepEqual(
      after.kernel.map((row) => row.slice(0, size)),
      before.kernel,
    );
    assert.deepEqual(after.bias.slice(0, size), before.bias);
    assert.deepEqual(after.bias.slice(size), [0, 0, 0]);
    const added = [...after.source.slice(before.source.length), ...after.target.slice(size)].flat();
    assert.ok(
      added.every((x) => x !== 0 && Math.abs(x) <= 0.05),
      "uniform in ±0.05",
    );
    const columns = after.kernel.flatMap((row) => row.slice(size));
    const limit = Math.sqrt(6 / (8 + size + 3)); // Glorot's: hidden in, vocabulary out
    assert.ok(columns.every((x) => x !== 0 && Math.abs(x) <= limit) && Math.max(...columns) > 0.05);
  });

  test("all else is copied; the same seed draws the same rows, another one others", () => {
    const [one, same, other] = [3, 3, 4].map((seed) => growModel(old, news, { seed }).model);
    assert.deepEqual(weightsOf(one), weightsOf(same));
    const before = weightsOf(old.model);
    weightsOf(one).forEach((values, i) => {
      if (values.length === before[i].length) assert.deepEqual(values, before[i]);
    });
    assert.notDeepEqual(weightsOf(one), weightsOf(other));
  });

  test("without new tokens it is a copy: the same logits to the last bit", () => {
    const { model } = growModel(old, known);
    const inputs = [tf.tensor2d([[4, 5]], [1, 2], "int32"), tf.tensor2d([[1, 4]], [1, 2], "int32")];
    const [a, b] = [old.model, model].map((m) => (m.predict(inputs) as tf.Tensor).dataSync());
    assert.deepEqual(a, b);
  });

  test("on old texts its logits for the old tokens are those of the old model", () => {
    const { model } = growModel(old, news);
    const inputs = [tf.tensor2d([[4, 5]], [1, 2], "int32"), tf.tensor2d([[1, 4]], [1, 2], "int32")];
    const [a, b] = [old.model, model].map((m) => (m.predict(inputs) as tf.Tensor3D).arraySync());
    b[0].forEach((row, t) =>
      a[0][t].forEach((value, v) => assert.ok(Math.abs(value - row[v]) < 1e-6)),
    );
    assert.equal(b[0][0].length, a[0][0].length + 3);
  });

  test("it learns, is saved and loaded, and the old model stays as it was", async () => {
    const before = weightsOf(old.model);
    const { model, vocabularies, ...rest } = growModel(old, news);
    assert.equal(adamOf(model), undefined);
    await train(model, { train: news, vocabularies }, { ...options, epochs: 60 });
    assert.deepEqual(weightsOf(old.model), before);
    assert.deepEqual(rest.about, { fineTunedFrom: { who: "the old one" } });
    assert.equal(rest.confidence, undefined);

    const dir = join(folder, "grown");
    await saveCheckpoint(dir, { model, vocabularies, ...rest });
    const loaded = await loadCheckpoint(dir);
    assert.deepEqual(loaded.vocabularies.source.tokens, vocabularies.source.tokens);
    const texts = news.map(({ source }) => source);
    const answers = await translate(loaded, texts);
    assert.deepEqual(
      answers.map(({ text }) => text),
      news.map(({ target }) => target),
    );
    assert.deepEqual(await translate({ model, vocabularies, ...rest }, texts), answers);
  });

  test("frozen parts, and a frozen part of a part, are frozen in the loaded model too", async () => {
    const { model, vocabularies } = growModel(old, news);
    const [encoder, decoder] = [encoderOf(model), decoderOf(model)];
    for (const part of [encoder.embedding, decoder.grus[1], decoder.attention!.W2!]) {
      part.trainable = false;
    }
    const dir = join(folder, "frozen");
    await saveCheckpoint(dir, { model, vocabularies });
    const loaded = (await loadCheckpoint(dir)).model;
    const names = (weights: tf.LayerVariable[]) => weights.map(({ originalName }) => originalName);
    assert.deepEqual(names(loaded.trainableWeights), names(model.trainableWeights));
    assert.deepEqual(names(loaded.nonTrainableWeights), names(model.nonTrainableWeights));
    assert.equal(loaded.nonTrainableWeights.length, 1 + 3 + 2);
    assert.deepEqual(weightsOf(loaded), weightsOf(model));
  });

  test("grows from a model with frozen parts into one that has none", () => {
    const { model } = growModel(old, known);
    encoderOf(model).embedding.trainable = false;
    decoderOf(model).trainable = false;
    const again = growModel({ ...old, model }, news).model;
    const [before, after] = [old.model, again].map(vocabularySized);
    assert.deepEqual(after.source.slice(0, before.source.length), before.source);
    assert.equal(again.trainableWeights.length, again.weights.length);
  });

  test("refuses a model without encoder, and leaves no tensors behind", () => {
    const dense = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
    assert.throws(() => growModel({ ...old, model: dense }, news), /has no Encoder layer/);
    growModel(old, news).model.dispose();
    const { numTensors } = tf.memory();
    growModel(old, news).model.dispose();
    assert.equal(tf.memory().numTensors, numTensors);
  });
});

describe("the study", () => {
  test("draws dates with letters, of the split and the language, the same from the same seed", () => {
    const options = { count: 300, split: "test", seed: 2 } as const;
    for (const language of languages) {
      const dates = datesInWords(language, options);
      assert.equal(dates.length, 300, language);
      assert.ok(dates.every(({ source }) => /\p{L}/u.test(source)));
      assert.ok(dates.every(({ target }) => splitOf(target) === "test"));
      assert.deepEqual(datesInWords(language, options), dates);
    }
  });

  const frozen: Record<FineTuningStrategy, RegExp> = {
    "from scratch": /^$/,
    "all weights": /^$/,
    "decoder only": /^encoder\//,
    "embeddings only": /gru|dense|attention/,
  };
  for (const strategy of fineTuningStrategies) {
    test(`${strategy}: what is frozen stays bit for bit through our Adam, all else moves`, async () => {
      const learner = growModel(old, news);
      const { model, vocabularies } = learner;
      freezeFor(strategy, learner);
      const values = () =>
        new Map(
          model.weights.map((weight) => [weight.originalName, [...weight.read().dataSync()]]),
        );
      const before = values();
      await train(model, { train: [...known, ...news], vocabularies }, options);
      assert.ok(adamOf(model));
      for (const [name, now] of values()) {
        const isSame = now.every((value, i) => value === before.get(name)![i]);
        assert.equal(isSame, frozen[strategy].test(name), name);
      }
    });
  }

  test("a job gives two shares, the same each time, and leaves no tensors behind", async () => {
    const job = {
      checkpoint: "notebooks/checkpoints/dates",
      language: "zh",
      examples: 40,
      strategy: "embeddings only",
      seed: 1,
      steps: 4,
      learningRate: 0.01,
      rehearsal: 8,
    } as const;
    const first = await run(job);
    const { numTensors } = tf.memory();
    assert.deepEqual(await run(job), first);
    assert.equal(tf.memory().numTensors, numTensors);
    assert.ok(first.english > 0.8 && first.newLanguage < 0.6, JSON.stringify(first));
  });

  test("from scratch a few steps write no date", async () => {
    const [result] = await fineTuningStudy([
      {
        checkpoint: resolve("notebooks/checkpoints/dates"),
        language: "fr",
        examples: 10,
        strategy: "from scratch",
        seed: 1,
        steps: 3,
        learningRate: 0.004,
      },
    ]);
    assert.deepEqual(result, { newLanguage: 0, english: 0 });
  });
});
