import { tf } from "../backend";
import { binding, free, OF_FLOATS, runOperation, toNative, toTensor } from "../layers/fused/native";
import type { AdamStep, Moments, Update } from "./adam-moments";

/** The native of each tensor's data, and how many tensors share the data: private to tfjs-node. */
const { tensorMap } = tf.findBackend("tensorflow") as unknown as {
  tensorMap: { get(dataId: object): { id: number; refCount: number } };
};

const DTYPE = [{ name: "dtype", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }];

/** A variable of TensorFlow's own, which its operations can change in place. */
class Resource {
  private static count = 0;
  /** The native tensor that stands for the variable. */
  readonly handle: number;

  constructor(
    readonly shape: number[],
    native: number,
  ) {
    const attributes = [
      ...DTYPE,
      { name: "shape", type: binding.TF_ATTR_SHAPE, value: shape },
      { name: "container", type: binding.TF_ATTR_STRING, value: "" },
      { name: "shared_name", type: binding.TF_ATTR_STRING, value: `adam_${Resource.count++}` },
    ];
    this.handle = runOperation("VarHandleOp", attributes, []);
    this.assign(native);
  }

  assign(native: number): void {
    binding.executeOp("AssignVariableOp", DTYPE, [this.handle, native], 0);
  }

  /** The value as a tensor. It shares the memory until an operation changes the variable. */
  read(): tf.Tensor {
    return toTensor(runOperation("ReadVariableOp", DTYPE, [this.handle]), this.shape);
  }

  dispose(): void {
    binding.executeOp("DestroyResourceOp", [], [this.handle], 0);
    binding.deleteTensor(this.handle);
  }
}

/** The moments as resources, and beside them the variable that they belong to. */
export class NativeMoments implements Moments {
  readonly shape: number[];
  private readonly first: Resource;
  private readonly second: Resource;
  private value: Resource | undefined;
  /** The data of the tfjs variable that `value` is the same as. */
  private dataId: object | undefined;

  constructor(first: tf.Tensor, second: tf.Tensor) {
    this.shape = first.shape;
    this.first = new Resource(first.shape, toNative(first));
    this.second = new Resource(second.shape, toNative(second));
  }

  /**
   * Changes the variable by Adam's rule; `scalars` are the native numbers of the step.
   *
   * TensorFlow changes memory in place that nobody else reads, and copies it first otherwise. So
   * the variable lets go of its memory before the step and gets the new value after it, as new
   * data: who holds a clone of the old value keeps that.
   */
  update(variable: tf.Variable, gradient: tf.Tensor, scalars: number[]): void {
    const [native, gradientNative] = [toNative(variable), toNative(gradient)];
    this.value ??= new Resource(this.shape, native);
    if (variable.dataId !== this.dataId) this.value.assign(native);
    const data = tensorMap.get(variable.dataId);
    if (data.refCount === 1) {
      binding.deleteTensor(native);
      data.id = -1;
    }
    const inputs = [this.value.handle, this.first.handle, this.second.handle];
    try {
      binding.executeOp("ResourceApplyAdam", OF_FLOATS, [...inputs, ...scalars, gradientNative], 0);
    } finally {
      const next = this.value.read();
      variable.assign(next);
      next.dispose();
      this.dataId = variable.dataId;
    }
  }

  read(): [tf.Tensor, tf.Tensor] {
    return [this.first.read(), this.second.read()];
  }

  dispose(): void {
    for (const resource of [this.first, this.second, this.value]) resource?.dispose();
  }
}

/** A step of Adam by TensorFlow's operation for it. */
export function nativeStep(updates: Update[], { rate, beta1, beta2, epsilon }: AdamStep): void {
  // The operation would correct the rate for the first steps in float32, which loses digits: with
  // powers β₁ᵗ and β₂ᵗ of 0 it takes the rate as it is.
  const scalars = [0, 0, rate, beta1, beta2, epsilon].map((value) =>
    binding.createTensor([], binding.TF_FLOAT, Float32Array.of(value)),
  );
  try {
    for (const { variable, moments, gradient } of updates) {
      (moments as NativeMoments).update(variable, gradient, scalars);
    }
  } finally {
    free(scalars);
  }
}
