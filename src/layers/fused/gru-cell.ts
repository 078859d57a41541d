import type { Native } from "./native";
import {
  add,
  concat,
  expand,
  floats,
  halves,
  matMul,
  mul,
  reshape,
  sigmoid,
  sigmoidGrad,
  split,
  sub,
  sum,
  tanh,
  tanhGrad,
  transposed,
} from "./operations";

/**
 * One step of a GRU forward and backward, for the kernels that run a whole sequence.
 *
 * Forward, from what the step's inputs bring to the gates, [xz, xr] and xh (see `GRU`):
 *
 *     z, r = σ([xz, xr] + h·U)      h̃ = tanh(xh + (r∘h)·Uh)      h′ = h − (1 − z)∘(h − h̃)
 *
 * Backward, from dh′ to the inputs of the three gates and to h:
 *
 *     dxh = Fh∘dh′     d(r∘h) = dxh·Uhᵀ     dxz = Fz∘dh′     dxr = Fr∘d(r∘h)
 *     dh  = z∘dh′ + r∘d(r∘h) + [dxz, dxr]·Uᵀ
 *
 * with factors that no gradient goes into, so that they are computed for all steps at once:
 *
 *     Fh = (1 − z)∘(1 − h̃²)     Fz = (h − h̃)∘z∘(1 − z)     Fr = h∘r∘(1 − r)
 *
 * With `resetAfter`: h̃ = tanh(xh + r∘s) with s = h·Uh + b′h and Fr = s∘r∘(1 − r); then ds = r∘dxh,
 * dxr = Fr∘dxh and dh = z∘dh′ + [dxz, dxr, ds]·Uᵀ.
 */

/** The recurrent weights, cut up as the steps need them. */
export interface CellWeights {
  units: number;
  /** The number 1. */
  one: Native;
  /** `[units, 3·units]`, the gates in the order z, r, h. */
  kernel: Native;
  /** `[units, 2·units]`, the part of z and r. */
  gateKernel: Native;
  /** `[units, units]`, the part of the candidate. */
  candidateKernel: Native;
  /** `[3·units]`, with `resetAfter` only. */
  bias?: Native;
}

/** What comes out of a forward step; or of all of them, each `[time, …]`. */
export interface CellStep {
  /** z and r side by side, `[batch, 2·units]`. */
  gates: Native;
  /** h̃, `[batch, units]`. */
  candidate: Native;
  /** s, `[batch, units]`, with `resetAfter` only. */
  reset?: Native;
  /** h′, `[batch, units]`. */
  next: Native;
}

/** What a backward step multiplies gradients with, `[batch, units]`; or all of them, `[time, …]`. */
export interface CellFactors {
  z: Native;
  r: Native;
  /** Fz, Fr and Fh. */
  update: Native;
  reset: Native;
  candidate: Native;
}

/** Of one step; or of all of them, each `[time, …]`. */
export interface CellGradients {
  /** Of the inputs of z and r, `[batch, 2·units]`. */
  gates: Native;
  /** Of the candidate's input, `[batch, units]`. */
  candidate: Native;
  /** Of h·U + b′, `[batch, 3·units]`, with `resetAfter` only. */
  recurrent?: Native;
}

/** The recurrent kernels transposed, as the backward steps need them: one with `resetAfter`. */
export type BackwardWeights =
  { kernelT: Native } | { gateKernelT: Native; candidateKernelT: Native };

export function cellWeights(units: number, kernel: Native, bias?: Native): CellWeights {
  const [gateKernel, candidateKernel] = gatesAndCandidate(kernel, units);
  return { units, one: floats([1], []), kernel, gateKernel, candidateKernel, bias };
}

export function backwardWeights(weights: CellWeights): BackwardWeights {
  const { kernel, gateKernel, candidateKernel, bias } = weights;
  if (bias !== undefined) return { kernelT: transposed(kernel) };
  return { gateKernelT: transposed(gateKernel), candidateKernelT: transposed(candidateKernel) };
}

/** Cuts `[rows, 3·units]` into the columns of z and r, and those of the candidate. */
export function gatesAndCandidate(matrix: Native, units: number): Native[] {
  return split(matrix, [2 * units, units], 1);
}

/** One step; `gateInput` is [xz, xr], `candidateInput` is xh. */
export function cellForward(
  weights: CellWeights,
  gateInput: Native,
  candidateInput: Native,
  state: Native,
): CellStep {
  const { gates, z, reset, resetProduct } =
    weights.bias === undefined
      ? resetBefore(weights, gateInput, state)
      : resetAfter(weights, weights.bias, gateInput, state);
  const candidate = tanh(add(candidateInput, resetProduct));
  // So written, h′ is h to the last bit where z is 1, as on padding.
  const next = sub(state, mul(sub(weights.one, z), sub(state, candidate)));
  return { gates, candidate, reset, next };
}

function resetBefore(weights: CellWeights, gateInput: Native, state: Native) {
  const gates = sigmoid(add(gateInput, matMul(state, weights.gateKernel)));
  const [z, r] = halves(gates, 1);
  const resetProduct = matMul(mul(r, state), weights.candidateKernel);
  return { gates, z, reset: undefined, resetProduct };
}

function resetAfter(weights: CellWeights, bias: Native, gateInput: Native, state: Native) {
  const recurrent = add(matMul(state, weights.kernel), bias);
  const [recurrentGates, reset] = gatesAndCandidate(recurrent, weights.units);
  const gates = sigmoid(add(gateInput, recurrentGates));
  const [z, r] = halves(gates, 1);
  return { gates, z, reset, resetProduct: mul(r, reset) };
}

/** The states before each step, `[time, batch, units]`. */
export function statesBefore({ next }: CellStep, initialState: Native): Native {
  const [allButLast] = split(next, [-1, 1], 0);
  return concat([expand(initialState, 0), allButLast], 0);
}

/** Of all steps at once; `states` are those before each. */
export function cellFactors({ gates, candidate, reset }: CellStep, states: Native): CellFactors {
  const [z, r] = halves(gates, 2);
  return {
    z,
    r,
    update: sigmoidGrad(z, sub(states, candidate)),
    reset: sigmoidGrad(r, reset ?? states),
    candidate: tanhGrad(candidate, sub(floats([1], []), z)),
  };
}

/**
 * The gradients of one step, from the gradient of its next state `[batch, units]`; that of the
 * state before it comes as a list whose sum it is.
 */
export function cellBackward(
  weights: BackwardWeights,
  factors: CellFactors,
  dNext: Native,
): { gradients: CellGradients; state: Native[] } {
  const copied = mul(dNext, factors.z);
  const dUpdate = mul(dNext, factors.update);
  const candidate = mul(dNext, factors.candidate);
  if ("kernelT" in weights) {
    const gates = concat([dUpdate, mul(candidate, factors.reset)], 1);
    const recurrent = concat([gates, mul(candidate, factors.r)], 1);
    const through = matMul(recurrent, weights.kernelT);
    return { gradients: { gates, candidate, recurrent }, state: [copied, through] };
  }
  const dReset = matMul(candidate, weights.candidateKernelT);
  const gates = concat([dUpdate, mul(dReset, factors.reset)], 1);
  const through = matMul(gates, weights.gateKernelT);
  return {
    gradients: { gates, candidate },
    state: [copied, mul(dReset, factors.r), through],
  };
}

/** The gradients of the recurrent kernel (and bias): one product over all steps. */
export function cellWeightGradients(
  { states, r }: { states: Native; r: Native },
  units: number,
  gradients: CellGradients,
): Native[] {
  // Step below step: [time·batch, columns].
  const flat = (native: Native, columns = units) => reshape(native, [-1, columns]);
  if (gradients.recurrent !== undefined) {
    const recurrent = flat(gradients.recurrent, 3 * units);
    return [matMul(flat(states), recurrent, { a: true }), sum(recurrent, 0)];
  }
  const parts = [
    matMul(flat(states), flat(gradients.gates, 2 * units), { a: true }),
    matMul(flat(mul(r, states)), flat(gradients.candidate), { a: true }),
  ];
  return [concat(parts, 1)];
}
