import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  causalMask,
  EncoderBlock,
  FeedForward,
  LayerNormalization,
  SequenceAttention,
  sinusoidalPositions,
} from "attention-lab";
import * as tf from "@tensorflow/tfjs-node";
import {
  assertClose,
  assertDiffer,
  denseByHand,
  flat,
  randomiseWeights,
  randomTensor,
  tensors,
} from "./layer-helpers";
import { headsByHand, normalisedByHand } from "./transformer-helpers";

const rows = (tensor: tf.Tensor) => (tensor.arraySync() as number[][][])[0];

function livelyHeads(heads: number): SequenceAttention {
  const layer = new SequenceAttention({ modelDim: 6, heads });
  layer.apply([tf.zeros([1, 1, 6]), tf.zeros([1, 1, 6]), tf.ones([1, 1, 1])]);
  randomiseWeights(layer);
  return layer;
}

describe("sinusoidalPositions", () => {
  it("is the paper's formula", () => {
    const positions = sinusoidalPositions(3, 4);
    const byHand = [0, 1, 2].map((t) => [
      Math.sin(t), Math.cos(t), Math.sin(t / 100), Math.cos(t / 100),
    ]); // prettier-ignore
    assertClose(positions, byHand, 1e-12);
  });

  it("goes on from a later position", () => {
    assert.deepEqual(sinusoidalPositions(2, 6, 5), sinusoidalPositions(7, 6).slice(5));
  });

  it("depends on the distance only, where two positions are compared", () => {
    const p = sinusoidalPositions(30, 16);
    const dot = (a: number, b: number) => p[a].reduce((sum, x, i) => sum + x * p[b][i], 0);
    assertClose([dot(3, 7), dot(10, 14)], [dot(25, 29), dot(25, 29)], 1e-9);
    assert.ok(dot(3, 3) > dot(3, 4) && dot(3, 4) > dot(3, 6), "near positions are more alike");
  });
});

describe("causalMask", () => {
  it("lets nobody see the future", () => {
    assert.deepEqual(causalMask(3).arraySync(), [[[1, 0, 0], [1, 1, 0], [1, 1, 1]]]); // prettier-ignore
  });

  it("lets all see what came before", () => {
    assert.deepEqual(causalMask(2, 2).arraySync(), [[[1, 1, 1, 0], [1, 1, 1, 1]]]); // prettier-ignore
    assert.deepEqual(causalMask(1, 3).arraySync(), [[[1, 1, 1, 1]]]);
  });
});

describe("SequenceAttention", () => {
  for (const heads of [1, 2, 3]) {
    it(`with ${heads} heads is the plain-number helper, once for each head`, () => {
      const layer = livelyHeads(heads);
      const [x, y] = [randomTensor([1, 4, 6], 1), randomTensor([1, 3, 6], 2)];
      const [output, weights] = tensors(layer.apply([x, y, tf.ones([1, 1, 3])]));
      const byHand = headsByHand(layer, rows(x), rows(y));
      assertClose(output, byHand.output, 1e-5, "output");
      assertClose(weights, byHand.weights, 1e-5, "weights");
    });
  }

  it("obeys a mask for each query, as the helper does", () => {
    const layer = livelyHeads(2);
    const x = randomTensor([1, 3, 6], 1);
    const [output, weights] = tensors(layer.apply([x, x, causalMask(3)]));
    const mask = [[true, false, false], [true, true, false], [true, true, true]]; // prettier-ignore
    const byHand = headsByHand(layer, rows(x), rows(x), mask);
    assertClose(output, byHand.output, 1e-5, "output");
    assertClose(weights, byHand.weights, 1e-5, "weights");
  });

  it("has rows of weights that sum to 1, and gives padding a weight of exactly 0", () => {
    const layer = livelyHeads(2);
    const x = randomTensor([2, 4, 6], 3);
    const mask = tf.tensor([[[1, 1, 1, 1]], [[1, 1, 0, 0]]]); // prettier-ignore
    const [, weights] = tensors(layer.apply([x, x, mask]));
    assertClose(weights.sum(-1), tf.ones([2, 2, 4]), 1e-6);
    assert.equal(weights.slice([1, 0, 0, 2]).max().dataSync()[0], 0);
  });

  it("does not see what is masked: other values there change nothing", () => {
    const layer = livelyHeads(2);
    const [x, y] = [randomTensor([1, 3, 6], 1), randomTensor([1, 5, 6], 2)];
    const other = tf.concat([y.slice([0, 0, 0], [1, 3, 6]), randomTensor([1, 2, 6], 9)], 1);
    const mask = tf.tensor([[[1, 1, 1, 0, 0]]]);
    const [before, after] = [y, other].map((y) => tensors(layer.apply([x, y, mask]))[0]);
    assertClose(after, before, 0);
    const everything = [y, other].map((y) => tensors(layer.apply([x, y, tf.ones([1, 1, 5])]))[0]);
    assertDiffer(everything[0], everything[1], 1e-2);
  });

  it("answers another order of positions with that order, and with nothing else", () => {
    const layer = livelyHeads(2);
    const x = randomTensor([1, 4, 6], 1);
    const order = [2, 0, 3, 1];
    const everywhere = tf.ones([1, 1, 4]);
    const [output] = tensors(layer.apply([x, x, everywhere]));
    const shuffled = tf.gather(x, order, 1);
    const [ofShuffled] = tensors(layer.apply([shuffled, shuffled, everywhere]));
    assertClose(ofShuffled, tf.gather(output, order, 1), 1e-5);
  });

  it("says which sizes make no sense", () => {
    assert.throws(
      () => new SequenceAttention({ modelDim: 6, heads: 4 }),
      /modelDim is 6 and heads 4/,
    );
    assert.throws(() => new SequenceAttention({ modelDim: 6, heads: 0 }), /heads is 0/);
  });
});

describe("LayerNormalization", () => {
  it("gives each position mean β and spread γ, as by hand", () => {
    const layer = new LayerNormalization();
    const x = randomTensor([2, 3, 5], 1, 4);
    layer.apply(x);
    randomiseWeights(layer);
    const [gamma, beta] = layer.getWeights().map(flat);
    const byHand = (x.arraySync() as number[][][]).map((text) =>
      text.map((row) => normalisedByHand(row, gamma, beta)),
    );
    assertClose(layer.apply(x) as tf.Tensor, byHand, 1e-5);
  });

  it("has the values and the gradients of tfjs's own layer", () => {
    const ours = new LayerNormalization();
    const theirs = tf.layers.layerNormalization({ epsilon: 1e-5 });
    const x = randomTensor([2, 3, 5], 1, 4);
    const direction = randomTensor([2, 3, 5], 2);
    const results = [ours, theirs].map((layer) => {
      layer.apply(x);
      randomiseWeights(layer);
      const run = (x: tf.Tensor) => (layer.apply(x) as tf.Tensor).mul(direction).sum() as tf.Scalar;
      const weights = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
      const { value, grads } = tf.variableGrads(() => run(x), weights);
      return [value, ...weights.map(({ name }) => grads[name]), tf.grad(run)(x)];
    });
    results[0].forEach((tensor, i) => assertClose(tensor, results[1][i], 1e-4));
  });

  it("does not care how large a position's numbers are", () => {
    const layer = new LayerNormalization();
    const x = randomTensor([1, 2, 8], 1);
    assertClose(layer.apply(x) as tf.Tensor, layer.apply(x.mul(100)) as tf.Tensor, 1e-3);
  });

  it("takes a position of equal numbers", () => {
    const result = new LayerNormalization().apply(tf.ones([1, 1, 4])) as tf.Tensor;
    assertClose(result, tf.zeros([1, 1, 4]), 1e-6);
  });
});

describe("FeedForward", () => {
  it("is two dense layers with a ramp between them, at each position alike", () => {
    const layer = new FeedForward({ modelDim: 4, feedForwardDim: 7 });
    const x = randomTensor([1, 3, 4], 1);
    layer.apply(x);
    randomiseWeights(layer);
    const byHand = rows(x).map((row) => {
      const hidden = denseByHand(row, layer.inner).map((value) => Math.max(0, value));
      return denseByHand(hidden, layer.outer);
    });
    assertClose(layer.apply(x) as tf.Tensor, byHand, 1e-5);
  });
});

describe("EncoderBlock", () => {
  it("adds what attention and feed-forward find to what came in, as by hand", () => {
    const block = new EncoderBlock({ modelDim: 6, heads: 2, feedForwardDim: 5 });
    const x = randomTensor([1, 3, 6], 1);
    const mask = tf.ones([1, 1, 3]);
    block.apply([x, mask]);
    randomiseWeights(block);
    const norm = (layer: LayerNormalization, row: number[]) => {
      const [gamma, beta] = layer.getWeights().map(flat);
      return normalisedByHand(row, gamma, beta);
    };
    const add = (a: number[][], b: number[][]) => a.map((row, i) => row.map((v, j) => v + b[i][j]));
    const normal = rows(x).map((row) => norm(block.norm1, row));
    const { output, weights } = headsByHand(block.attention, normal, normal);
    const gathered = add(rows(x), output);
    const thought = gathered.map((row) => {
      const hidden = denseByHand(norm(block.norm2, row), block.feedForward.inner);
      return denseByHand(hidden.map((value) => Math.max(0, value)), block.feedForward.outer); // prettier-ignore
    });
    const [result, looked] = tensors(block.apply([x, mask]));
    assertClose(result, add(gathered, thought), 1e-4);
    assertClose(looked, weights, 1e-5);
  });
});
