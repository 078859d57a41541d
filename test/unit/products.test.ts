import assert from "node:assert/strict";
import { test } from "node:test";
import "attention-lab"; // which lets long products be computed in pieces
import * as tf from "@tensorflow/tfjs-node";

/** [2, 3, length]·[2, length, 4] as the definition says, without a product of matrices. */
function byDefinition(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return a.expandDims(3).mul(b.expandDims(1)).sum(2);
}

for (const length of [252, 253, 505, 1000]) {
  test(`tf.matMul adds up ${length} numbers right, in each way to transpose, and its gradients`, () => {
    const a = tf.randomNormal([2, 3, length], 0, 1, "float32", 1);
    const b = tf.randomNormal([2, length, 4], 0, 1, "float32", 2);
    const [aT, bT] = [a, b].map((tensor) => tf.transpose(tensor, [0, 2, 1]));
    const same = (x: tf.Tensor, y: tf.Tensor) =>
      assert.ok(x.sub(y).abs().max().dataSync()[0] < 1e-3);
    const expected = byDefinition(a, b);
    same(tf.matMul(a, b), expected);
    same(tf.matMul(a, bT, false, true), expected);
    same(tf.matMul(aT, b, true), expected);
    same(tf.matMul(aT, bT, true, true), expected);
    const before = tf.memory().numTensors;
    tf.matMul(a, b).dispose();
    assert.equal(tf.memory().numTensors, before);
    const expectedGradients = tf.grads((a, b) => byDefinition(a, b).square().sum())([a, b]);
    const gradients = tf.grads((a, b) => tf.matMul(a, b).square().sum())([a, b]);
    gradients.forEach((gradient, i) => same(gradient.div(100), expectedGradients[i].div(100)));
  });
}
