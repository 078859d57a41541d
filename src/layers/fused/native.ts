import { type NodeJSKernelBackend } from "@tensorflow/tfjs-node/dist/nodejs_kernel_backend";
import { tf } from "../../backend";

/**
 * A tensor of TensorFlow's own, by its number; in a computation that is being written down
 * (`operations.ts`), the number of one that will be there when it runs.
 */
export type Native = number;

const backend = tf.findBackend("tensorflow") as NodeJSKernelBackend;
export const { binding } = backend;

export function free(natives: Native[]): void {
  for (const native of natives) binding.deleteTensor(native);
}

/** Says that an operation by itself computes with floats. */
export const OF_FLOATS = [{ name: "T", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }];

/** Runs an operation by itself, outside of any graph, and gives its output; the caller frees it. */
export function runOperation(
  name: string,
  attributes: Parameters<typeof binding.executeOp>[1],
  inputs: Native[],
): Native {
  return binding.executeOp(name, attributes, inputs, 1)[0].id;
}

/** All natives in a native, a list or an object of them. */
export function nativesIn(value: unknown): Native[] {
  if (typeof value === "number") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(nativesIn);
}

/** The same lists and objects, each native changed. */
export function mapNatives<Value>(value: Value, change: (native: Native) => Native): Value {
  if (typeof value === "number") return change(value) as Value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((part: unknown) => mapNatives(part, change)) as Value;
  const parts = Object.entries(value).map(([key, part]) => [key, mapNatives(part, change)]);
  return Object.fromEntries(parts) as Value;
}

/** The same lists and objects with these natives, in the order of `nativesIn`. */
export function withNatives<Value>(value: Value, natives: Native[]): Value {
  const rest = natives.values();
  return mapNatives(value, () => rest.next().value as Native);
}

/** The native behind a tensor. It stays the tensor's: nobody here frees it. */
export function toNative(tensor: tf.Tensor): Native {
  const { getInputTensorIds } = backend as unknown as {
    getInputTensorIds(tensors: tf.Tensor[]): Native[];
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
