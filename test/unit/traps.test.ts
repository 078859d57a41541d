/**
 * The traps that other implementations of attention fell into, one test or more for each. Trap 10,
 * the hardSigmoid in the GRU, is in gru.test.ts.
 */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import {
  attentionModel,
  decoderOf,
  encoderOf,
  type Pair,
  type Seq2seqArgs,
  splitPairs,
  targets,
  tokenAccuracy,
  tokenLoss,
  useFusedKernels,
} from "attention-lab";
import * as tf from "@tensorflow/tfjs-node";
import {
  assertClose,
  assertDiffer,
  flat,
  ids,
  livelyModel,
  logitsAndWeights,
  randomiseWeights,
  randomTensor,
  tensors,
  tinySizes,
} from "./layer-helpers";

const { hiddenDim } = tinySizes;

/** Each form that the model can have. */
const forms: (Partial<Seq2seqArgs> & { fused: boolean })[] = [
  { fused: true },
  { fused: true, numLayers: 2, resetAfter: true },
  { fused: false },
  { fused: false, numLayers: 2, resetAfter: true },
  { fused: true, attention: "none" },
  { fused: true, attention: "scaledDot" },
  { fused: true, attention: "uniform" },
  { fused: true, attention: "localMonotonic", halfWidth: 1 },
  { fused: true, attention: "localPredictive", halfWidth: 2, numLayers: 2 },
  { fused: true, attention: "multiHead", heads: 2 },
];

/** The model of a form, and its kernels for the rest of the test. */
function modelOf({ fused, ...args }: (typeof forms)[number]): tf.LayersModel {
  useFusedKernels(fused);
  return livelyModel(args);
}
afterEach(() => useFusedKernels("auto"));

const sources = [[4, 5, 6, 7, 8], [6, 4, 4], [5]]; // prettier-ignore
const decoderRows = [[1, 4, 5, 6], [1, 7, 6], [1, 4, 4, 5]]; // prettier-ignore
const targetRows = [[4, 5, 6, 2], [7, 6, 2], [4, 4, 5, 2]]; // prettier-ignore

describe("trap 1: the weights look at the encoder's outputs", () => {
  const decoder = decoderOf(livelyModel());
  const state = randomTensor([1, hiddenDim], 2);
  const look = (values: tf.Tensor) =>
    tensors(decoder.apply([ids([[1, 4, 5]]), values, tf.ones([1, 4]), state]));
  const values = randomTensor([1, 4, hiddenDim], 1);

  it("permuted outputs: permuted weights and the same logits", () => {
    const order = [2, 0, 3, 1];
    const [logits, weights] = look(values);
    const [permutedLogits, permutedWeights] = look(tf.gather(values, order, 1));
    assertClose(permutedWeights, tf.gather(weights, order, 2), 1e-6);
    assertClose(permutedLogits, logits, 1e-6);
    assertDiffer(permutedWeights, weights, 1e-2);
  });

  it("one perturbed output: its weight moves, at every step", () => {
    const perturbation = tf
      .oneHot(tf.tensor1d([2], "int32"), 4)
      .reshape([1, 4, 1])
      .mul(0.5);
    const [before, after] = [values, values.add(perturbation)].map((given) => look(given)[1]);
    const [step, at] = [2, 1]; // axes
    for (const [t, difference] of tf.unstack(after.sub(before), at).entries()) {
      const moved = Math.abs(flat(tf.unstack(difference, step - 1)[2])[0]);
      assert.ok(moved > 1e-3, `at step ${t} its weight moved by ${moved}`);
    }
  });

  it("other source tokens: other attention maps", () => {
    const map = attentionModel(livelyModel());
    const [a, b] = [
      [4, 5, 6],
      [4, 8, 6],
    ].map(
      (source) => // prettier-ignore
      map.predict([ids([source]), ids([[1, 4]])]) as tf.Tensor, // prettier-ignore
    );
    assertDiffer(a, b, 1e-3);
  });
});

describe("trap 2: the decoder's state is passed on", () => {
  for (const form of forms) {
    it(`two histories give different logits at the same token: ${JSON.stringify(form)}`, () => {
      const model = modelOf(form);
      const last = (history: number[]) => {
        const logits = model.predict([ids([sources[0]]), ids([[...history, 7]])]) as tf.Tensor;
        return tf.unstack(logits, 1)[history.length];
      };
      assertDiffer(last([1, 4, 5]), last([1, 6, 5]), 1e-3, "logits after two histories");
      assertDiffer(last([1, 4, 5]), last([4, 1, 5]), 1e-3, "logits after two orders");
    });

    it(`the encoder's state starts the decoder: ${JSON.stringify(form)}`, () => {
      const decoder = decoderOf(modelOf(form));
      const values = randomTensor([1, 3, hiddenDim], 1);
      const states = Array.from({ length: form.numLayers ?? 1 }, (_, i) =>
        randomTensor([1, hiddenDim], 10 + i),
      );
      const logits = (given: tf.Tensor[]) =>
        tensors(decoder.apply([ids([[1]]), values, tf.ones([1, 3]), ...given]))[0];
      states.forEach((state, layer) => {
        const others = states.map((kept, i) => (i === layer ? state.add(0.5) : kept));
        assertDiffer(logits(others as tf.Tensor[]), logits(states), 1e-3, `layer ${layer + 1}`);
      });
    });
  }
});

describe("trap 3: a longer padding changes nothing", () => {
  for (const form of forms) {
    it(`of the source, in outputs, states, weights and logits: ${JSON.stringify(form)}`, () => {
      const model = modelOf(form);
      const [short, long] = [ids(sources), ids(sources, 9)];
      const [outputs, , ...states] = tensors(encoderOf(model).apply(short));
      const [longOutputs, longMask, ...longStates] = tensors(encoderOf(model).apply(long));
      assertClose(longOutputs.slice([0, 0, 0], [3, 5, hiddenDim]), outputs, 1e-6, "outputs");
      assert.deepEqual(flat(longMask.sum(1)), [5, 3, 1]);
      states.forEach((state, i) => assertClose(longStates[i], state, 1e-6, `state ${i + 1}`));

      const decoderInputs = ids(decoderRows);
      const [logits, weights] = logitsAndWeights(model, [short, decoderInputs]);
      const [longLogits, longWeights] = logitsAndWeights(model, [long, decoderInputs]);
      assertClose(longLogits, logits, 1e-6, "logits");
      assertClose(longWeights.slice([0, 0, 0], [3, 4, 5]), weights, 1e-6, "weights");
      assert.equal(flat(longWeights.slice([0, 0, 5]).abs().max())[0], 0, "weight on padding");
      assert.equal(flat(weights.slice([2, 0, 1], [1, 4, 4]).abs().max())[0], 0);
    });

    it(`of source and target, in loss and accuracy: ${JSON.stringify(form)}`, () => {
      const model = modelOf(form);
      const measure = (sourceTime: number, targetTime: number) => {
        const padded = targetRows.map((row) => [...row, ...Array<number>(targetTime).fill(0)]);
        const yTrue = targets(
          targetTime ? padded.map((row) => row.slice(0, targetTime)) : targetRows,
        );
        const logits = model.predict([ids(sources, sourceTime), ids(decoderRows, targetTime)]);
        return [tokenLoss, tokenAccuracy].map((f) => flat(f(yTrue, logits as tf.Tensor))[0]);
      };
      assertClose(measure(9, 0), measure(0, 0), 1e-6);
      assertClose(measure(0, 11), measure(0, 0), 1e-6);
    });
  }

  it("in the gradients of every weight", () => {
    const model = livelyModel({ numLayers: 2 });
    const gradients = (time: number) => {
      const yTrue = targets(targetRows);
      const { grads } = tf.variableGrads(() => {
        const logits = model.apply([ids(sources, time), ids(decoderRows)], { training: true });
        return tokenLoss(yTrue, logits as tf.Tensor);
      });
      return model.trainableWeights.map((weight) => grads[(weight.read() as tf.Variable).name]);
    };
    const [short, long] = [gradients(0), gradients(9)];
    short.forEach((gradient, i) => {
      const { name } = model.trainableWeights[i];
      assertClose(long[i], gradient, 1e-6, `the gradients of ${name}`);
      assert.ok(flat(gradient.abs().max())[0] > 1e-6, `${name} has a gradient`);
    });
  });
});

describe("trap 4: loss and accuracy do not count padding", () => {
  it("whatever the model says on padding, they stay", () => {
    const logits = randomTensor([3, 4, 8], 1);
    const onPadding = tf.unstack(targets(targetRows), 2)[0].equal(0).cast("float32").expandDims(2);
    assert.equal(flat(onPadding.sum())[0], 1);
    const sayPadding = logits.add(onPadding.mul(tf.oneHot([0], 8)).mul(50));
    for (const measure of [tokenLoss, tokenAccuracy]) {
      const value = measure(targets(targetRows), logits);
      assertClose(measure(targets(targetRows), sayPadding), value, 1e-6);
    }
  });

  it("a model that is right on padding alone has accuracy 0", () => {
    const alwaysPadding = tf.oneHot(tf.zeros([3, 4], "int32"), 8).mul(50);
    const yTrue = targets([[4, 5, 6, 2], [7], [4]]); // prettier-ignore
    assert.equal(flat(tokenAccuracy(yTrue, alwaysPadding))[0], 0);
    assertClose(tokenLoss(yTrue, alwaysPadding), 50, 1e-4);
  });
});

describe("trap 5: softmax over the source, a row at a time", () => {
  for (const form of forms) {
    it(`a sequence does not depend on its neighbours: ${JSON.stringify(form)}`, () => {
      const model = modelOf(form);
      const together = logitsAndWeights(model, [ids(sources), ids(decoderRows)]);
      sources.forEach((source, i) => {
        const alone = logitsAndWeights(model, [ids([source]), ids([decoderRows[i]])]);
        const time = decoderRows[i].length;
        const [logits, weights] = together.map((output, o) =>
          output.slice([i, 0, 0], [1, time, o === 0 ? -1 : source.length]),
        );
        assertClose(logits, alone[0], 1e-6, "logits");
        assertClose(weights, alone[1], 1e-6, "weights");
      });
    });

    const local = form.attention?.startsWith("local");
    it(`the weights of each step sum to ${local ? "1 at most" : "1"}: ${JSON.stringify(form)}`, () => {
      const [, weights] = logitsAndWeights(modelOf(form), [ids(sources), ids(decoderRows)]);
      assert.deepEqual(weights.shape, [3, 4, 5]);
      const sums = weights.sum(2);
      assertClose(local ? sums.maximum(1) : sums, tf.ones([3, 4]), 1e-6);
      assert.ok(flat(weights.min())[0] >= 0);
    });
  }
});

describe("trap 6: no source is in two splits", () => {
  it("all translations of a source stay together, and no pair is lost", () => {
    const pairs: Pair[] = Array.from({ length: 200 }, (_, i) => ({
      source: `source ${i % 40}`,
      target: `target ${i}`,
    }));
    const split = splitPairs(pairs, { seed: 1, validation: 0.2, test: 0.2 });
    const sets = [split.train, split.validation, split.test];
    const names = sets.map((set) => new Set(set.map((pair) => pair.source)));
    for (const [i, one] of names.entries()) {
      assert.ok(one.size > 0);
      for (const other of names.slice(i + 1)) {
        assert.deepEqual([...one].filter((name) => other.has(name)), []); // prettier-ignore
      }
    }
    assert.deepEqual(
      sets.flatMap((set) => set.map((pair) => pair.target)).sort(),
      pairs.map((pair) => pair.target).sort(),
    );
  });
});

describe("trap 7: no look into the future", () => {
  for (const form of forms) {
    it(`later decoder tokens leave earlier logits and weights alone: ${JSON.stringify(form)}`, () => {
      const model = modelOf(form);
      const upToThird = (rows: number[][]) =>
        logitsAndWeights(model, [ids([sources[0]]), ids(rows)]).map((output) =>
          output.slice([0, 0, 0], [1, 3, -1]),
        );
      const [a, b] = [upToThird([[1, 4, 5, 6, 7]]), upToThird([[1, 4, 5, 2, 0]])];
      a.forEach((output, i) => assertClose(b[i], output, 1e-6));
    });
  }
});

describe("trap 8: finite where the numbers degenerate", () => {
  for (const form of forms) {
    it(`a source of padding only, alone and beside others: ${JSON.stringify(form)}`, () => {
      const model = modelOf(form);
      const neighbours = logitsAndWeights(model, [ids(sources), ids(decoderRows)]);
      const mixed = logitsAndWeights(model, [
        ids([...sources, [0, 0]]),
        ids([...decoderRows, [1, 4]]),
      ]);
      mixed.forEach((output, i) => {
        assert.ok(flat(output).every(Number.isFinite));
        assertClose(output.slice([0, 0, 0], [3, -1, -1]), neighbours[i], 1e-6);
      });
    });

    it(`loss and gradients with weights a thousand times too large: ${JSON.stringify(form)}`, () => {
      const model = modelOf(form);
      randomiseWeights(model, 1, 1000);
      const yTrue = targets([...targetRows, [2]]);
      const { value, grads } = tf.variableGrads(() => {
        const inputs = [ids([...sources, [0]]), ids([...decoderRows, [1]])];
        return tokenLoss(yTrue, model.apply(inputs, { training: true }) as tf.Tensor);
      });
      assert.ok(Number.isFinite(flat(value)[0]), `loss ${flat(value)[0]}`);
      for (const [name, gradient] of Object.entries(grads)) {
        assert.ok(flat(gradient).every(Number.isFinite), name);
      }
    });
  }
});
