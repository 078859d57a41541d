import { type TFEOpAttr } from "@tensorflow/tfjs-node/dist/tfjs_binding";
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

function several(
  operation: string,
  attributes: TFEOpAttr[],
  inputs: Native[],
  count: number,
): Native[] {
  return currentRecorder().execute(operation, attributes, inputs, count);
}

function run(operation: string, attributes: TFEOpAttr[], inputs: Native[]): Native {
  return several(operation, attributes, inputs, 1)[0];
}

const type = (name: string, value: number) => ({ name, type: binding.TF_ATTR_TYPE, value });
const bool = (name: string, value: boolean) => ({ name, type: binding.TF_ATTR_BOOL, value });
const int = (name: string, value: number) => ({ name, type: binding.TF_ATTR_INT, value });

const FLOATS = [type("T", binding.TF_FLOAT)];
const withInt = (name: string) => [...FLOATS, type(name, binding.TF_INT32)];
const INTEGERS = [type("T", binding.TF_INT32)];
const SHAPE = [...FLOATS, type("out_type", binding.TF_INT32)];
const TO_INTEGERS = [type("SrcT", binding.TF_FLOAT), type("DstT", binding.TF_INT32)];
const RANGE = [type("Tidx", binding.TF_INT32)];
const RESHAPE = withInt("Tshape");
const TRANSPOSE = withInt("Tperm");
const EXPAND = withInt("Tdim");
const SPLIT_SIZES = withInt("Tlen");
const CONCAT = withInt("Tidx");
const GATHER = [type("Tparams", binding.TF_FLOAT), type("Tindices", binding.TF_INT32)];
const GATHER_ROWS = [...GATHER, type("Taxis", binding.TF_INT32), int("batch_dims", 0)];
const TO_FLOATS = [type("SrcT", binding.TF_BOOL), type("DstT", binding.TF_FLOAT)];
const TOP = [...FLOATS, bool("sorted", true)];
const ARG_MAX = [...withInt("Tidx"), type("output_type", binding.TF_INT32)];
const SCATTER = withInt("Tindices");
const SUM = [...withInt("Tidx"), bool("keep_dims", false)];
const SUM_KEEPING_AXIS = [...withInt("Tidx"), bool("keep_dims", true)];
const products = (a: string, b: string) =>
  [false, true].map((transposeA) =>
    [false, true].map((transposeB) => [...FLOATS, bool(a, transposeA), bool(b, transposeB)]),
  );
const MAT_MUL = products("transpose_a", "transpose_b");
const BATCH_MAT_MUL = products("adj_x", "adj_y");

/** Which of a product's factors are transposed. */
export interface Transposed {
  a?: boolean;
  b?: boolean;
}

/** a·b, two matrices. */
export function matMul(a: Native, b: Native, transposed: Transposed = {}): Native {
  return run("MatMul", MAT_MUL[Number(transposed.a ?? 0)][Number(transposed.b ?? 0)], [a, b]);
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
  const attributes = BATCH_MAT_MUL[Number(transposed.a ?? 0)][Number(transposed.b ?? 0)];
  return run("BatchMatMulV2", attributes, [a, b]);
}

export const add = (a: Native, b: Native) => run("AddV2", FLOATS, [a, b]);
export const sub = (a: Native, b: Native) => run("Sub", FLOATS, [a, b]);
export const div = (a: Native, b: Native) => run("RealDiv", FLOATS, [a, b]);
export const mul = (a: Native, b: Native) => run("Mul", FLOATS, [a, b]);
export const zerosLike = (x: Native) => run("ZerosLike", FLOATS, [x]);
export const sigmoid = (x: Native) => run("Sigmoid", FLOATS, [x]);
export const tanh = (x: Native) => run("Tanh", FLOATS, [x]);
export const exp = (x: Native) => run("Exp", FLOATS, [x]);
export const log = (x: Native) => run("Log", FLOATS, [x]);
/** x·y, and 0 where y is 0, even if x is infinite. */
export const mulNoNan = (x: Native, y: Native) => run("MulNoNan", FLOATS, [x, y]);
/** Adds a vector to each row. */
export const addBias = (x: Native, bias: Native) => run("BiasAdd", FLOATS, [x, bias]);
/** The sum of all rows: the gradient of the vector in `addBias`. */
export const sumOfRows = (x: Native) => run("BiasAddGrad", FLOATS, [x]);
/** dx for y = σ(x): y·(1 − y)·dy. */
export const sigmoidGrad = (y: Native, dy: Native) => run("SigmoidGrad", FLOATS, [y, dy]);
/** dx for y = tanh(x): (1 − y²)·dy. */
export const tanhGrad = (y: Native, dy: Native) => run("TanhGrad", FLOATS, [y, dy]);

/** The sum of a list. */
export const addAll = (list: Native[]) => list.reduce(add);

export function sum(x: Native, axis: number): Native {
  return run("Sum", SUM, [x, integers(axis)]);
}

/** The sum over the last axis, which stays with length 1. */
export function sumOfLast(x: Native): Native {
  return run("Sum", SUM_KEEPING_AXIS, [x, integers(-1)]);
}

/** The largest number along the last axis, which stays with length 1. */
export function maxOfLast(x: Native): Native {
  return run("Max", SUM_KEEPING_AXIS, [x, integers(-1)]);
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
  return run("ArgMax", ARG_MAX, [x, integers(-1)]);
}

/** 1 where whole numbers are not 0, and 0 where they are. */
export function notZero(x: Native): Native {
  return run("Cast", TO_FLOATS, [run("NotEqual", INTEGERS, [x, integers(0)])]);
}

/** The rows of a matrix with the given numbers: `[…]` to `[…, columns]`. */
export function rowsAt(x: Native, rows: Native): Native {
  return run("GatherV2", GATHER_ROWS, [x, rows, integers(0)]);
}

/** For whole numbers `[n]`, kept as floats, the places (i, number i): `[n, 2]`, int32. */
export function placesOf(columns: Native): Native {
  const count = run("Size", SHAPE, [columns]);
  const rows = run("Range", RANGE, [integers(0), count, integers(1)]);
  const pair = [rows, run("Cast", TO_INTEGERS, [columns])];
  return run("Pack", [int("N", 2), ...INTEGERS, int("axis", 1)], pair);
}

/** The numbers of a matrix at the places `[n, 2]`, (row, column) each. */
export function numbersAt(x: Native, places: Native): Native {
  return run("GatherNd", GATHER, [x, places]);
}

/** The matrix with the numbers `[n]` subtracted at the places `[n, 2]`. */
export function subtractAt(x: Native, places: Native, numbers: Native): Native {
  return run("TensorScatterSub", SCATTER, [x, places, numbers]);
}

/** One of the sizes can be −1: what is left. */
export function reshape(x: Native, shape: number[]): Native {
  return run("Reshape", RESHAPE, [x, integers(shape)]);
}

/** `[a·b, columns]` → `[a, b, columns]`, with the a and b of another tensor of rank 3. */
export function unflatten(x: Native, other: Native, columns: number): Native {
  const shape = run("Shape", SHAPE, [other]);
  const cut = [int("num_split", 2), ...INTEGERS, type("Tlen", binding.TF_INT32)];
  const [sizes] = several("SplitV", cut, [shape, integers([2, 1]), integers(0)], 2);
  const join = [int("N", 2), ...INTEGERS, type("Tidx", binding.TF_INT32)];
  const target = run("ConcatV2", join, [sizes, integers([columns]), integers(0)]);
  return run("Reshape", RESHAPE, [x, target]);
}

export function reshapeLike(x: Native, other: Native): Native {
  return run("Reshape", RESHAPE, [x, run("Shape", SHAPE, [other])]);
}

/** With one more axis, of length 1. */
export function expand(x: Native, axis: number): Native {
  return run("ExpandDims", EXPAND, [x, integers(axis)]);
}

export function transpose(x: Native, axes: number[]): Native {
  return run("Transpose", TRANSPOSE, [x, integers(axes)]);
}

export function concat(list: Native[], axis: number): Native {
  if (list.length === 1) return list[0];
  return run("ConcatV2", [int("N", list.length), ...CONCAT], [...list, integers(axis)]);
}

/** Cuts into parts of the given sizes along an axis; one of them can be −1: what is left. */
export function split(x: Native, sizes: number[], axis: number): Native[] {
  const attributes = [int("num_split", sizes.length), ...SPLIT_SIZES];
  return several("SplitV", attributes, [x, integers(sizes), integers(axis)], sizes.length);
}

/** Cuts the first axis into `count` parts of the sizes `[count]`; TensorFlow does not copy them. */
export function splitRows(x: Native, sizes: Native, count: number): Native[] {
  const attributes = [int("num_split", count), ...SPLIT_SIZES];
  return several("SplitV", attributes, [x, sizes, integers(0)], count);
}

/** Cuts into two parts of equal size along an axis. */
export function halves(x: Native, axis: number): Native[] {
  return several("Split", [int("num_split", 2), ...FLOATS], [integers(axis), x], 2);
}

/** Puts a list side by side along a new axis. */
export function stack(list: Native[], axis: number): Native {
  return run("Pack", [int("N", list.length), ...FLOATS, int("axis", axis)], list);
}

/** The opposite of `stack`: `count` parts along an axis that is then gone. */
export function unstack(x: Native, count: number, axis: number): Native[] {
  const attributes = [int("num", count), int("axis", axis), ...FLOATS];
  return several("Unpack", attributes, [x], count);
}
