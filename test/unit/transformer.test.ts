import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, it } from "node:test";
import {
  adamOf,
  decodeBeam,
  decodeGreedy,
  END,
  evaluatePairs,
  loadCheckpoint,
  saveCheckpoint,
  seq2seq,
  START,
  targets,
  tokenAccuracy,
  tokenLoss,
  train,
  transformer,
  type TransformerDecoder,
  type TransformerEncoder,
  transformerWeights,
  translate,
  useFusedKernels,
} from "attention-lab";
import * as tf from "@tensorflow/tfjs-node";
import { assertClose, assertDiffer, flat, ids } from "./layer-helpers";
import { tinyData, weightsOf } from "./seq2seq-helpers";
import { livelyTransformer, tinySizes } from "./transformer-helpers";

const source = () => ids([[4, 5, 6, 7, 8], [6, 4, 4]]); // prettier-ignore
const target = () => ids([[1, 4, 5, 6], [1, 7, 6]]); // prettier-ignore
const logits = (model: tf.LayersModel, ...inputs: tf.Tensor[]) =>
  model.predict(inputs) as tf.Tensor;
const silent = { progress: null } as const;

afterEach(async () => {
  await tf.setBackend("tensorflow");
  useFusedKernels("auto");
});

describe("transformer", () => {
  it("gives logits for every target position, before training nearly the same for all", () => {
    const model = transformer({ ...tinySizes, modelDim: 16 });
    const output = logits(model, source(), target());
    assert.deepEqual(output.shape, [2, 4, 8]);
    const loss = tokenLoss(targets([[4, 5, 6, 2], [7, 6, 2]]), output).dataSync()[0]; // prettier-ignore
    assert.ok(loss < 2 * Math.log(8), `a loss of ${loss} nats is far above ln 8`);
  });

  it("sees no future: another token changes no logits before it, and those from it on", () => {
    const model = livelyTransformer();
    const before = logits(model, source(), ids([[1, 4, 5, 6], [1, 7, 6, 4]])); // prettier-ignore
    const after = logits(model, source(), ids([[1, 4, 7, 6], [1, 7, 5, 4]])); // prettier-ignore
    const part = (tensor: tf.Tensor, from: number, count: number) =>
      tensor.slice([0, from, 0], [2, count, 8]);
    assertClose(part(after, 0, 2), part(before, 0, 2), 0);
    assertDiffer(part(after, 2, 1), part(before, 2, 1), 1e-3);
    assertDiffer(part(after, 3, 1), part(before, 3, 1), 1e-3);
  });

  it("does not see padding: longer padding changes nothing", () => {
    const model = livelyTransformer();
    const short = logits(model, ids([[6, 4, 4]]), ids([[1, 7, 6]]));
    const long = logits(model, ids([[6, 4, 4]], 9), ids([[1, 7, 6]], 7));
    assertClose(long.slice([0, 0, 0], [1, 3, 8]), short, 1e-5);
  });

  it("does not let the texts of a batch see each other", () => {
    const model = livelyTransformer();
    const together = logits(model, source(), target());
    const alone = logits(model, ids([[6, 4, 4]]), ids([[1, 7, 6]]));
    assertClose(together.slice([1, 0, 0], [1, 3, 8]), alone, 1e-5);
  });

  it("looks at the source, and at its order", () => {
    const model = livelyTransformer();
    const outputs = [[4, 5, 6], [4, 5, 7], [5, 4, 6]].map((row) => logits(model, ids([row]), ids([[1, 4]]))); // prettier-ignore
    assertDiffer(outputs[0], outputs[1], 1e-3);
    assertDiffer(outputs[0], outputs[2], 1e-3);
  });

  it("draws its weights from the seed, each layer its own", () => {
    const weights = (seed: number) => weightsOf(transformer({ ...tinySizes, seed }));
    assert.deepEqual(weights(1), weights(1));
    assert.notDeepEqual(weights(1), weights(2));
    const drawn = weights(1).filter((values) => values.some((value) => value !== 0 && value !== 1));
    assert.equal(new Set(drawn.map(([first]) => first)).size, drawn.length);
  });

  it("has the parameters that the formulas have", () => {
    const [d, f, s, t] = [6, 5, 9, 8];
    const attention = 4 * (d * d + d);
    const feedForward = 2 * d * f + f + d;
    const encoder = s * d + 2 * (attention + feedForward + 4 * d) + 2 * d;
    const decoder = t * d + 2 * (2 * attention + feedForward + 6 * d) + 2 * d + d * t + t;
    assert.equal(transformer(tinySizes).countParams(), encoder + decoder);
  });

  it("says which argument makes no sense", () => {
    assert.throws(() => transformer({ ...tinySizes, heads: 4 }), /modelDim is 6 and heads 4/);
    assert.throws(() => transformer({ ...tinySizes, numLayers: 0 }), /numLayers is 0/);
    assert.throws(() => transformer({ ...tinySizes, dropoutRate: 1 }), /rate is 1/);
  });

  it("is the same with plain kernels, and on tfjs's cpu backend, gradients included", async () => {
    const results = [];
    for (const [backend, fused] of [
      ["tensorflow", "auto"],
      ["tensorflow", false],
      ["cpu", "auto"],
    ] as const) {
      // prettier-ignore
      await tf.setBackend(backend);
      useFusedKernels(fused);
      const model = livelyTransformer();
      model.compile({ optimizer: tf.train.sgd(0.1), loss: tokenLoss, metrics: [tokenAccuracy] });
      const before = flat(logits(model, source(), target()));
      const ys = targets([[4, 5, 6, 2], [7, 6, 2]]); // prettier-ignore
      await model.fit([source(), target()], ys, { epochs: 2, shuffle: false, verbose: 0 });
      results.push([before, flat(logits(model, source(), target()))]);
    }
    for (const other of results.slice(1)) assertClose(other, results[0], 2e-4);
    assertDiffer(results[0][0], results[0][1], 1e-3);
  });
});

describe("a transformer in use", () => {
  it("writes token by token what it would say if it read all at once", () => {
    const model = livelyTransformer();
    const sources = [[4, 5, 6, 7, 8], [6, 4, 4], [8]]; // prettier-ignore
    const answers = decodeGreedy(model, sources, 6);
    assert.ok(answers.some(({ tokens }) => tokens.length > 2), "some answer has a few tokens"); // prettier-ignore
    answers.forEach(({ tokens, logProbabilities, weights, ended }, row) => {
      const read = ids([[START, ...tokens]]);
      const scores = logits(model, ids([sources[row]]), read).squeeze([0]);
      const next = [...tokens, ...(ended ? [END] : [])];
      const best = [...scores.argMax(-1).dataSync()].slice(0, next.length);
      assert.deepEqual(best, next);
      assertClose(logProbabilities, tf.logSoftmax(scores).max(-1), 1e-5);
      const { cross } = transformerWeights(model, sources[row], [START, ...tokens]);
      const lastBlock = cross[cross.length - 1];
      const means = weights.map((_, i) =>
        sources[row].map((_, j) =>
          lastBlock.reduce((sum, head) => sum + head[i][j] / lastBlock.length, 0),
        ),
      );
      if (weights.length > 0) assertClose(weights, means, 1e-5);
    });
  });

  it("gives each text the answer it has alone", () => {
    const model = livelyTransformer();
    const sources = [[4, 5, 6, 7, 8], [6, 4, 4], [8], [7, 7]]; // prettier-ignore
    const together = decodeGreedy(model, sources, 5);
    sources.forEach((source, row) => {
      const [alone] = decodeGreedy(model, [source], 5);
      assert.deepEqual(alone.tokens, together[row].tokens);
      assertClose(alone.logProbabilities, together[row].logProbabilities, 1e-5);
    });
  });

  it("searches with beams: one is greedy, more are never worse", () => {
    const model = livelyTransformer();
    const sources = [[4, 5, 6, 7, 8], [6, 4, 4], [8]]; // prettier-ignore
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    const greedy = decodeGreedy(model, sources, 5);
    const [one, six] = [1, 6].map((beamWidth) =>
      decodeBeam(model, sources, 5, { beamWidth, lengthPenalty: 0 }),
    );
    sources.forEach((_, row) => {
      assert.deepEqual(one[row].tokens, greedy[row].tokens);
      assert.ok(sum(six[row].logProbabilities) >= sum(greedy[row].logProbabilities) - 1e-6);
    });
  });

  it("tells the weights of each block and head; rows sum to 1", () => {
    const { encoder, decoder, cross } = transformerWeights(livelyTransformer(), [4, 5, 6], [1, 7]);
    for (const [maps, shape] of [
      [encoder, [2, 2, 3, 3]],
      [decoder, [2, 2, 2, 2]],
      [cross, [2, 2, 2, 3]],
    ] as const) {
      // prettier-ignore
      const tensor = tf.tensor(maps);
      assert.deepEqual(tensor.shape, shape);
      assertClose(tensor.sum(-1), tf.ones(shape.slice(0, 3)), 1e-5);
    }
    assert.equal(decoder[0][0][0][1], 0, "the first position does not see the second");
    const gru = seq2seq({ sourceVocabSize: 9, targetVocabSize: 8, embeddingDim: 3, hiddenDim: 4 });
    assert.throws(() => transformerWeights(gru, [4], [1]), /not one made by transformer/);
  });

  it("leaves no tensors behind", async () => {
    const { vocabularies, train: pairs } = tinyData();
    const model = tinyTransformer(vocabularies);
    const use = async () => {
      await translate({ model, vocabularies, maxLength: 5 }, pairs.slice(0, 7).map(({ source }) => source)); // prettier-ignore
      await translate({ model, vocabularies, maxLength: 5 }, ["abc", "d"], { beamWidth: 3 });
      transformerWeights(model, [4, 5], [START, 6]);
      tf.tidy(() => void model.predict([ids([[4]]), ids([[1]])]));
    };
    await use();
    const before = tf.memory().numTensors;
    await use();
    assert.equal(tf.memory().numTensors, before);
  });
});

function tinyTransformer(
  vocabularies: ReturnType<typeof tinyData>["vocabularies"],
  dropoutRate = 0,
): tf.LayersModel {
  return transformer({
    sourceVocabSize: vocabularies.source.size,
    targetVocabSize: vocabularies.target.size,
    modelDim: 16,
    heads: 2,
    feedForwardDim: 32,
    numLayers: 1,
    dropoutRate,
    seed: 1,
  });
}

describe("a transformer in training", () => {
  it("learns to copy letters in upper case", async () => {
    const data = tinyData();
    const model = tinyTransformer(data.vocabularies);
    const options = { epochs: 60, batchSize: 10, learningRate: 0.01, ...silent };
    await train(model, { ...data, validation: undefined }, options);
    const result = await evaluatePairs({ model, vocabularies: data.vocabularies }, data.train);
    assert.ok(result.exactMatch > 0.9, `${result.exactMatch} of the training pairs are right`);
  });

  it("ends with the same weights, bit for bit, after a break; dropout included", async () => {
    const data = tinyData();
    const options = { epochs: 2, batchSize: 10, ...silent };
    const [whole, broken, other] = [0.2, 0.2, 0].map((rate) =>
      tinyTransformer(data.vocabularies, rate),
    );
    const stop = new AbortController();
    await train(whole, data, options);
    await train(broken, data, { ...options, signal: stop.signal, onEpochEnd: () => stop.abort() });
    await train(broken, data, { ...options, resume: true });
    await train(other, data, options);
    assert.deepEqual(weightsOf(broken), weightsOf(whole));
    assert.notDeepEqual(weightsOf(other), weightsOf(whole), "dropout has an effect");
  });

  it("with two workers comes to the weights of one, but for rounding", async () => {
    const data = tinyData();
    const options = { epochs: 1, batchSize: 10, learningRate: 1e-3, ...silent };
    const [one, two] = [0, 1].map(() => tinyTransformer(data.vocabularies, 0.2));
    await train(one, data, options);
    await train(two, data, { ...options, workers: 2 });
    assertClose(weightsOf(two).flat(), weightsOf(one).flat(), 2e-4);
  });

  it("leaves no tensors behind", async () => {
    const data = tinyData();
    const model = tinyTransformer(data.vocabularies, 0.2);
    await train(model, data, { epochs: 1, ...silent });
    const before = tf.memory().numTensors;
    await train(model, data, { epochs: 1, ...silent });
    assert.equal(tf.memory().numTensors, before);
    assert.equal(adamOf(model)?.iterations, 1);
  });

  it("has the same parts frozen after it was saved and loaded", async () => {
    const folder = mkdtempSync(join(tmpdir(), "transformer-"));
    try {
      const { vocabularies } = tinyData();
      const model = tinyTransformer(vocabularies);
      const encoder = model.getLayer("encoder") as TransformerEncoder;
      const decoder = model.getLayer("decoder") as TransformerDecoder;
      encoder.embedding.trainable = false;
      decoder.blocks[0].feedForward.inner.trainable = false; // a part of a part of a part
      await saveCheckpoint(folder, { model, vocabularies });
      const loaded = (await loadCheckpoint(folder)).model;
      const names = (weights: tf.LayerVariable[]) => weights.map((weight) => weight.originalName);
      assert.deepEqual(names(loaded.nonTrainableWeights), names(model.nonTrainableWeights));
      assert.equal(loaded.nonTrainableWeights.length, 1 + 2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is saved and loaded with its vocabularies and its optimizer", async () => {
    const folder = mkdtempSync(join(tmpdir(), "transformer-"));
    try {
      const data = tinyData();
      const model = tinyTransformer(data.vocabularies);
      await train(model, data, { epochs: 1, ...silent });
      const translator = { model, vocabularies: data.vocabularies, maxLength: 6 };
      await saveCheckpoint(folder, translator);
      const loaded = await loadCheckpoint(folder, { resume: true });
      assert.deepEqual(weightsOf(loaded.model), weightsOf(model));
      const [before] = await translate(translator, ["abc"]);
      const [after] = await translate(loaded, ["abc"]);
      assert.equal(after.logProbability, before.logProbability);
      await train(loaded.model, data, { epochs: 2, resume: true, ...silent });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
