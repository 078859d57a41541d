import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import {
  Attention,
  attentionModel,
  Decoder,
  decoderOf,
  Encoder,
  encoderOf,
  GRU,
  Random,
  SeededDropout,
  type Seq2seqArgs,
  targets,
  tokenAccuracy,
  tokenLoss,
} from "attention-lab";
import * as tf from "@tensorflow/tfjs-node";
import {
  assertClose,
  assertDiffer,
  flat,
  ids,
  livelyModel,
  logitsAndWeights,
  tensors,
  tinyModel,
  tinySizes,
} from "./layer-helpers";

/** Rows of very different length: source, decoder input and target of each. */
function rowsOfAllLengths(count: number) {
  const random = new Random(5);
  const draw = (longest: number, size: number) =>
    Array.from({ length: random.integer(1, longest) }, () => random.integer(4, size - 1));
  return Array.from({ length: count }, () => {
    const target = draw(5, tinySizes.targetVocabSize);
    return {
      source: draw(6, tinySizes.sourceVocabSize),
      decoderInput: [1, ...target],
      target: [...target, 2],
    };
  });
}

const rows = rowsOfAllLengths(9);
const inputs = () => [ids(rows.map((row) => row.source)), ids(rows.map((row) => row.decoderInput))];
const yTrue = () => targets(rows.map((row) => row.target));

function compiled(model: tf.LayersModel): tf.LayersModel {
  model.compile({ optimizer: tf.train.adam(0.01), loss: tokenLoss, metrics: [tokenAccuracy] });
  return model;
}

const quiet = { epochs: 1, batchSize: 5, shuffle: false, verbose: 0 };

/** Loss and accuracy by `evaluate`. */
function evaluated(model: tf.LayersModel, batchSize: number): number[] {
  return tensors(model.evaluate(inputs(), yTrue(), { batchSize })).map((value) => flat(value)[0]);
}

/** The weights of a model or layer, by name, as plain numbers. */
function snapshot(layer: { weights: tf.LayerVariable[] }): Map<string, number[]> {
  return new Map(layer.weights.map((weight) => [weight.originalName, flat(weight.read())]));
}

/** Saves the model, loads it again, and removes the files. */
async function savedAndLoaded(model: tf.LayersModel): Promise<tf.LayersModel> {
  const folder = mkdtempSync(join(tmpdir(), "attention-lab-"));
  try {
    await model.save(`file://${folder}`);
    return await tf.loadLayersModel(`file://${folder}/model.json`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const forms: Partial<Seq2seqArgs>[] = [
  {},
  { numLayers: 2, dropoutRate: 0.2 },
  { resetAfter: true },
  { attention: "none", numLayers: 2 },
  { attention: "uniform" },
  { attention: "localMonotonic", halfWidth: 2 },
  { attention: "localPredictive", halfWidth: 2 },
  { attention: "multiHead", heads: 2 },
];

describe("seq2seq", () => {
  for (const form of forms) {
    it(`predicts logits [batch, time, vocab]: ${JSON.stringify(form)}`, () => {
      const model = livelyModel(form);
      const logits = model.predict(inputs()) as tf.Tensor;
      assert.deepEqual(logits.shape, [
        9,
        Math.max(...rows.map((row) => row.decoderInput.length)),
        tinySizes.targetVocabSize,
      ]);
      assertClose(logits, logitsAndWeights(model, inputs())[0], 1e-6);
      assert.deepEqual(
        model.layers.map((layer) => layer.name).filter((name) => !name.includes("input")),
        ["encoder", "decoder"],
      );
      const lines: string[] = [];
      model.summary(undefined, undefined, (line) => lines.push(String(line)));
      assert.match(lines.join("\n"), new RegExp(`Total params: ${model.countParams()}`));
    });

    it(`saves and loads: the same logits, weights and arguments: ${JSON.stringify(form)}`, async () => {
      const model = livelyModel(form);
      const copy = await savedAndLoaded(model);
      const [expected, found] = [model, copy].map((one) => logitsAndWeights(one, inputs()));
      expected.forEach((output, i) => assertClose(found[i], output, 0));
      assertClose(copy.predict(inputs()) as tf.Tensor, expected[0], 1e-6);
      assert.deepEqual(encoderOf(copy).args, encoderOf(model).args);
      assert.deepEqual(decoderOf(copy).args, decoderOf(model).args);
    });
  }

  it("its second output, attention_weights, can be tapped by another model", async () => {
    const model = livelyModel({ numLayers: 2 });
    const [, expected] = logitsAndWeights(model, inputs());
    for (const one of [model, await savedAndLoaded(model)]) {
      const [, symbol] = decoderOf(one).output as tf.SymbolicTensor[];
      assert.match(symbol.name, /^attention_weights$/);
      const tapped = tf.model({ inputs: one.inputs, outputs: [...one.outputs, symbol] });
      assertClose(tensors(tapped.predict(inputs()))[1], expected, 1e-6);
      assertClose(attentionModel(one).predict(inputs()) as tf.Tensor, expected, 1e-6);
    }
  });

  it("two decoders over one encoder keep their attention apart", () => {
    const tokens = [1, 2].map(() => tf.input({ shape: [null], dtype: "int32" }));
    const encoder = new Encoder({ vocabSize: 9, embeddingDim: 3, hiddenDim: 4 });
    const encoded = encoder.apply(tokens[0]) as tf.SymbolicTensor[];
    const symbols = (["additive", "none"] as const).map((attention) => {
      const decoder = new Decoder({ vocabSize: 8, embeddingDim: 3, hiddenDim: 4, attention });
      return (decoder.apply([tokens[1], ...encoded]) as tf.SymbolicTensor[])[1];
    });
    const [additive, none] = symbols.map(
      (outputs) => tf.model({ inputs: tokens, outputs }).predict(inputs()) as tf.Tensor,
    );
    assert.ok(flat(additive).some((weight) => weight > 0.05 && weight < 0.95));
    assert.ok(flat(none).every((weight) => weight === 0 || weight === 1));
    const both = tensors(tf.model({ inputs: tokens, outputs: symbols }).predict(inputs()));
    assertClose(both[0], additive, 1e-6);
    assertClose(both[1], none, 0);
  });

  it("an untrained model's loss is near ln V, for want of anything better", () => {
    for (const attention of ["additive", "none"] as const) {
      for (const targetVocabSize of [8, 40]) {
        const model = compiled(tinyModel({ attention, targetVocabSize, hiddenDim: 16 }));
        assertClose(evaluated(model, 20)[0], Math.log(targetVocabSize), 0.1);
      }
    }
  });

  it("says which layer a model lacks", () => {
    const x = tf.input({ shape: [1] });
    const stranger = tf.model({ inputs: x, outputs: x, name: "stranger" });
    assert.throws(() => encoderOf(stranger), /"stranger" has no Encoder/);
    assert.throws(() => decoderOf(stranger), /"stranger" has no Decoder/);
  });
});

describe("training with stock tfjs", () => {
  it("evaluate gives the mean per real token by hand, whatever the batch size", () => {
    const model = compiled(livelyModel({ numLayers: 2 }));
    const logits = (model.predict(inputs()) as tf.Tensor3D).arraySync();
    const tokens = rows.flatMap((row, i) =>
      row.target.map((token, t) => ({ token, at: logits[i][t] })),
    );
    const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / tokens.length;
    const loss = tokens.map(
      ({ token, at }) => Math.log(at.reduce((sum, x) => sum + Math.exp(x), 0)) - at[token],
    );
    const accuracy = tokens.map(({ token, at }) => Number(at.indexOf(Math.max(...at)) === token));
    for (const batchSize of [1, 7, 32]) {
      assertClose(evaluated(model, batchSize), [mean(loss), mean(accuracy)], 1e-5);
    }
  });

  it("fit learns from arrays of tensors, and fitDataset from batches of varying length, alike", async () => {
    const [byArrays, byDataset] = [1, 2].map(() => compiled(tinyModel({ numLayers: 2 })));
    const untrained = evaluated(byArrays, 20)[0];
    await byArrays.fit(inputs(), yTrue(), { ...quiet, epochs: 5 });

    const tokensPerRow = rows.reduce((sum, row) => sum + row.target.length, 0) / rows.length;
    const widths = new Set<number>();
    const batch = (part: typeof rows) => {
      const xs = [ids(part.map((row) => row.source)), ids(part.map((row) => row.decoderInput))];
      widths.add(xs[0].shape[1]);
      return { xs, ys: targets(part.map((row) => row.target), tokensPerRow) }; // prettier-ignore
    };
    const dataset = tf.data.generator(function* () {
      yield batch(rows.slice(0, 5).map((row) => ({ ...row, source: [...row.source, 0] })));
      yield batch(rows.slice(5));
    });
    const history = await byDataset.fitDataset(dataset, {
      epochs: 5,
      verbose: 0,
    });
    assert.ok(widths.size > 1, "the batches differ in length");
    assertClose(evaluated(byDataset, 20), evaluated(byArrays, 20), 1e-4);
    assert.ok(evaluated(byDataset, 20)[0] < untrained - 0.05, "the loss fell");
    assert.equal(history.history.loss.length, 5);
    assert.equal(history.history.tokenAccuracy.length, 5);
    const result = await byDataset.evaluateDataset(dataset, {});
    assertClose(tensors(result)[0], evaluated(byDataset, 20)[0], 1e-5);
  });

  it("stays frozen where it was, when it is saved and loaded", async () => {
    const model = tinyModel();
    encoderOf(model).trainable = false;
    const loaded = await savedAndLoaded(model);
    assert.equal(encoderOf(loaded).trainable, false);
    assert.equal(decoderOf(loaded).trainable, true);
    assert.deepEqual(
      loaded.trainableWeights.map((weight) => weight.originalName),
      decoderOf(loaded).weights.map((weight) => weight.originalName),
    );
    for (const layer of [
      new GRU({ units: 2 }),
      new Attention({ units: 2 }),
      new Decoder({ vocabSize: 5, embeddingDim: 2, hiddenDim: 2 }),
      new SeededDropout({ rate: 0.5 }),
    ]) {
      layer.trainable = false;
      const Layer = layer.constructor as tf.serialization.SerializableConstructor<tf.layers.Layer>;
      assert.equal(new Layer(layer.getConfig()).trainable, false, layer.getClassName());
    }
  });

  it("can learn three rows by heart", async () => {
    const model = tinyModel({ hiddenDim: 16, embeddingDim: 8 });
    model.compile({ optimizer: tf.train.adam(0.08), loss: tokenLoss, metrics: [tokenAccuracy] });
    const copy = [[4, 5, 6], [6, 4], [7, 5, 4, 6]]; // prettier-ignore
    const xs = [ids(copy), ids(copy.map((row) => [1, ...row]))];
    const ys = targets(copy.map((row) => [...row, 2]));
    const { history } = await model.fit(xs, ys, { epochs: 25, verbose: 0 });
    assert.equal(history.tokenAccuracy[24], 1);
    assert.ok((history.loss[24] as number) < 0.1, `loss ${history.loss[24]}`);
  });

  it("the encoder runs once a batch, however many of its outputs are used", async () => {
    const model = compiled(tinyModel({ numLayers: 2, dropoutRate: 0.3 }));
    const { embedding, dropout } = encoderOf(model);
    let runs = 0;
    const call = embedding.call.bind(embedding);
    embedding.call = (...args) => {
      runs++;
      return call(...args);
    };
    await model.fit(inputs(), yTrue(), quiet);
    assert.deepEqual([runs, dropout.step], [2, 2]);
    model.predict(inputs(), { batchSize: 3 });
    assert.equal(runs, 2 + 3);
    evaluated(model, 5);
    assert.equal(runs, 2 + 3 + 2);
  });

  it("a result is not kept for a pass with other weights, nor for a gradient", () => {
    const encoder = encoderOf(livelyModel());
    const source = inputs()[0];
    tf.tidy(() => {
      const run = () => tensors(encoder.apply(source))[0];
      const before = run();
      assertClose(run(), before, 0);
      const { grads } = tf.variableGrads(() => run().sum() as tf.Scalar);
      assert.equal(Object.keys(grads).length, encoder.trainableWeights.length);
      encoder.dense.setWeights(encoder.dense.getWeights().map((weight) => weight.add(1)));
      assertDiffer(run(), before, 0.5);
    });
  });

  for (const layers of [
    ["encoder.embedding"],
    ["decoder.attention", "encoder.gru_2"],
    ["decoder.dense", "decoder.embedding"],
    ["encoder"],
  ]) {
    it(`frozen ${layers.join(" and ")}: those weights stay in fit, all others move`, async () => {
      const model = livelyModel({ numLayers: 2, resetAfter: true });
      const [encoder, decoder] = [encoderOf(model), decoderOf(model)];
      const byName: Record<string, tf.layers.Layer> = {
        encoder,
        "encoder.embedding": encoder.embedding,
        "encoder.gru_2": encoder.grus[1],
        "decoder.attention": decoder.attention!,
        "decoder.dense": decoder.dense,
        "decoder.embedding": decoder.embedding,
      };
      for (const layer of layers) byName[layer].trainable = false;
      compiled(model);
      const before = snapshot(model);
      const total = model.countParams();
      await model.fit(inputs(), yTrue(), quiet);
      assert.equal(model.countParams(), total);
      const frozen = layers.map((layer) => layer.replace(".", "/") + "/");
      const counted = { frozen: 0, moved: 0 };
      for (const [name, values] of snapshot(model)) {
        const isFrozen = frozen.some((prefix) => name.startsWith(prefix));
        counted[isFrozen ? "frozen" : "moved"]++;
        assert.equal(areEqual(values, before.get(name)!), isFrozen, name);
      }
      assert.ok(counted.frozen > 0 && counted.moved > 0);

      const copy = await savedAndLoaded(model);
      assertClose(copy.predict(inputs()) as tf.Tensor, model.predict(inputs()) as tf.Tensor, 0);
    });
  }

  it("weights stay with their names when a layer is frozen and thawed", () => {
    const model = livelyModel({ numLayers: 2 });
    const before = model.predict(inputs()) as tf.Tensor;
    encoderOf(model).embedding.trainable = false;
    const kept = model.getWeights().map((weight) => weight.clone());
    model.setWeights(kept);
    assertClose(model.predict(inputs()) as tf.Tensor, before, 0);
    encoderOf(model).embedding.trainable = true;
    assertClose(model.predict(inputs()) as tf.Tensor, before, 0);
  });

  it("the same seed: the same weights and the same training, dropout too, bit for bit", async () => {
    const trained = async (seed: number) => {
      const model = compiled(tinyModel({ seed, dropoutRate: 0.3, numLayers: 2 }));
      const initial = snapshot(model);
      const { history } = await model.fit(inputs(), yTrue(), { ...quiet, epochs: 2 });
      return { initial, history, final: snapshot(model) };
    };
    const [first, second, other] = [await trained(0), await trained(0), await trained(1)];
    assert.deepEqual(second, first);
    for (const [name, values] of other.initial) {
      if (!name.endsWith("bias")) assertDiffer(values, first.initial.get(name)!, 1e-3, name);
    }
  });

  it("no two layers of a model start from the same numbers", () => {
    const model = tinyModel({ numLayers: 2, targetVocabSize: tinySizes.sourceVocabSize });
    const kernels = [...snapshot(model)].filter(([name]) => !name.endsWith("bias"));
    for (const [i, [name, values]] of kernels.entries()) {
      for (const [other, otherValues] of kernels.slice(i + 1)) {
        if (values.length === otherValues.length) {
          assertDiffer(values, otherValues, 1e-2, `${name} and ${other}`);
        }
      }
    }
  });

  it("keeps no tensors in fit, evaluate and predict", async () => {
    const model = compiled(tinyModel({ numLayers: 2, dropoutRate: 0.2 }));
    const [xs, ys] = [inputs(), yTrue()];
    const round = async () => {
      await model.fit(xs, ys, quiet);
      tf.dispose(tensors(model.evaluate(xs, ys, { batchSize: 7 })));
      tf.dispose(model.predict(xs));
    };
    await round(); // the optimizer makes its moments
    const before = tf.memory().numTensors;
    await round();
    await round();
    assert.equal(tf.memory().numTensors, before);
  });

  it("takes its weights with it when it is disposed of", () => {
    const before = tf.memory().numTensors;
    tinyModel({ numLayers: 2 }).dispose();
    assert.equal(tf.memory().numTensors, before);
  });
});

function areEqual(a: number[], b: number[]): boolean {
  return a.every((value, i) => value === b[i]);
}
