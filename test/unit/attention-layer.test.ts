import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { additiveScores, Attention, softmax, weightedSum } from "attention-lab";
import * as tf from "@tensorflow/tfjs-node";
import { assertClose, flat, randomiseWeights, randomTensor, tensors } from "./layer-helpers";

const units = 5;
const queryDim = 3;
const valueDim = 4;

function attentionWithWeights(): Attention {
  const attention = new Attention({ units });
  attention.build([
    [null, queryDim],
    [null, null, valueDim],
    [null, null],
  ]);
  randomiseWeights(attention, 3);
  return attention;
}

describe("Attention layer", () => {
  const mask = [
    [1, 1, 1, 1],
    [1, 1, 0, 0],
  ];
  const inputs = () => [
    randomTensor([2, queryDim], 1),
    randomTensor([2, 4, valueDim], 2),
    tf.tensor2d(mask),
  ];

  it("equals the three steps by hand to 1e-6, and padding weighs exactly 0", () => {
    const attention = attentionWithWeights();
    const [query, values] = inputs();
    const [context, weights] = tensors(attention.apply(inputs()));
    assert.deepEqual(context.shape, [2, valueDim]);
    assert.deepEqual(weights.shape, [2, 4]);

    const W1 = attention.W1!.getWeights()[0].arraySync() as number[][];
    const [W2, bias] = attention.W2!.getWeights().map((weight) => weight.arraySync());
    const v = flat(attention.V!.getWeights()[0]);
    // The library by hand knows no bias: a 1 at the end of each key multiplies it.
    const W2WithBias = [...(W2 as number[][]), bias as number[]];
    (values as tf.Tensor3D).arraySync().forEach((rows, i) => {
      const real = rows.filter((_, j) => mask[i][j] === 1);
      const keys = real.map((row) => [...row, 1]);
      const q = (query as tf.Tensor2D).arraySync()[i];
      const byHand = softmax(additiveScores(q, keys, { W1, W2: W2WithBias, v }));
      const found = (weights as tf.Tensor2D).arraySync()[i];
      assertClose(found.slice(0, real.length), byHand, 1e-6, "weights");
      assert.ok(
        found.slice(real.length).every((weight) => weight === 0),
        `padding weighs ${found.slice(real.length)}`,
      );
      assertClose(
        (context as tf.Tensor2D).arraySync()[i],
        weightedSum(byHand, real),
        1e-6,
        "context",
      );
    });
  });

  it("owns W1, W2 and V, without a bias that softmax would cancel", () => {
    const attention = attentionWithWeights();
    assert.equal(attention.countParams(), queryDim * units + (valueDim * units + units) + units);
    assert.equal(attention.trainableWeights.length, 4);
    attention.W2!.trainable = false;
    assert.equal(attention.trainableWeights.length, 2);
    assert.equal(attention.nonTrainableWeights.length, 2);
  });

  it("stands in a tf.model of its own and comes back from its JSON", async () => {
    const shapes = [[queryDim], [null, valueDim], [null]];
    const symbols = shapes.map((shape) => tf.input({ shape }));
    const attention = new Attention({ units, name: "look" });
    const outputs = attention.apply(symbols) as tf.SymbolicTensor[];
    const model = tf.model({ inputs: symbols, outputs });
    randomiseWeights(model, 3);
    const copy = await tf.models.modelFromJSON(
      model.toJSON(null, false) as object as Parameters<typeof tf.models.modelFromJSON>[0],
    );
    copy.setWeights(model.getWeights());
    const expected = tensors(attentionWithWeights().apply(inputs()));
    for (const one of [model, copy]) {
      tensors(one.predict(inputs())).forEach((output, i) => assertClose(output, expected[i], 1e-6));
    }
  });

  it("a row of padding alone has equal weights", () => {
    const attention = attentionWithWeights();
    const [query, values] = inputs();
    const [, weights] = tensors(attention.apply([query, values, tf.zeros([2, 4])]));
    assertClose(weights, tf.fill([2, 4], 0.25), 1e-6);
  });

  it("says so when the mask is left out", () => {
    const [query, values] = inputs();
    for (const attention of [attentionWithWeights(), new Attention({ units })]) {
      assert.throws(
        () => attention.apply([query, values]),
        /Attention: 2 inputs.*takes 3.*mask of ones/,
      );
    }
  });

  it("leaves no tensors behind but its results", () => {
    const attention = attentionWithWeights();
    const given = inputs();
    const before = tf.memory().numTensors;
    tf.dispose(tensors(attention.apply(given)));
    assert.equal(tf.memory().numTensors, before);
  });
});
