import { LARGE } from "../mask";
import { type AllCellGradients, gatesAndCandidate } from "./gru-cell";
import {
  add,
  concat,
  floats,
  matMul,
  type Native,
  reshape,
  split,
  sub,
  transpose,
  unstack,
} from "./native";

/**
 * What a GRU's inputs bring to its gates, for all steps at once: x·W + b.
 *
 * The bias and the mask ride along as two more features of x: a 1, whose row of the kernel is the
 * bias, and a 1 on padding, whose row is LARGE for the update gate (so z is exactly 1 there, and
 * h′ = h) and 0 for the rest. So one product does it all, forward and backward.
 */

/** `[batch, time, features]`, without and with the two more features. */
export interface InputShape {
  batch: number;
  time: number;
  features: number;
  units: number;
}

export interface GRUInput {
  shape: InputShape;
  /** For each step what is added to z and r, `[batch, 2·units]`. */
  gates: Native[];
  /** For each step what is added to the candidate, `[batch, units]`. */
  candidates: Native[];
  /** The inputs with their two more features, step below step: `[time·batch, features + 2]`. */
  flat: Native;
}

export function gruInput(
  shape: InputShape,
  sequence: Native,
  kernel: Native,
  bias: Native,
  mask?: Native,
): GRUInput {
  const { batch, time, features, units } = shape;
  const ones = floats(new Float32Array(batch * time).fill(1), [batch, time, 1]);
  const padding = mask === undefined ? sub(ones, ones) : sub(ones, reshape(mask, [batch, time, 1]));
  const extended = transpose(concat([sequence, padding, ones], 2), [1, 0, 2]);
  const flat = reshape(extended, [time * batch, features + 2]);
  const onPadding = floats(new Float32Array(3 * units).fill(LARGE, 0, units), [1, 3 * units]);
  const extendedKernel = concat([kernel, onPadding, reshape(bias, [1, 3 * units])], 0);
  const [gates, candidates] = gatesAndCandidate(extendedKernel, units).map((part, i) =>
    unstack(reshape(matMul(flat, part), [time, batch, (2 - i) * units]), time, 0),
  );
  return { shape, gates, candidates, flat };
}

/** The gradients of sequence, kernel and bias. */
export function gruInputBackward(
  { shape, flat }: Pick<GRUInput, "shape" | "flat">,
  kernel: Native,
  { gates, candidate }: AllCellGradients,
): { sequence: Native; kernel: Native; bias: Native } {
  const { batch, time, features, units } = shape;
  const [gateKernel, candidateKernel] = gatesAndCandidate(kernel, units);
  const dFlat = add(
    matMul(gates, gateKernel, { b: true }),
    matMul(candidate, candidateKernel, { b: true }),
  );
  const dExtended = concat(
    [matMul(flat, gates, { a: true }), matMul(flat, candidate, { a: true })],
    1,
  );
  const [dKernel, , dBias] = split(dExtended, [features, 1, 1], 0);
  return {
    sequence: transpose(reshape(dFlat, [time, batch, features]), [1, 0, 2]),
    kernel: dKernel,
    bias: reshape(dBias, [3 * units]),
  };
}
