import {
  add,
  concat,
  floats,
  halves,
  matMul,
  mul,
  type Native,
  sigmoid,
  sigmoidGrad,
  split,
  sub,
  sum,
  tanh,
  tanhGrad,
  transposed,
} from "./native";

/**
 * One step of a GRU forward and backward, for the kernels that run a whole sequence.
 *
 * Forward, from what the step's inputs bring to the gates, [xz, xr] and xh (see `GRU`):
 *
 *     z, r = σ([xz, xr] + h·U)      h̃ = tanh(xh + (r∘h)·Uh)      h′ = h − (1 − z)∘(h − h̃)
 *
 * Backward, from dh′ to the inputs of the three gates and to h:
 *
 *     dxh = (1 − z)∘dh′∘(1 − h̃²)     d(r∘h) = dxh·Uhᵀ
 *     dxz = (h − h̃)∘dh′∘z∘(1 − z)     dxr = d(r∘h)∘h∘r∘(1 − r)
 *     dh  = z∘dh′ + r∘d(r∘h) + [dxz, dxr]·Uᵀ
 *
 * With `resetAfter`: h̃ = tanh(xh + r∘s) with s = h·Uh + b′h; then ds = r∘dxh, dr = s∘dxh and
 * dh = z∘dh′ + [dxz, dxr, ds]·Uᵀ.
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

/** What the backward step needs of a forward step; all `[batch, units]` but the first. */
export interface CellTrace {
  /** z and r side by side, `[batch, 2·units]`. */
  gates: Native;
  z: Native;
  r: Native;
  /** h̃. */
  candidate: Native;
  /** h − h̃. */
  difference: Native;
  /** r∘h, or with `resetAfter` h·Uh + b′h. */
  reset: Native;
  /** h′. */
  next: Native;
}

/** Of one step, or of all of them, step below step: `[time·batch, …]`. */
export interface CellGradients {
  /** Of the inputs of z and r, `[batch, 2·units]`. */
  gates: Native;
  /** Of the candidate's input, `[batch, units]`. */
  candidate: Native;
  /** Of h·U + b′, `[batch, 3·units]`, with `resetAfter` only. */
  recurrent?: Native;
}

/** The recurrent kernels transposed, as the backward steps need them: one with `resetAfter`. */
export type BackwardWeights = { kernel: Native } | { gateKernel: Native; candidateKernel: Native };

export function cellWeights(units: number, kernel: Native, bias?: Native): CellWeights {
  const [gateKernel, candidateKernel] = gatesAndCandidate(kernel, units);
  return { units, one: floats([1], []), kernel, gateKernel, candidateKernel, bias };
}

export function backwardWeights(weights: CellWeights): BackwardWeights {
  const { kernel, gateKernel, candidateKernel, bias } = weights;
  if (bias !== undefined) return { kernel: transposed(kernel) };
  return { gateKernel: transposed(gateKernel), candidateKernel: transposed(candidateKernel) };
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
): CellTrace {
  const { gates, z, r, reset, resetProduct } =
    weights.bias === undefined
      ? resetBefore(weights, gateInput, state)
      : resetAfter(weights, weights.bias, gateInput, state);
  const candidate = tanh(add(candidateInput, resetProduct));
  const difference = sub(state, candidate);
  // So written, h′ is h to the last bit where z is 1, as on padding.
  const next = sub(state, mul(sub(weights.one, z), difference));
  return { gates, z, r, candidate, difference, reset, next };
}

function resetBefore(weights: CellWeights, gateInput: Native, state: Native) {
  const gates = sigmoid(add(gateInput, matMul(state, weights.gateKernel)));
  const [z, r] = halves(gates, 1);
  const reset = mul(r, state);
  return {
    gates,
    z,
    r,
    reset,
    resetProduct: matMul(reset, weights.candidateKernel),
  };
}

function resetAfter(weights: CellWeights, bias: Native, gateInput: Native, state: Native) {
  const recurrent = add(matMul(state, weights.kernel), bias);
  const [recurrentGates, reset] = gatesAndCandidate(recurrent, weights.units);
  const gates = sigmoid(add(gateInput, recurrentGates));
  const [z, r] = halves(gates, 1);
  return { gates, z, r, reset, resetProduct: mul(r, reset) };
}

/**
 * The gradients of one step, from the gradient of its next state `[batch, units]`; that of the
 * state before it comes as a list whose sum it is.
 */
export function cellBackward(
  weights: BackwardWeights,
  { gates, z, r, candidate, difference, reset }: CellTrace,
  state: Native,
  dNext: Native,
): { gradients: CellGradients; state: Native[] } {
  const dUpdate = mul(dNext, difference);
  const copied = mul(dNext, z);
  const dCandidate = tanhGrad(candidate, sub(dNext, copied));
  if ("kernel" in weights) {
    const dGates = sigmoidGrad(gates, concat([dUpdate, mul(dCandidate, reset)], 1));
    const recurrent = concat([dGates, mul(dCandidate, r)], 1);
    const through = matMul(recurrent, weights.kernel);
    const gradients = { gates: dGates, candidate: dCandidate, recurrent };
    return { gradients, state: [copied, through] };
  }
  const dReset = matMul(dCandidate, weights.candidateKernel);
  const dGates = sigmoidGrad(gates, concat([dUpdate, mul(dReset, state)], 1));
  const through = matMul(dGates, weights.gateKernel);
  const gradients = { gates: dGates, candidate: dCandidate };
  return { gradients, state: [copied, mul(dReset, r), through] };
}

/** The gradients of all steps in one, step below step. */
export function allSteps(gradients: CellGradients[]): CellGradients {
  const all = (part: (step: CellGradients) => Native) => concat(gradients.map(part), 0);
  return {
    gates: all((step) => step.gates),
    candidate: all((step) => step.candidate),
    recurrent: gradients[0].recurrent === undefined ? undefined : all((step) => step.recurrent!),
  };
}

/** The gradients of the recurrent kernel (and bias): one product over all steps. */
export function cellWeightGradients(
  steps: CellTrace[],
  states: Native[],
  gradients: CellGradients,
): Native[] {
  const allStates = concat(states, 0); // [time·batch, units]
  if (gradients.recurrent !== undefined) {
    return [matMul(allStates, gradients.recurrent, { a: true }), sum(gradients.recurrent, 0)];
  }
  const allReset = concat(
    steps.map((step) => step.reset),
    0,
  );
  const parts = [
    matMul(allStates, gradients.gates, { a: true }),
    matMul(allReset, gradients.candidate, { a: true }),
  ];
  return [concat(parts, 1)];
}
