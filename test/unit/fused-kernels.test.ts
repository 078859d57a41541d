import assert from "node:assert/strict";
import test from "node:test";
import * as tf from "@tensorflow/tfjs-node";
import {
  type AttentionKind,
  decoderOf,
  encoderOf,
  Random,
  seq2seq,
  targets,
  tokenLoss,
  useFusedKernels,
} from "attention-lab";
import { trainingPlan } from "attention-lab/dist/layers/fused/parts";
import { countNatives } from "./native-helpers";

/** Rows of differing lengths, padded to these. */
function tinyBatch(rows = 4, sourceTime = 6, targetTime = 5) {
  const random = new Random(1);
  const row = (longest: number, vocabSize: number) => {
    const length = random.integer(Math.min(2, longest), longest);
    return Array.from({ length: longest }, (_, j) =>
      j < length ? random.integer(3, vocabSize - 1) : 0,
    );
  };
  const sources = Array.from({ length: rows }, () => row(sourceTime, 9));
  const written = Array.from({ length: rows }, () => row(targetTime, 7));
  const shifted = written.map((tokens) => [1, ...tokens.slice(0, -1)]);
  const inputs = [
    tf.tensor2d(sources, undefined, "int32"),
    tf.tensor2d(shifted, undefined, "int32"),
  ];
  return { inputs, ys: targets(written) };
}

interface Kind {
  numLayers: number;
  resetAfter: boolean;
  attention: AttentionKind;
  /** With a number that no other test gives, kernels that have not run before. */
  size?: number;
  embeddingDim?: number;
}

function randomModel({ size = 6, ...args }: Kind) {
  const model = seq2seq({
    sourceVocabSize: 9,
    targetVocabSize: size + 1,
    embeddingDim: size - 1,
    hiddenDim: size,
    ...args,
  });
  model.setWeights(
    model.getWeights().map((w, i) => tf.randomNormal(w.shape, 0, 0.5, "float32", i + 1)),
  );
  return model;
}

interface LossAndGradients {
  loss: number;
  gradients: { name: string; values: Float32Array }[];
}

function lossAndGradients(
  model: tf.LayersModel,
  fused: boolean,
  { inputs, ys } = tinyBatch(),
): LossAndGradients {
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  useFusedKernels(fused);
  const { value, grads } = tf.variableGrads(
    () => tokenLoss(ys, model.apply(inputs, { training: true }) as tf.Tensor),
    variables,
  );
  useFusedKernels("auto");
  return {
    loss: value.dataSync()[0],
    gradients: variables.map((variable) => ({
      name: variable.name,
      values: grads[variable.name].dataSync<"float32">(),
    })),
  };
}

for (const numLayers of [1, 2]) {
  for (const resetAfter of [false, true]) {
    for (const attention of [
      "additive",
      "dot",
      "scaledDot",
      "general",
      "uniform",
      "none",
    ] as const) {
      const which = `${numLayers} layer(s), resetAfter ${resetAfter}, attention ${attention}`;

      test(`fused and plain layers agree on loss and gradients: ${which}`, () => {
        const model = randomModel({ numLayers, resetAfter, attention });
        assertAgree(lossAndGradients(model, true), lossAndGradients(model, false));
      });

      test(`so they do where the rows are computed in two parts: ${which}`, () => {
        const model = randomModel({ numLayers, resetAfter, attention });
        assert.equal(trainingPlan(65).parts, 2);
        const batch = tinyBatch(65);
        assertAgree(lossAndGradients(model, true, batch), lossAndGradients(model, false, batch));
      });
    }
  }
}

function assertAgree(fused: LossAndGradients, plain: LossAndGradients) {
  // Both add up single floats, each in its own order: they differ by a part of the loss.
  const apart = Math.abs(plain.loss - fused.loss);
  assert.ok(apart < 5e-6 * Math.max(1, plain.loss), `a loss of ${plain.loss} differs by ${apart}`);
  plain.gradients.forEach(({ name, values }, i) => {
    const largest = Math.max(...values.map(Math.abs));
    assert.ok(largest > 0, `${name}: no gradient`);
    values.forEach((value, j) => {
      const difference = Math.abs(value - fused.gradients[i].values[j]);
      assert.ok(difference < 1e-5 * largest + 1e-7, `${name}[${j}] differs by ${difference}`);
    });
  });
}

for (const attention of ["additive", "general", "none"] as const) {
  for (const resetAfter of [false, true]) {
    test(`texts of any length go by the same graphs: ${attention}, resetAfter ${resetAfter}`, () => {
      const model = randomModel({ numLayers: 2, resetAfter, attention, size: 7 });
      for (const [rows, sourceTime, targetTime] of [
        [4, 5, 4],
        [65, 9, 7],
        [1, 2, 3],
        [4, 4, 1],
      ]) {
        const batch = tinyBatch(rows, sourceTime, targetTime);
        assertAgree(lossAndGradients(model, true, batch), lossAndGradients(model, false, batch));
      }
    });
  }
}

test("models that differ in one size or in one argument have kernels of their own", () => {
  const first = { numLayers: 1, resetAfter: false, attention: "additive", size: 8 } as const;
  const others = [{ embeddingDim: 3 }, { numLayers: 2 }, { resetAfter: true }];
  for (const kind of [first, ...others.map((other) => ({ ...first, ...other }))]) {
    const model = randomModel(kind);
    assertAgree(lossAndGradients(model, true), lossAndGradients(model, false));
  }
});

let size = 10;
for (const attention of ["additive", "general", "none"] as const) {
  for (const rows of [4, 65]) {
    test(`a kernel gives the same bits whenever it runs: ${attention}, ${rows} rows`, () => {
      const resetAfter = attention === "general";
      const model = randomModel({ numLayers: 2, resetAfter, attention, size: size++ });
      // TensorFlow spreads a graph's operations over threads otherwise in the first 90 runs.
      const [first, ...others] = Array.from({ length: 120 }, () =>
        lossAndGradients(model, true, tinyBatch(rows)),
      );
      for (const later of others) {
        assert.equal(later.loss, first.loss);
        assert.deepEqual(later.gradients, first.gradients);
      }
    });
  }
}

test("a gradient that flows into the attention weights themselves agrees too", () => {
  const model = randomModel({ numLayers: 1, resetAfter: false, attention: "additive" });
  const [, weights] = model.getLayer("decoder").output as tf.SymbolicTensor[];
  const attention = tf.model({ inputs: model.inputs, outputs: weights });
  const { inputs } = tinyBatch();
  const variable = attention.trainableWeights.find((w) => w.originalName.includes("W1"))!;
  const gradient = (fused: boolean) => {
    useFusedKernels(fused);
    const loss = () => (attention.apply(inputs) as tf.Tensor).square().sum() as tf.Scalar;
    const { grads } = tf.variableGrads(loss, [variable.read() as tf.Variable]);
    useFusedKernels("auto");
    return Object.values(grads)[0];
  };
  const plain = gradient(false);
  assert.ok(plain.abs().max().dataSync()[0] > 1e-6, "W1 has no gradient");
  const difference = plain.sub(gradient(true)).abs().max().dataSync()[0];
  assert.ok(difference < 1e-6, `W1's gradients differ by ${difference}`);
});

/** The slope of the loss along a direction, from four losses: its error shrinks with ε⁴. */
function slope(lossAt: (step: number) => number, epsilon = 0.03): number {
  const difference = (step: number) => lossAt(step) - lossAt(-step);
  return (8 * difference(epsilon) - difference(2 * epsilon)) / (12 * epsilon);
}

for (const attention of ["additive", "dot", "general", "none"] as const) {
  for (const resetAfter of [false, true]) {
    test(`the gradient is the slope of the loss: ${attention}, resetAfter ${resetAfter}`, () => {
      const model = randomModel({ numLayers: 2, resetAfter, attention });
      const { inputs, ys } = tinyBatch();
      const { gradients } = lossAndGradients(model, true);
      model.trainableWeights.forEach((weight, i) => {
        const variable = weight.read() as tf.Variable;
        const [start, numbers] = [variable.clone(), gradients[i].values];
        const random = tf.randomNormal(variable.shape, 0, 1, "float32", i);
        const direction = random.div(random.norm());
        const found = slope((step) => {
          variable.assign(start.add(direction.mul(step)));
          return (tokenLoss(ys, model.apply(inputs) as tf.Tensor) as tf.Scalar).dataSync()[0];
        });
        variable.assign(start);
        const expected = (direction.dataSync() as Float32Array).reduce(
          (sum, d, j) => sum + d * numbers[j],
          0,
        );
        const size = Math.hypot(...numbers);
        const error = Math.abs(found - expected);
        assert.ok(error < 1e-4 * Math.max(1, size), `${gradients[i].name} differs by ${error}`);
      });
    });
  }
}

test("what is frozen stays as it is, and the rest learns as on the plain path", async () => {
  const weightsAfter = async (fused: boolean) => {
    const model = randomModel({ numLayers: 1, resetAfter: false, attention: "additive" });
    const decoder = decoderOf(model);
    decoder.attention!.trainable = false;
    encoderOf(model).embedding.trainable = false;
    useFusedKernels(fused);
    model.compile({ optimizer: tf.train.sgd(0.1), loss: tokenLoss });
    const before = model.getWeights().map((weight) => weight.dataSync());
    const { inputs, ys } = tinyBatch();
    for (let step = 0; step < 3; step++) await model.trainOnBatch(inputs, ys);
    useFusedKernels("auto");
    const after = model.getWeights().map((weight) => weight.dataSync());
    const changed = model.weights.filter((_, i) => before[i].some((x, j) => x !== after[i][j]));
    return { after, changed: changed.map((weight) => weight.originalName) };
  };
  const [plain, fused] = [await weightsAfter(false), await weightsAfter(true)];
  assert.deepEqual(fused.changed, plain.changed);
  assert.ok(fused.changed.length > 5, "the rest learns");
  assert.ok(!fused.changed.some((name) => /W1|W2|\bV\b/.test(name)), String(fused.changed));
  fused.after.forEach((values, i) =>
    values.forEach((value, j) => assert.ok(Math.abs(value - plain.after[i][j]) < 1e-5)),
  );
});

for (const [rows, size] of [
  [4, 8],
  [65, 9],
]) {
  test(`a training leaves no native behind, nor does a gradient that nobody asks for: ${rows} rows`, () => {
    const model = randomModel({ numLayers: 1, resetAfter: false, attention: "additive", size });
    const { inputs, ys } = tinyBatch(rows);
    const step = (loss: (logits: tf.Tensor) => tf.Scalar) =>
      tf.tidy(() => {
        tf.variableGrads(() => loss(model.apply(inputs, { training: true }) as tf.Tensor));
      });
    const good = () => step((logits) => tokenLoss(ys, logits));
    const weight = model.trainableWeights[0].read();
    const withoutLogits = () => step(() => weight.square().sum());
    good();
    const after = countNatives();
    for (let i = 0; i < 10; i++) good();
    assert.equal(countNatives(), after);
    withoutLogits();
    good();
    assert.equal(countNatives(), after);
  });
}

test("a multiple of the loss has that multiple of its gradient", () => {
  const { ys } = tinyBatch();
  const logits = tf.randomNormal([4, 5, 7], 0, 1, "float32", 1);
  const once = tf.grad((x: tf.Tensor) => tokenLoss(ys, x))(logits);
  const thrice = tf.grad((x: tf.Tensor) => tokenLoss(ys, x).mul(3))(logits);
  assert.ok(once.abs().max().dataSync()[0] > 0.01);
  assert.ok(thrice.sub(once.mul(3)).abs().max().dataSync()[0] < 1e-6);
});

test("fused and plain can be compared within one tidy", () => {
  const model = randomModel({ numLayers: 1, resetAfter: false, attention: "additive" });
  const { inputs } = tinyBatch();
  tf.tidy(() => {
    const encoder = encoderOf(model);
    const [fused] = encoder.apply(inputs[0]) as tf.Tensor[];
    useFusedKernels(false);
    const [plain] = encoder.apply(inputs[0]) as tf.Tensor[];
    useFusedKernels("auto");
    assert.notEqual(fused.dataId, plain.dataId);
    assert.ok(fused.sub(plain).abs().max().dataSync()[0] < 1e-5);
  });
});

test("second derivatives are refused, not wrong", () => {
  const { ys } = tinyBatch();
  const logits = tf.randomNormal([4, 5, 7], 0, 1, "float32", 1);
  const gradient = tf.grad((x: tf.Tensor) => tokenLoss(ys, x));
  const ofGradient = tf.grad((x: tf.Tensor) => gradient(x.mul(2)).square().sum());
  assert.throws(() => ofGradient(logits), /no second derivatives/);
});

test("the fused layers leave no tensor behind", () => {
  const model = randomModel({ numLayers: 2, resetAfter: true, attention: "additive" });
  const { inputs, ys } = tinyBatch(65);
  model.compile({ optimizer: "sgd", loss: tokenLoss });
  const step = () => tf.tidy(() => void (model.predict(inputs) as tf.Tensor).dataSync());
  step();
  const before = tf.memory().numTensors;
  for (let i = 0; i < 3; i++) step();
  tf.dispose(
    tf.variableGrads(() => tokenLoss(ys, model.apply(inputs, { training: true }) as tf.Tensor)),
  );
  assert.equal(tf.memory().numTensors, before);
});
