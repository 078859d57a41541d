import { tf } from "../../backend";
import { fusedOp } from "./fused-op";
import {
  addBias,
  longMatMul,
  matMul,
  type Native,
  reshape,
  reshapeLike,
  sumOfRows,
} from "./native";

/**
 * A dense layer on each position of a sequence, x·W + b: `[batch, time, features]` →
 * `[batch, time, units]`.
 *
 * Backward: dx = dy·Wᵀ, dW = xᵀ·dy over all positions at once, db = Σ dy.
 */
export function fusedDense(
  sequence: tf.Tensor3D,
  kernel: tf.Tensor2D,
  bias: tf.Tensor1D,
): tf.Tensor3D {
  const [batch, time] = sequence.shape;
  const [features, units] = kernel.shape;
  const dense = {
    name: `dense ${JSON.stringify({ time, features, units })}`,
    rows: 1,
    forward([sequence, kernel, bias]: Native[]) {
      const flat = reshape(sequence, [-1, features]);
      const output = addBias(longMatMul(features, flat, kernel), bias);
      return { output: reshape(output, [-1, time, units]), trace: { flat } };
    },
    backward(dOutput: Native, [sequence, kernel]: Native[], { flat }: { flat: Native }) {
      const dFlat = reshape(dOutput, [-1, units]);
      return [
        reshapeLike(longMatMul(units, dFlat, kernel, true), sequence),
        matMul(flat, dFlat, { a: true }),
        sumOfRows(dFlat),
      ];
    },
  };
  return fusedOp(dense, [], [sequence, kernel, bias], [batch, time, units]) as tf.Tensor3D;
}
