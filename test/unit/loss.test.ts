import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { targets, tokenAccuracy, tokenLoss, UNKNOWN } from "attention-lab";
import * as tf from "@tensorflow/tfjs-node";
import { assertClose, flat, randomTensor } from "./layer-helpers";

const rows = [[4, 5, 2], [5, 2], [2]]; // prettier-ignore
const logits = () => randomTensor([3, 3, 6], 1, 2) as tf.Tensor3D;

/** −log softmax(logits)[token], in plain numbers. */
function crossEntropy(scores: number[], token: number): number {
  const largest = Math.max(...scores);
  const sum = scores.reduce((total, score) => total + Math.exp(score - largest), 0);
  return Math.log(sum) + largest - scores[token];
}

describe("targets", () => {
  it("pairs each token with its weight: 0 on padding, 1 / (tokens a row) elsewhere", () => {
    const yTrue = targets(rows);
    assert.deepEqual(yTrue.shape, [3, 3, 2]);
    const [tokens, weights] = tf.unstack(yTrue, 2);
    assert.deepEqual(flat(tokens), [4, 5, 2, 5, 2, 0, 2, 0, 0]);
    assertClose(weights, [[0.5, 0.5, 0.5], [0.5, 0.5, 0], [0.5, 0, 0]], 1e-7); // prettier-ignore
    // Padding that is written out is padding too, and a part of a set takes the set's average.
    assertClose(targets([[4, 5, 2], [5, 2, 0], [2, 0, 0]]), yTrue, 0); // prettier-ignore
    const [, partWeights] = tf.unstack(targets([[2, 0]], 4), 2);
    assertClose(partWeights, [0.25, 0], 0);
    // An unknown word is read as the previous token, but is not learnt to be written.
    const [, weights3] = tf.unstack(targets([[4, UNKNOWN, 2], [5, 2]]), 2); // prettier-ignore
    assertClose(weights3, [[0.5, 0, 0.5], [0.5, 0.5, 0]], 1e-7); // prettier-ignore
  });

  it("says so when there is no real token", () => {
    assert.throws(() => targets([[0, 0], [0]]), /2 rows hold no real token/);
    assert.throws(() => targets([]), /0 rows hold no real token/);
  });
});

describe("tokenLoss and tokenAccuracy", () => {
  it("are the means over real tokens, computed by hand", () => {
    const scores = logits().arraySync();
    const losses = rows.flatMap((row, i) =>
      row.map((token, t) => crossEntropy(scores[i][t], token)),
    );
    const right = rows.flatMap((row, i) =>
      row.map((token, t) => Number(scores[i][t].indexOf(Math.max(...scores[i][t])) === token)),
    );
    const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
    assert.equal(losses.length, 6);
    assertClose(tokenLoss(targets(rows), logits()), mean(losses), 1e-6);
    assertClose(tokenAccuracy(targets(rows), logits()), mean(right), 1e-6);
  });

  it("the loss has the gradient softmax − one-hot, weighted; none on padding", () => {
    const gradient = tf.grad((x) => tokenLoss(targets(rows), x))(logits()) as tf.Tensor3D;
    const softmax = tf.softmax(logits()).arraySync() as number[][][];
    gradient.arraySync().forEach((row, i) =>
      row.forEach((found, t) => {
        const token = rows[i][t];
        const expected = softmax[i][t].map((p, v) => (token ? (p - Number(v === token)) / 6 : 0));
        assertClose(found, expected, 1e-6, `row ${i}, step ${t}`);
      }),
    );
  });

  it("are finite on degenerate logits, also of −∞ (trap 8: log 0)", () => {
    const yTrue = targets([[2]]);
    const value = (scores: number[]) => flat(tokenLoss(yTrue, tf.tensor3d([[scores]])))[0];
    assertClose(value([0, 0, 1e4]), 0, 0);
    assertClose(value([1e4, 0, 0]), 1e4, 1e-2);
    assertClose(value([0, -1e30, 1e30]), 0, 0);
    assertClose(value([-Infinity, 0, 0]), Math.log(2), 1e-6); // a token that is ruled out
    const gradient = tf.grad((x) => tokenLoss(yTrue, x))(tf.tensor3d([[[1e4, -1e4, 0]]]));
    assertClose(gradient, [1, 0, -1], 1e-6);
  });

  it("refuse targets of another shape, and say how to make them", () => {
    for (const measure of [tokenLoss, tokenAccuracy]) {
      for (const shape of [
        [3, 3],
        [3, 3, 1],
      ]) {
        assert.throws(
          () => measure(tf.zeros(shape), logits()),
          (error: Error) => error.message.includes(`[${shape}]`) && /targets\(/.test(error.message),
        );
      }
    }
  });

  it("do not pass over a token that the logits have no place for", () => {
    // Without a check it would count as a loss of 0: a wrong vocabulary would look like success.
    for (const measure of [tokenLoss, tokenAccuracy]) {
      assert.throws(
        () => measure(targets([[6]]), tf.zeros([1, 1, 6])),
        /token 6.*0 to 5.*targetVocabSize/s,
      );
    }
  });

  it("leave no tensors behind but the result", () => {
    const [yTrue, scores] = [targets(rows), logits()];
    const before = tf.memory().numTensors;
    tf.dispose([tokenLoss(yTrue, scores), tokenAccuracy(yTrue, scores)]);
    assert.equal(tf.memory().numTensors, before);
  });
});
