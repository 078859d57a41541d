import { LARGE } from "../mask";
import { tf } from "../../backend";
import { type CellGradients, gatesAndCandidate } from "./gru-cell";
import {
  add,
  concat,
  floats,
  matMul,
  type Native,
  reshape,
  split,
  transpose,
  unstack,
} from "./native";

/**
 * What a GRU's inputs bring to its gates, for all steps at once: x·W + b.
 *
 * The mask and the bias ride along as two more features of x (`maskAndOnes`): a 1 on padding, whose
 * row of the kernel is LARGE for the update gate (so z is exactly 1 there, and h′ = h) and 0 for
 * the rest, and a 1 everywhere, whose row is the bias. So one product does it all.
 */
export interface GRUInput {
  /** For each step what is added to z and r, `[batch, 2·units]`. */
  gates: Native[];
  /** For each step what is added to the candidate, `[batch, units]`. */
  candidates: Native[];
  /** The inputs with their two more features, step below step: `[time·batch, features + 2]`. */
  flat: Native;
}

export interface InputSizes {
  time: number;
  features: number;
  units: number;
}

/** The two more features, `[batch, time, 2]`; without a mask no step is padding. */
export function maskAndOnes(batch: number, time: number, mask?: tf.Tensor2D): tf.Tensor3D {
  const ones = tf.ones([batch, time]);
  return tf.stack([mask ? ones.sub(mask) : tf.zeros([batch, time]), ones], 2) as tf.Tensor3D;
}

export function gruInput(
  { time, features, units }: InputSizes,
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
  const [gates, candidates] = gatesAndCandidate(kernel, units).map((part, i) =>
    unstack(reshape(matMul(flat, part), [time, -1, (2 - i) * units]), time, 0),
  );
  return { gates, candidates, flat };
}

/** The gradients of sequence, kernel and bias. */
export function gruInputBackward(
  { time, features, units }: InputSizes,
  kernel: Native,
  flat: Native,
  { gates, candidate }: CellGradients,
): { sequence: Native; kernel: Native; bias: Native } {
  const [gateKernel, candidateKernel] = gatesAndCandidate(kernel, units);
  const dFlat = add(
    matMul(gates, gateKernel, { b: true }),
    matMul(candidate, candidateKernel, { b: true }),
  );
  const parts = [gates, candidate].map((part) => matMul(flat, part, { a: true }));
  const [dKernel, , dBias] = split(concat(parts, 1), [features, 1, 1], 0);
  return {
    sequence: transpose(reshape(dFlat, [time, -1, features]), [1, 0, 2]),
    kernel: dKernel,
    bias: reshape(dBias, [3 * units]),
  };
}
