import assert from "node:assert/strict";
import { decoderOf, encoderOf, type GRU, Random, seq2seq, type Seq2seqArgs } from "attention-lab";
import * as tf from "@tensorflow/tfjs-node";

/** What `apply` or `predict` returned, as a list of tensors. */
export function tensors(output: unknown): tf.Tensor[] {
  return (Array.isArray(output) ? output : [output]) as tf.Tensor[];
}

type Nested = number | Nested[];

/** The numbers of a tensor or of nested lists, in one list. */
export function flat(values: tf.Tensor | Nested): number[] {
  if (values instanceof tf.Tensor) return [...values.dataSync()];
  return Array.isArray(values) ? values.flatMap((part) => flat(part)) : [values];
}

/** The largest difference of two tensors or lists of the same size. */
export function distance(a: tf.Tensor | Nested, b: tf.Tensor | Nested): number {
  const [x, y] = [flat(a), flat(b)];
  assert.equal(x.length, y.length, "as many numbers on both sides");
  // A NaN anywhere makes the distance NaN, which both assertions below refuse.
  return Math.max(0, ...x.map((value, i) => Math.abs(value - y[i])));
}

export function assertClose(
  actual: tf.Tensor | Nested,
  expected: tf.Tensor | Nested,
  tolerance: number,
  what = "the numbers",
): void {
  const found = distance(actual, expected);
  assert.ok(found <= tolerance, `${what} differ by ${found}, more than ${tolerance}`);
}

export function assertDiffer(
  a: tf.Tensor | Nested,
  b: tf.Tensor | Nested,
  atLeast: number,
  what = "the numbers",
): void {
  const found = distance(a, b);
  assert.ok(found >= atLeast, `${what} differ by ${found}, less than ${atLeast}`);
}

/** Numbers between −scale and scale, the same for the same seed. */
export function randomTensor(shape: number[], seed: number, scale = 1): tf.Tensor {
  const random = new Random(seed);
  const size = shape.reduce((product, length) => product * length, 1);
  const numbers = Array.from({ length: size }, () => scale * (2 * random.next() - 1));
  return tf.tensor(numbers, shape, "float32");
}

/** Gives a layer or a model weights, biases included, at which every term of a formula counts. */
export function randomiseWeights(
  layer: { getWeights(): tf.Tensor[]; setWeights(weights: tf.Tensor[]): void },
  seed = 1,
  scale = 0.8,
): void {
  tf.tidy(() =>
    layer.setWeights(
      layer.getWeights().map(({ shape }, i) => randomTensor(shape, seed + i, scale)),
    ),
  );
}

export const tinySizes = {
  sourceVocabSize: 9,
  targetVocabSize: 8,
  embeddingDim: 3,
  hiddenDim: 4,
} as const;

export function tinyModel(args: Partial<Seq2seqArgs> = {}): tf.LayersModel {
  return seq2seq({ ...tinySizes, ...args });
}

/** A tiny model whose weights are far from their small initial values. */
export function livelyModel(args: Partial<Seq2seqArgs> = {}): tf.LayersModel {
  const model = tinyModel(args);
  randomiseWeights(model);
  return model;
}

/** The second outputs of the pass: logits and attention weights. */
export function logitsAndWeights(model: tf.LayersModel, inputs: tf.Tensor[]): tf.Tensor[] {
  return tensors(
    decoderOf(model).apply([inputs[1], ...tensors(encoderOf(model).apply(inputs[0]))]),
  );
}

/** Rows of ids, filled up with 0 to the longest or to `time`: `[batch, time]`. */
export function ids(rows: number[][], time = 0): tf.Tensor2D {
  const length = Math.max(time, ...rows.map((row) => row.length));
  const padded = rows.map((row) => [...row, ...Array<number>(length - row.length).fill(0)]);
  return tf.tensor2d(padded, [rows.length, length], "int32");
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** One row of numbers times a matrix laid out as `[rows][columns]`. */
function times(row: number[], matrix: number[][]): number[] {
  return matrix[0].map((_, column) => row.reduce((sum, x, i) => sum + x * matrix[i][column], 0));
}

/** A GRU's weights as plain numbers. */
export interface GRUNumbers {
  kernel: number[][];
  recurrentKernel: number[][];
  bias: number[];
  /** Only with resetAfter. */
  recurrentBias?: number[];
}

export function numbersOf(gru: GRU): GRUNumbers {
  const [kernel, recurrentKernel, bias, recurrentBias] = gru
    .getWeights()
    .map((weight) => weight.arraySync());
  return { kernel, recurrentKernel, bias, recurrentBias } as GRUNumbers;
}

/** One step of a GRU by the formula, in plain numbers: gates in the order z, r, candidate. */
export function gruStepByHand(x: number[], h: number[], weights: GRUNumbers): number[] {
  const { kernel, recurrentKernel, bias, recurrentBias } = weights;
  const units = h.length;
  const input = times(x, kernel).map((value, i) => value + bias[i]);
  const recurrent = times(h, recurrentKernel).map((value, i) => value + (recurrentBias?.[i] ?? 0));
  const z = h.map((_, i) => sigmoid(input[i] + recurrent[i]));
  const r = h.map((_, i) => sigmoid(input[units + i] + recurrent[units + i]));
  const beforeProduct = times(
    h.map((value, i) => r[i] * value),
    recurrentKernel,
  );
  return h.map((value, i) => {
    const candidate = Math.tanh(
      input[2 * units + i] +
        (recurrentBias ? r[i] * recurrent[2 * units + i] : beforeProduct[2 * units + i]),
    );
    return z[i] * value + (1 - z[i]) * candidate;
  });
}

/** A GRU over one sequence `[time][features]`: the state after each step. */
export function gruByHand(
  sequence: number[][],
  weights: GRUNumbers,
  options: { initial?: number[]; mask?: number[] } = {},
): number[][] {
  const units = weights.recurrentKernel.length;
  let state = options.initial ?? Array<number>(units).fill(0);
  return sequence.map((x, t) => {
    if (options.mask?.[t] !== 0) state = gruStepByHand(x, state, weights);
    return state;
  });
}

/** A dense layer on one row, in plain numbers. */
export function denseByHand(row: number[], layer: tf.layers.Layer): number[] {
  const [kernel, bias] = layer.getWeights().map((weight) => weight.arraySync());
  return times(row, kernel as number[][]).map((value, i) => value + ((bias as number[])?.[i] ?? 0));
}
