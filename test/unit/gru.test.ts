import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { GRU, useFusedKernels } from "attention-lab";
import * as tf from "@tensorflow/tfjs-node";
import {
  assertClose,
  assertDiffer,
  flat,
  gruByHand,
  type GRUNumbers,
  numbersOf,
  randomiseWeights,
  randomTensor,
  tensors,
} from "./layer-helpers";

type JSONModel = Parameters<typeof tf.models.modelFromJSON>[0];

const features = 3;
const units = 4;

function gruWithWeights(resetAfter: boolean): GRU {
  const gru = new GRU({ units, resetAfter });
  gru.build([null, null, features]);
  randomiseWeights(gru);
  return gru;
}

/** A plain tfjs model's view of the layer: outputs and last state for the given inputs. */
function run(gru: GRU, ...inputs: tf.Tensor[]): tf.Tensor[] {
  return tensors(gru.apply(inputs.length === 1 ? inputs[0] : inputs));
}

for (const [resetAfter, fused] of [
  [false, true],
  [true, true],
  [false, false],
  [true, false],
]) {
  // prettier-ignore
  describe(`GRU, resetAfter ${resetAfter}, fused kernels ${fused}`, () => {
    before(() => useFusedKernels(fused));
    after(() => useFusedKernels("auto"));

    it("equals the formula with σ, in plain numbers, to 1e-5 (trap 10: no hardSigmoid)", () => {
      const gru = gruWithWeights(resetAfter);
      const sequence = randomTensor([2, 5, features], 7, 3) as tf.Tensor3D;
      const byHand = sequence.arraySync().map((row) => gruByHand(row, numbersOf(gru)));
      const [outputs, state] = run(gru, sequence);
      assert.deepEqual(outputs.shape, [2, 5, units]);
      assertClose(outputs, byHand, 1e-5);
      assertClose(
        state,
        byHand.map((states) => states[4]),
        1e-5,
      );
      // The gates are in the region where hardSigmoid, 0.2x + 0.5 clipped, is another function.
      const largest = Math.max(...flat(sequence).map(Math.abs));
      assert.ok(largest > 2.5, `an input of ${largest}`);
    });

    it("starts from the initial state", () => {
      const gru = gruWithWeights(resetAfter);
      const sequence = randomTensor([1, 3, features], 8) as tf.Tensor3D;
      const initial = randomTensor([1, units], 9);
      const byHand = gruByHand(sequence.arraySync()[0], numbersOf(gru), { initial: flat(initial) });
      const [outputs] = run(gru, sequence, tf.ones([1, 3]), initial);
      assertClose(outputs, byHand, 1e-5);
      assertDiffer(outputs, run(gru, sequence)[0], 1e-2);
    });

    it("keeps its state on padding, bit for bit, wherever the padding stands", () => {
      const gru = gruWithWeights(resetAfter);
      const sequence = randomTensor([2, 5, features], 10) as tf.Tensor3D;
      const mask = [
        [1, 1, 1, 0, 0],
        [0, 1, 0, 1, 1],
      ];
      const [outputs, state] = run(gru, sequence, tf.tensor2d(mask));
      const byHand = sequence
        .arraySync()
        .map((row, i) => gruByHand(row, numbersOf(gru), { mask: mask[i] }));
      assertClose(outputs, byHand, 1e-5);
      const [first, second] = (outputs as tf.Tensor3D).arraySync();
      assert.deepEqual(first[4], first[2]);
      assert.deepEqual((state as tf.Tensor2D).arraySync()[0], first[2]);
      assert.deepEqual(second[0], [0, 0, 0, 0]);
      assert.deepEqual(second[2], second[1]);
    });

    it("has the gradients of the formula (finite differences) to 1e-3", () => {
      const gru = gruWithWeights(resetAfter);
      const sequence = randomTensor([1, 3, features], 11) as tf.Tensor3D;
      const mask = [1, 0, 1];
      const parts = randomTensor([1, 3, units], 12) as tf.Tensor3D; // what each output counts
      const loss = () =>
        run(gru, sequence, tf.tensor2d([mask]))[0]
          .mul(parts)
          .sum() as tf.Scalar;
      const { grads } = tf.variableGrads(loss);

      const numbers = numbersOf(gru);
      const names = ["kernel", "recurrentKernel", "bias", "recurrentBias"] as const;
      const lossByHand = (weights: GRUNumbers) => {
        const outputs = gruByHand(sequence.arraySync()[0], weights, { mask });
        const counts = flat(parts);
        return outputs.flat().reduce((sum, value, i) => sum + value * counts[i], 0);
      };
      gru.weights.forEach((weight, index) => {
        const name = names[index];
        const autodiff = flat(grads[(weight.read() as tf.Variable).name]);
        const shape = weight.shape as number[];
        const differences = autodiff.map((_, i) => {
          const at = (step: number) => {
            const copy = structuredClone(numbers);
            if (shape.length === 1) (copy[name] as number[])[i] += step;
            else (copy[name] as number[][])[Math.floor(i / shape[1])][i % shape[1]] += step;
            return lossByHand(copy);
          };
          return (at(1e-5) - at(-1e-5)) / 2e-5;
        });
        assertClose(autodiff, differences, 1e-3, `the gradients of ${name}`);
        assert.ok(Math.max(...differences.map(Math.abs)) > 0.05, `${name} counts`);
      });
    });

    it("takes a symbolic initial state and mask in a tf.model", () => {
      const gru = gruWithWeights(resetAfter);
      const x = tf.input({ shape: [null, features] });
      const mask = tf.input({ shape: [null] });
      const initial = tf.input({ shape: [units] });
      const model = tf.model({
        inputs: [x, mask, initial],
        outputs: gru.apply([x, mask, initial]) as tf.SymbolicTensor[],
      });
      const inputs = [
        randomTensor([2, 3, features], 1),
        tf.ones([2, 3]),
        randomTensor([2, units], 2),
      ];
      const [outputs, state] = model.predict(inputs) as tf.Tensor[];
      const [expectedOutputs, expectedState] = run(gru, ...inputs);
      assertClose(outputs, expectedOutputs, 0);
      assertClose(state, expectedState, 0);
      assert.deepEqual(gru.countParams(), 3 * units * (features + units + 1 + Number(resetAfter)));
    });
  });
}

describe("GRU", () => {
  it("equals tf.layers.gru with recurrentActivation sigmoid and the same weights, to 1e-6", () => {
    const gru = gruWithWeights(false);
    const sequence = randomTensor([3, 6, features], 13, 3);
    const stock = tf.layers.gru({
      units,
      recurrentActivation: "sigmoid",
      recurrentInitializer: "glorotUniform",
      returnSequences: true,
      returnState: true,
    });
    stock.apply(sequence);
    stock.setWeights(gru.getWeights());
    const [stockOutputs, stockState] = tensors(stock.apply(sequence));
    const [outputs, state] = run(gru, sequence);
    assertClose(outputs, stockOutputs, 1e-6);
    assertClose(state, stockState, 1e-6);
  });

  it("stacks: the outputs of one are the sequence of the next", () => {
    const [first, second] = [gruWithWeights(false), new GRU({ units: 2, seed: 5 })];
    const sequence = randomTensor([1, 4, features], 14) as tf.Tensor3D;
    const [outputs] = run(second, run(first, sequence)[0]);
    const byHand = gruByHand(
      gruByHand(sequence.arraySync()[0], numbersOf(first)),
      numbersOf(second),
    );
    assertClose(outputs, byHand, 1e-5);
  });

  it("draws the same weights from the same seed, others from another", () => {
    const kernels = [3, 3, 4].map((seed) => {
      const gru = new GRU({ units, seed });
      gru.build([null, null, features]);
      return gru.getWeights()[0];
    });
    assertClose(kernels[0], kernels[1], 0);
    assertDiffer(kernels[0], kernels[2], 1e-2);
  });

  it("comes back from a model's JSON with its arguments", async () => {
    const gru = new GRU({ units, resetAfter: true, seed: 6, name: "reader" });
    const x = tf.input({ shape: [null, features] });
    const model = tf.model({ inputs: x, outputs: (gru.apply(x) as tf.SymbolicTensor[])[0] });
    randomiseWeights(model);
    const copy = await tf.models.modelFromJSON(model.toJSON(null, false) as object as JSONModel);
    const restored = copy.getLayer("reader").getConfig();
    assert.deepEqual([restored.units, restored.resetAfter, restored.seed], [units, true, 6]);
    copy.setWeights(model.getWeights());
    const sequence = randomTensor([2, 4, features], 15);
    assertClose(tensors(copy.predict(sequence))[0], tensors(model.predict(sequence))[0], 0);
  });

  it("has a gradient for a sequence of one step, on both paths", () => {
    const gru = gruWithWeights(true);
    const sequence = randomTensor([2, 1, features], 3);
    const gradient = (fused: boolean) => {
      useFusedKernels(fused);
      const loss = (x: tf.Tensor) => run(gru, x)[0].square().sum();
      return flat(tf.grad(loss)(sequence));
    };
    assertClose(gradient(true), gradient(false), 1e-6);
    useFusedKernels("auto");
  });

  it("says so when units is no size", () => {
    for (const wrong of [0, 2.5, NaN]) {
      assert.throws(() => new GRU({ units: wrong }), new RegExp(`GRU: units is ${wrong}`));
    }
  });

  it("names what is wrong with a sequence without steps", () => {
    const gru = gruWithWeights(false);
    assert.throws(() => run(gru, tf.zeros([2, 0, features])), /no steps \(shape \[2, 0, 3\]\)/);
  });

  it("leaves no tensors behind but its results", () => {
    const gru = gruWithWeights(true);
    const inputs = [randomTensor([2, 3, features], 1), tf.ones([2, 3])];
    const before = tf.memory().numTensors;
    tf.dispose(run(gru, ...inputs));
    assert.equal(tf.memory().numTensors, before);
  });
});
