import { LARGE } from "../mask";
import { tf } from "../../backend";
import { type CellGradients, gatesAndCandidate } from "./gru-cell";
import type { Native } from "./native";
import { add, concat, floats, matMul, reshape, split, transpose, unflatten } from "./operations";

/**
 * What a GRU's inputs bring to its gates, for all steps at once: x·W + b.
 *
 * The mask and the bias ride along as two more features of x (`maskAndOnes`): a 1 on padding, whose
 * row of the kernel is LARGE for the update gate (so z is exactly 1 there, and h′ = h) and 0 for
 * the rest, and a 1 everywhere, whose row is the bias. So one product does it all.
 */
export interface GRUInput {
  /** What each step adds to z and r, and to the candidate: `[time, batch, 2·units]` and `units`. */
  toSteps: { gates: Native; candidate: Native };
  /** The inputs with their two more features, step below step: `[time·batch, features + 2]`. */
  flat: Native;
}

export interface InputSizes {
  features: number;
  units: number;
}

/** The two more features, `[batch, time, 2]`; without a mask no step is padding. */
export function maskAndOnes(batch: number, time: number, mask?: tf.Tensor2D): tf.Tensor3D {
  const ones = tf.ones([batch, time]);
  return tf.stack([mask ? ones.sub(mask) : tf.zeros([batch, time]), ones], 2) as tf.Tensor3D;
}

export function gruInput(
  { features, units }: InputSizes,
  weights: { kernel: Native; bias: Native },
  sequence: Native,
  maskAndOnes: Native,
): GRUInput {
  const extended = transpose(concat([sequence, maskAndOnes], 2), [1, 0, 2]);
  const flat = reshape(extended, [-1, features + 2]);
  const width = 3 * units;
  const onPadding = Array.from({ length: width }, (_, i) => (i < units ? LARGE : 0));
  const kernel = concat(
    [weights.kernel, floats(onPadding, [1, width]), reshape(weights.bias, [1, width])],
    0,
  );
  const [gates, candidate] = gatesAndCandidate(kernel, units).map((part, i) =>
    unflatten(matMul(flat, part), extended, (2 - i) * units),
  );
  return { toSteps: { gates, candidate }, flat };
}

/** The gradients of sequence, kernel and bias. */
export function gruInputBackward(
  { features, units }: InputSizes,
  kernel: Native,
  flat: Native,
  gradients: CellGradients,
): { sequence: Native; kernel: Native; bias: Native } {
  const [gateKernel, candidateKernel] = gatesAndCandidate(kernel, units);
  const gates = reshape(gradients.gates, [-1, 2 * units]);
  const candidate = reshape(gradients.candidate, [-1, units]);
  const dFlat = add(
    matMul(gates, gateKernel, { b: true }),
    matMul(candidate, candidateKernel, { b: true }),
  );
  const parts = [gates, candidate].map((part) => matMul(flat, part, { a: true }));
  const [dKernel, , dBias] = split(concat(parts, 1), [features, 1, 1], 0);
  return {
    sequence: transpose(unflatten(dFlat, gradients.gates, features), [1, 0, 2]),
    kernel: dKernel,
    bias: reshape(dBias, [3 * units]),
  };
}
