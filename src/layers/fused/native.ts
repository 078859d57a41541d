import { type NodeJSKernelBackend } from "@tensorflow/tfjs-node/dist/nodejs_kernel_backend";
import { type TFEOpAttr } from "@tensorflow/tfjs-node/dist/tfjs_binding";
import { tf } from "../../backend";

/**
 * TensorFlow's own operations, called without tfjs between: no tape, no tensor objects, about half
 * the time of a small `tf` operation. A training step is some two thousand small operations, so
 * this is where the fused kernels win their time; the other half of it is that they free what is
 * dead at once (`scoped`), so that TensorFlow writes again into memory that is still in the cache.
 *
 * Only the fused kernels use this file. A `Native` has no owner but the innermost `scoped`.
 */
export type Native = number;

const backend = tf.findBackend("tensorflow") as NodeJSKernelBackend;
const { binding } = backend;

/** The natives made since the innermost scope began. */
let made: Native[] = [];

/**
 * Runs `compute` and frees every native that it made, except those that are in its result (a
 * native, or lists and objects of natives), which then belong to the scope around this one.
 */
export function scoped<Result>(compute: () => Result): Result {
  const { result, natives } = owned(compute);
  made.push(...natives);
  return result;
}

/** Like `scoped`, but the natives of the result belong to the caller, who frees them. */
export function owned<Result>(compute: () => Result): { result: Result; natives: Native[] } {
  const outer = made;
  made = [];
  const kept = new Set<Native>();
  try {
    const result = compute();
    collect(result, kept);
    return { result, natives: made.filter((native) => kept.has(native)) };
  } finally {
    free(made.filter((native) => !kept.has(native)));
    made = outer;
  }
}

export function free(natives: Native[]): void {
  for (const native of natives) binding.deleteTensor(native);
}

function collect(value: unknown, natives: Set<Native>): void {
  if (typeof value === "number") natives.add(value);
  else if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) collect(part, natives);
  }
}

/** The native behind a tensor. It stays the tensor's: nobody here frees it. */
export function toNative(tensor: tf.Tensor): Native {
  const { getInputTensorIds } = backend as unknown as {
    getInputTensorIds(t: tf.Tensor[]): Native[];
  };
  return getInputTensorIds.call(backend, [tensor])[0];
}

/** A tensor of floats that owns the native from now on. */
export function toTensor(native: Native, shape: number[]): tf.Tensor {
  const { createOutputTensor } = backend as unknown as {
    createOutputTensor(of: { id: Native; shape: number[]; dtype: number }): tf.Tensor;
  };
  return createOutputTensor.call(backend, { id: native, shape, dtype: binding.TF_FLOAT });
}

/** Numbers that JavaScript made. */
export function floats(values: Float32Array, shape: number[]): Native {
  const native = binding.createTensor(shape, binding.TF_FLOAT, values);
  made.push(native);
  return native;
}

const constants = new Map<string, Native>();

/** Axes, sizes and shapes: made once, kept for good. */
function integers(values: number | number[]): Native {
  const key = String(values) + (typeof values === "number" ? "" : ",");
  let native = constants.get(key);
  if (native === undefined) {
    const shape = typeof values === "number" ? [] : [values.length];
    native = binding.createTensor(shape, binding.TF_INT32, Int32Array.from([values].flat()));
    constants.set(key, native);
  }
  return native;
}

function run(operation: string, attributes: TFEOpAttr[], inputs: Native[]): Native {
  const native = binding.executeOp(operation, attributes, inputs, 1)[0].id;
  made.push(native);
  return native;
}

function runMany(
  operation: string,
  attributes: TFEOpAttr[],
  inputs: Native[],
  count: number,
): Native[] {
  const natives = binding.executeOp(operation, attributes, inputs, count).map(({ id }) => id);
  made.push(...natives);
  return natives;
}

const type = (name: string, value: number) => ({ name, type: binding.TF_ATTR_TYPE, value });
const bool = (name: string, value: boolean) => ({ name, type: binding.TF_ATTR_BOOL, value });
const int = (name: string, value: number) => ({ name, type: binding.TF_ATTR_INT, value });

const FLOATS = [type("T", binding.TF_FLOAT)];
const withInt = (name: string) => [...FLOATS, type(name, binding.TF_INT32)];
const RESHAPE = withInt("Tshape");
const TRANSPOSE = withInt("Tperm");
const SPLIT_SIZES = withInt("Tlen");
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

/** a·b for each matrix of a batch: two tensors of rank 3. */
export function batchMatMul(a: Native, b: Native, transposed: Transposed = {}): Native {
  const attributes = BATCH_MAT_MUL[Number(transposed.a ?? 0)][Number(transposed.b ?? 0)];
  return run("BatchMatMulV2", attributes, [a, b]);
}

export const add = (a: Native, b: Native) => run("AddV2", FLOATS, [a, b]);
export const sub = (a: Native, b: Native) => run("Sub", FLOATS, [a, b]);
export const mul = (a: Native, b: Native) => run("Mul", FLOATS, [a, b]);
export const sigmoid = (x: Native) => run("Sigmoid", FLOATS, [x]);
export const tanh = (x: Native) => run("Tanh", FLOATS, [x]);
/** Over the last axis. */
export const softmax = (x: Native) => run("Softmax", FLOATS, [x]);
/** dx for y = σ(x): y·(1 − y)·dy. */
export const sigmoidGrad = (y: Native, dy: Native) => run("SigmoidGrad", FLOATS, [y, dy]);
/** dx for y = tanh(x): (1 − y²)·dy. */
export const tanhGrad = (y: Native, dy: Native) => run("TanhGrad", FLOATS, [y, dy]);

/** The sum of a list, all of one shape. */
export function addAll(list: Native[]): Native {
  return list.length === 1 ? list[0] : run("AddN", [int("N", list.length), ...FLOATS], list);
}

export function sum(x: Native, axis: number): Native {
  return run("Sum", SUM, [x, integers(axis)]);
}

/** The sum over the last axis, which stays with length 1. */
export function sumOfLast(x: Native): Native {
  return run("Sum", SUM_KEEPING_AXIS, [x, integers(-1)]);
}

export function reshape(x: Native, shape: number[]): Native {
  return run("Reshape", RESHAPE, [x, integers(shape)]);
}

export function transpose(x: Native, axes: number[]): Native {
  return run("Transpose", TRANSPOSE, [x, integers(axes)]);
}

export function concat(list: Native[], axis: number): Native {
  if (list.length === 1) return list[0];
  const attributes = [int("N", list.length), ...withInt("Tidx")];
  return run("ConcatV2", attributes, [...list, integers(axis)]);
}

/** Cuts into parts of the given sizes along an axis. */
export function split(x: Native, sizes: number[], axis: number): Native[] {
  const attributes = [int("num_split", sizes.length), ...SPLIT_SIZES];
  return runMany("SplitV", attributes, [x, integers(sizes), integers(axis)], sizes.length);
}

/** Puts a list side by side along a new axis. */
export function stack(list: Native[], axis: number): Native {
  return run("Pack", [int("N", list.length), ...FLOATS, int("axis", axis)], list);
}

/** The opposite of `stack`: `count` parts along an axis that is then gone. */
export function unstack(x: Native, count: number, axis: number): Native[] {
  return runMany("Unpack", [int("num", count), int("axis", axis), ...FLOATS], [x], count);
}
