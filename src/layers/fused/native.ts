import { type NodeJSKernelBackend } from "@tensorflow/tfjs-node/dist/nodejs_kernel_backend";
import { tf } from "../../backend";

/**
 * The few TensorFlow operations that tf-core does not offer, or offers by a slower way: `tf.matMul`
 * goes by the batched product, which takes about twice as long as `MatMul` on two matrices.
 * They exist on tfjs-node's backend only.
 */

let choice: boolean | "auto" = "auto";

/**
 * Chooses between the fused kernels and the plain layers, which compute the same: `"auto"` (the
 * default) takes the fused ones where they can run, on tfjs-node's backend.
 *
 * With `true`, a layer that runs on another backend fails with an Error.
 */
export function useFusedKernels(on: boolean | "auto"): void {
  choice = on;
}

/** Whether the layers take the fused kernels now. */
export function fusedKernels(): boolean {
  const canRun = tf.getBackend() === "tensorflow";
  if (choice === true && !canRun) {
    throw new Error(
      `useFusedKernels(true): the fused kernels run on tfjs-node's backend "tensorflow" only, and ` +
        `the backend is "${tf.getBackend()}". Call useFusedKernels("auto").`,
    );
  }
  return choice !== false && canRun;
}

function run(operation: string, attributes: unknown[], inputs: tf.Tensor[]): tf.Tensor {
  const backend = tf.backend() as unknown as NodeJSKernelBackend;
  return backend.executeSingleOutput(
    operation,
    attributes as Parameters<NodeJSKernelBackend["executeSingleOutput"]>[1],
    inputs,
  );
}

function attribute(kind: "BOOL" | "TYPE", name: string, value: boolean | number) {
  const { binding } = tf.backend() as unknown as NodeJSKernelBackend;
  return { name, type: binding[`TF_ATTR_${kind}`], value };
}

function floats() {
  const { binding } = tf.backend() as unknown as NodeJSKernelBackend;
  return attribute("TYPE", "T", binding.TF_FLOAT);
}

const productAttributes = new Map<number, unknown[]>();

/** The product of two matrices, either of them transposed. */
export function matMul(
  a: tf.Tensor,
  b: tf.Tensor,
  transposeA = false,
  transposeB = false,
): tf.Tensor2D {
  const key = Number(transposeA) + 2 * Number(transposeB);
  let attributes = productAttributes.get(key);
  if (!attributes) {
    attributes = [
      attribute("BOOL", "transpose_a", transposeA),
      attribute("BOOL", "transpose_b", transposeB),
      floats(),
    ];
    productAttributes.set(key, attributes);
  }
  return run("MatMul", attributes, [a, b]) as tf.Tensor2D;
}

let typeOnly: unknown[] | undefined;

/** dx for y = σ(x): y·(1 − y)·dy. */
export function sigmoidGrad(y: tf.Tensor, dy: tf.Tensor): tf.Tensor2D {
  return run("SigmoidGrad", (typeOnly ??= [floats()]), [y, dy]) as tf.Tensor2D;
}

/** dx for y = tanh(x): (1 − y²)·dy. */
export function tanhGrad(y: tf.Tensor, dy: tf.Tensor): tf.Tensor2D {
  return run("TanhGrad", (typeOnly ??= [floats()]), [y, dy]) as tf.Tensor2D;
}
