import {
  type Attributes,
  booleanOf,
  FLOAT,
  FLOATS,
  INTEGER,
  INTEGERS,
  integerOf,
  SHAPE,
  typeOf,
} from "./graph-attributes";
import { binding, type Native } from "./native";
import { type Recorder } from "./recorder";

/**
 * TensorFlow's own operations, written down as the nodes of a graph (`graph.ts`) that is run later,
 * as often as one likes. The fused kernels are made of these.
 */

/** Where they are written down. */
let recorder: Recorder | undefined;

/** Writes down the operations of `compute`. */
export function recordedBy<Result>(one: Recorder, compute: () => Result): Result {
  recorder = one;
  try {
    return compute();
  } finally {
    recorder = undefined;
  }
}

/** The one that is writing. */
export function currentRecorder(): Recorder {
  if (!recorder) throw new Error("Operations are written down by Graph.record alone.");
  return recorder;
}

/** Numbers that are known beforehand. */
export function floats(values: number[], shape: number[]): Native {
  return currentRecorder().constant(Float32Array.from(values), shape);
}

function integers(values: number | number[]): Native {
  return currentRecorder().integers(values);
}

/** The natives of an operation with `count` outputs. */
function several(name: string, attributes: Attributes, inputs: Native[], count: number): Native[] {
  return currentRecorder().add(name, inputs, attributes, count);
}

function operation(name: string, attributes: Attributes, inputs: Native[]): Native {
  return several(name, attributes, inputs, 1)[0];
}

const TO_INTEGERS = { SrcT: FLOAT, DstT: INTEGER };
const TO_FLOATS = { SrcT: typeOf(binding.TF_BOOL), DstT: FLOAT };
const RANGE = { Tidx: INTEGER };
const RESHAPE = { T: FLOAT, Tshape: INTEGER };
const TRANSPOSE = { T: FLOAT, Tperm: INTEGER };
const EXPAND = { T: FLOAT, Tdim: INTEGER };
const SPLIT_SIZES = { T: FLOAT, Tlen: INTEGER };
const CONCAT = { T: FLOAT, Tidx: INTEGER };
const GATHER = { Tparams: FLOAT, Tindices: INTEGER };
const GATHER_ROWS = { ...GATHER, Taxis: INTEGER, batch_dims: integerOf(0) };
const TOP = { T: FLOAT, sorted: booleanOf(true) };
const ARG_MAX = { T: FLOAT, Tidx: INTEGER, output_type: INTEGER };
const SCATTER = { T: FLOAT, Tindices: INTEGER };
const SUM = { T: FLOAT, Tidx: INTEGER, keep_dims: booleanOf(false) };
const SUM_KEEPING_AXIS = { ...SUM, keep_dims: booleanOf(true) };

/** Which of a product's factors are transposed. */
export interface Transposed {
  a?: boolean;
  b?: boolean;
}

/** a·b, two matrices. */
export function matMul(a: Native, b: Native, transposed: Transposed = {}): Native {
  const { a: transposeA = false, b: transposeB = false } = transposed;
  const which = { transpose_a: booleanOf(transposeA), transpose_b: booleanOf(transposeB) };
  return operation("MatMul", { ...FLOATS, ...which }, [a, b]);
}

/**
 * bᵀ, to be used in the products of many steps: with as few rows as a step has (32, 64), a product
 * that transposes b by itself takes two to three times as long. Of rank 3 on the way: a graph would
 * join a plain transpose and the products to just such ones.
 */
export function transposed(b: Native): Native {
  return unstack(transpose(expand(b, 0), [0, 2, 1]), 1, 0)[0];
}

/** a·b for each matrix of a batch: two tensors of rank 3. */
export function batchMatMul(a: Native, b: Native, transposed: Transposed = {}): Native {
  const { a: transposeA = false, b: transposeB = false } = transposed;
  const which = { adj_x: booleanOf(transposeA), adj_y: booleanOf(transposeB) };
  return operation("BatchMatMulV2", { ...FLOATS, ...which }, [a, b]);
}

export const add = (a: Native, b: Native) => operation("AddV2", FLOATS, [a, b]);
export const sub = (a: Native, b: Native) => operation("Sub", FLOATS, [a, b]);
export const div = (a: Native, b: Native) => operation("RealDiv", FLOATS, [a, b]);
export const mul = (a: Native, b: Native) => operation("Mul", FLOATS, [a, b]);
export const zerosLike = (x: Native) => operation("ZerosLike", FLOATS, [x]);
export const sigmoid = (x: Native) => operation("Sigmoid", FLOATS, [x]);
export const tanh = (x: Native) => operation("Tanh", FLOATS, [x]);
export const exp = (x: Native) => operation("Exp", FLOATS, [x]);
export const log = (x: Native) => operation("Log", FLOATS, [x]);
/** x·y, and 0 where y is 0, even if x is infinite. */
export const mulNoNan = (x: Native, y: Native) => operation("MulNoNan", FLOATS, [x, y]);
/** Adds a vector to each row. */
export const addBias = (x: Native, bias: Native) => operation("BiasAdd", FLOATS, [x, bias]);
/** The sum of all rows: the gradient of the vector in `addBias`. */
export const sumOfRows = (x: Native) => operation("BiasAddGrad", FLOATS, [x]);
/** dx for y = σ(x): y·(1 − y)·dy. */
export const sigmoidGrad = (y: Native, dy: Native) => operation("SigmoidGrad", FLOATS, [y, dy]);
/** dx for y = tanh(x): (1 − y²)·dy. */
export const tanhGrad = (y: Native, dy: Native) => operation("TanhGrad", FLOATS, [y, dy]);

/** The sum of a list. */
export const addAll = (list: Native[]) => list.reduce(add);

export function sum(x: Native, axis: number): Native {
  return operation("Sum", SUM, [x, integers(axis)]);
}

/** The sum over the last axis, which stays with length 1. */
export function sumOfLast(x: Native): Native {
  return operation("Sum", SUM_KEEPING_AXIS, [x, integers(-1)]);
}

/** The largest number along the last axis, which stays with length 1. */
export function maxOfLast(x: Native): Native {
  return operation("Max", SUM_KEEPING_AXIS, [x, integers(-1)]);
}

/** Over the last axis. */
export function softmax(x: Native): Native {
  const exponentials = exp(sub(x, maxOfLast(x)));
  return div(exponentials, sumOfLast(exponentials));
}

/** The `count` largest numbers along the last axis, the largest first, and where they stand. */
export function topOfLast(x: Native, count: number): { values: Native; indices: Native } {
  const inputs = [x, integers(count)];
  const [values, indices] = several("TopKV2", TOP, inputs, 2);
  return { values, indices };
}

/** Where the largest number stands along the last axis, which is then gone; of equals the first. */
export function argMaxOfLast(x: Native): Native {
  return operation("ArgMax", ARG_MAX, [x, integers(-1)]);
}

/** 1 where whole numbers are not 0, and 0 where they are. */
export function notZero(x: Native): Native {
  return operation("Cast", TO_FLOATS, [operation("NotEqual", INTEGERS, [x, integers(0)])]);
}

/** The rows of a matrix with the given numbers: `[…]` to `[…, columns]`. */
export function rowsAt(x: Native, rows: Native): Native {
  return operation("GatherV2", GATHER_ROWS, [x, rows, integers(0)]);
}

/** For whole numbers `[n]`, kept as floats, the places (i, number i): `[n, 2]`, int32. */
export function placesOf(columns: Native): Native {
  const count = operation("Size", SHAPE, [columns]);
  const rows = operation("Range", RANGE, [integers(0), count, integers(1)]);
  const pair = [rows, operation("Cast", TO_INTEGERS, [columns])];
  return operation("Pack", { ...INTEGERS, N: integerOf(2), axis: integerOf(1) }, pair);
}

/** The numbers of a matrix at the places `[n, 2]`, (row, column) each. */
export function numbersAt(x: Native, places: Native): Native {
  return operation("GatherNd", GATHER, [x, places]);
}

/** The matrix with the numbers `[n]` subtracted at the places `[n, 2]`. */
export function subtractAt(x: Native, places: Native, numbers: Native): Native {
  return operation("TensorScatterSub", SCATTER, [x, places, numbers]);
}

/** One of the sizes can be −1: what is left. */
export function reshape(x: Native, shape: number[]): Native {
  return operation("Reshape", RESHAPE, [x, integers(shape)]);
}

/** `[a·b, columns]` → `[a, b, columns]`, with the a and b of another tensor of rank 3. */
export function unflatten(x: Native, other: Native, columns: number): Native {
  const shape = operation("Shape", SHAPE, [other]);
  const cut = { ...INTEGERS, Tlen: INTEGER, num_split: integerOf(2) };
  const [sizes] = several("SplitV", cut, [shape, integers([2, 1]), integers(0)], 2);
  const join = { ...INTEGERS, Tidx: INTEGER, N: integerOf(2) };
  const target = operation("ConcatV2", join, [sizes, integers([columns]), integers(0)]);
  return operation("Reshape", RESHAPE, [x, target]);
}

export function reshapeLike(x: Native, other: Native): Native {
  return operation("Reshape", RESHAPE, [x, operation("Shape", SHAPE, [other])]);
}

/** With one more axis, of length 1. */
export function expand(x: Native, axis: number): Native {
  return operation("ExpandDims", EXPAND, [x, integers(axis)]);
}

export function transpose(x: Native, axes: number[]): Native {
  return operation("Transpose", TRANSPOSE, [x, integers(axes)]);
}

export function concat(list: Native[], axis: number): Native {
  if (list.length === 1) return list[0];
  return operation("ConcatV2", { ...CONCAT, N: integerOf(list.length) }, [...list, integers(axis)]);
}

/** Cuts into parts of the given sizes along an axis; one of them can be −1: what is left. */
export function split(x: Native, sizes: number[], axis: number): Native[] {
  const attributes = { ...SPLIT_SIZES, num_split: integerOf(sizes.length) };
  return several("SplitV", attributes, [x, integers(sizes), integers(axis)], sizes.length);
}

/** Cuts the first axis into `count` parts of the sizes `[count]`; TensorFlow does not copy them. */
export function splitRows(x: Native, sizes: Native, count: number): Native[] {
  const attributes = { ...SPLIT_SIZES, num_split: integerOf(count) };
  return several("SplitV", attributes, [x, sizes, integers(0)], count);
}

/** Cuts into two parts of equal size along an axis. */
export function halves(x: Native, axis: number): Native[] {
  return several("Split", { ...FLOATS, num_split: integerOf(2) }, [integers(axis), x], 2);
}

/** Puts a list side by side along a new axis. */
export function stack(list: Native[], axis: number): Native {
  return operation("Pack", { ...FLOATS, N: integerOf(list.length), axis: integerOf(axis) }, list);
}

/** The opposite of `stack`: `count` parts along an axis that is then gone. */
export function unstack(x: Native, count: number, axis: number): Native[] {
  const attributes = { ...FLOATS, num: integerOf(count), axis: integerOf(axis) };
  return several("Unpack", attributes, [x], count);
}
