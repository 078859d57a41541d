import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Adam } from "attention-lab";
import * as tf from "@tensorflow/tfjs-node";
import { countNatives } from "./native-helpers";

const shapes = [[3, 4], [5], [], [2, 3, 2]];

/** Variables of several shapes, the same for the same seed. */
function newVariables(seed = 1): tf.Variable[] {
  return shapes.map((shape, i) =>
    tf.tidy(() => tf.variable(tf.randomNormal(shape, 0, 1, "float32", seed + i))),
  );
}

/** A gradient for each variable, other ones in each step. */
function gradientsOf(variables: tf.Variable[], step: number) {
  return variables.map(({ name, shape }, i) => ({
    name,
    tensor: tf.randomNormal(shape, 0, 1, "float32", 100 * step + i + 7),
  }));
}

function takeSteps(adam: tf.Optimizer, variables: tf.Variable[], from: number, to: number): void {
  for (let step = from; step < to; step++) {
    tf.tidy(() => adam.applyGradients(gradientsOf(variables, step)));
  }
}

const valuesOf = (tensors: tf.Tensor[]) => tensors.map((tensor) => [...tensor.dataSync()]);

function assertClose(actual: number[][], expected: number[][], tolerance: number): void {
  actual.flat().forEach((value, i) => {
    const wanted = expected.flat()[i];
    const difference = Math.abs(value - wanted);
    assert.ok(difference <= tolerance * Math.max(1, Math.abs(wanted)), `${value}, not ${wanted}`);
  });
}

afterEach(() => tf.setBackend("tensorflow"));

for (const backend of ["tensorflow", "cpu"]) {
  test(`twenty steps are those of tfjs's Adam, on the backend ${backend}`, async () => {
    await tf.setBackend(backend);
    const [ours, theirs] = [newVariables(), newVariables()];
    takeSteps(new Adam(0.001), ours, 0, 20);
    takeSteps(tf.train.adam(0.001, 0.9, 0.999, tf.backend().epsilon()), theirs, 0, 20);
    assertClose(valuesOf(ours), valuesOf(theirs), 1e-6);
  });

  test(`twenty large steps are the paper's in doubles, on the backend ${backend}`, async () => {
    await tf.setBackend(backend);
    const [ours, papers] = [newVariables(), valuesOf(newVariables())];
    takeSteps(new Adam(0.1), ours, 0, 20);
    const m = papers.map((values) => values.map(() => 0));
    const v = structuredClone(m);
    for (let t = 1; t <= 20; t++) {
      valuesOf(gradientsOf(ours, t - 1).map(({ tensor }) => tensor)).forEach((gradient, i) =>
        gradient.forEach((g, j) => {
          m[i][j] = 0.9 * m[i][j] + 0.1 * g;
          v[i][j] = 0.999 * v[i][j] + 0.001 * g * g;
          const [mHat, vHat] = [m[i][j] / (1 - 0.9 ** t), v[i][j] / (1 - 0.999 ** t)];
          papers[i][j] -= (0.1 * mHat) / (Math.sqrt(vHat) + tf.backend().epsilon());
        }),
      );
    }
    assertClose(valuesOf(ours), papers, 2e-6);
  });

  test(`a saved state goes on to the last bit, on the backend ${backend}`, async () => {
    await tf.setBackend(backend);
    const [whole, cut] = [newVariables(), newVariables()];
    takeSteps(new Adam(0.01), whole, 0, 12);
    const first = new Adam(0.01);
    takeSteps(first, cut, 0, 7);
    const saved = await first.getWeights();
    takeSteps(first, newVariables(9), 7, 8); // what was read is a copy
    assert.deepEqual(
      saved.map(({ name }) => name.replace(/^.*\//, "")),
      ["iter", ..."mmmmvvvv"],
    );
    const second = new Adam(0.01);
    await second.setWeights(saved);
    tf.dispose(saved.map(({ tensor }) => tensor));
    assert.equal(second.iterations, 7);
    takeSteps(second, cut, 7, 12);
    assert.deepEqual(valuesOf(cut), valuesOf(whole));
  });
}

test("small gradients are not lost in epsilon", () => {
  const [ours, theirs] = [newVariables(), newVariables()];
  const step = (adam: tf.Optimizer, variables: tf.Variable[]) =>
    tf.tidy(() =>
      adam.applyGradients(
        gradientsOf(variables, 1).map(({ name, tensor }) => ({ name, tensor: tensor.mul(1e-7) })),
      ),
    );
  step(new Adam(0.1), ours);
  step(tf.train.adam(0.1, 0.9, 0.999, tf.backend().epsilon()), theirs);
  assertClose(valuesOf(ours), valuesOf(theirs), 1e-6);
});

test("a clone of a variable keeps its value when the variable learns", () => {
  const variables = newVariables();
  const adam = new Adam(0.01);
  takeSteps(adam, variables, 0, 2);
  const clones = variables.map((variable) => variable.clone());
  const before = valuesOf(clones);
  takeSteps(adam, variables, 2, 4);
  assert.deepEqual(valuesOf(clones), before);
  assert.notDeepEqual(valuesOf(variables), before);
});

test("the numbers that a variable was made of are not written on", () => {
  const numbers = Float32Array.of(1, 2, 3, 4);
  const variable = tf.variable(tf.tensor1d(numbers));
  const adam = new Adam(0.01);
  const step = () =>
    tf.tidy(() => adam.applyGradients([{ name: variable.name, tensor: tf.ones([4]) }]));
  step();
  step();
  assert.deepEqual([...numbers], [1, 2, 3, 4]);
});

test("it goes on from a value that was set from outside", () => {
  const [ours, theirs] = [newVariables(), newVariables()];
  const pairs: [tf.Optimizer, tf.Variable[]][] = [
    [new Adam(0.01), ours],
    [tf.train.adam(0.01, 0.9, 0.999, tf.backend().epsilon()), theirs],
  ];
  for (const [adam, variables] of pairs) {
    takeSteps(adam, variables, 0, 3);
    tf.tidy(() => newVariables(50).forEach((value, i) => variables[i].assign(value)));
    takeSteps(adam, variables, 3, 6);
  }
  assertClose(valuesOf(ours), valuesOf(theirs), 1e-6);
});

test("a variable without a gradient stays as it is", () => {
  const variables = newVariables();
  const before = valuesOf(variables);
  const adam = new Adam(0.01);
  const [first, ...others] = gradientsOf(variables, 0);
  adam.applyGradients([{ ...first, tensor: null as unknown as tf.Tensor }, ...others]);
  assert.deepEqual(valuesOf(variables)[0], before[0]);
  assert.notDeepEqual(valuesOf(variables)[1], before[1]);
});

test("many steps leave no memory behind, and dispose frees the state", () => {
  const before = [tf.memory().numTensors, countNatives()];
  const size = 250_000;
  const variable = tf.tidy(() => tf.variable(tf.zeros([size])));
  const adam = new Adam(0.01);
  const gradient = tf.ones([size]);
  const step = () => adam.applyGradients([{ name: variable.name, tensor: gradient }]);
  for (let i = 0; i < 20; i++) step();
  const counts = [tf.memory().numTensors, countNatives()];
  const bytes = process.memoryUsage.rss();
  for (let i = 0; i < 300; i++) step();
  assert.deepEqual([tf.memory().numTensors, countNatives()], counts);
  const grown = (process.memoryUsage.rss() - bytes) / (4 * size);
  assert.ok(grown < 30, `grown by ${grown} times the variable`);
  tf.dispose([variable, gradient]);
  adam.dispose();
  assert.deepEqual([tf.memory().numTensors, countNatives()], before);
});

test("a state of another model, and another backend, are refused", async () => {
  const variables = newVariables();
  const adam = new Adam(0.01);
  takeSteps(adam, variables, 0, 1);
  assert.throws(
    () => takeSteps(adam, [...variables].reverse(), 1, 2),
    /Adam: its state has shape \[3,4\] where the variable "\S+" has \[2,3,2\]/,
  );
  await tf.setBackend("cpu");
  assert.throws(() => takeSteps(adam, variables, 1, 2), /made on the backend "tensorflow"/);
});
