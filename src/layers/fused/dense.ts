import { tf } from "../../backend";
import { fusedOp } from "./fused-op";
import type { Native } from "./native";
import { addBias, matMul, sumOfRows } from "./operations";

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
  const [batch, time, features] = sequence.shape;
  const units = kernel.shape[1];
  const dense = {
    name: "dense",
    rows: [0],
    fewRows: 256, // positions: those of eight texts or so
    forward([rows, kernel, bias]: Native[]) {
      return { output: addBias(matMul(rows, kernel), bias), trace: {} };
    },
    backward(dOutput: Native, [rows, kernel]: Native[]) {
      return [
        matMul(dOutput, kernel, { b: true }),
        matMul(rows, dOutput, { a: true }),
        sumOfRows(dOutput),
      ];
    },
  };
  const rows = sequence.reshape([batch * time, features]);
  const output = fusedOp(dense, [], [rows, kernel, bias], [batch * time, units]);
  return output.reshape([batch, time, units]) as tf.Tensor3D;
}
