import { tf } from "../../backend";
import { matMul, sigmoidGrad, tanhGrad } from "./native";

/**
 * One step of a GRU forward and backward, for the kernels that run a whole sequence.
 *
 * Forward, with the projected input x = [xz, xr, xh] of one step (see `GRU`):
 *
 *     z, r = σ([xz, xr] + h·U)      h̃ = tanh(xh + (r∘h)·Uh)      h′ = z∘h + (1 − z)∘h̃
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
  /** `[units, 3·units]`, the gates in the order z, r, h. */
  kernel: tf.Tensor2D;
  /** `[units, 2·units]`, the part of z and r. */
  gateKernel: tf.Tensor2D;
  /** `[units, units]`, the part of the candidate. */
  candidateKernel: tf.Tensor2D;
  /** `[3·units]`, with `resetAfter` only. */
  bias?: tf.Tensor1D;
}

/** What the backward step needs of a forward step. */
export type CellTrace = {
  /** z and r side by side, `[batch, 2·units]`. */
  gates: tf.Tensor2D;
  /** h̃, `[batch, units]`. */
  candidate: tf.Tensor2D;
  /** r∘h, or with `resetAfter` h·Uh + b′h, `[batch, units]`. */
  reset: tf.Tensor2D;
};

export type CellGradients = {
  /** Of the inputs of z and r, `[batch, 2·units]`. */
  gates: tf.Tensor2D;
  /** Of the candidate's input, `[batch, units]`. */
  candidate: tf.Tensor2D;
  /** Of the state, as parts still to be added up, each `[batch, units]`. */
  state: tf.Tensor2D[];
  /** Of h·Uh + b′h, with `resetAfter` only. */
  recurrentCandidate?: tf.Tensor2D;
};

export function cellWeights(kernel: tf.Tensor2D, bias?: tf.Tensor1D): CellWeights {
  const units = kernel.shape[0];
  const [gateKernel, candidateKernel] = columns(kernel, [2 * units, units]);
  return { kernel, gateKernel, candidateKernel, bias };
}

/** One step: the projected input of the gates and of the candidate, and h; gives h′ and the trace. */
export function cellForward(
  weights: CellWeights,
  gateInput: tf.Tensor,
  candidateInput: tf.Tensor,
  state: tf.Tensor2D,
): CellTrace & { next: tf.Tensor2D } {
  const trace = weights.bias
    ? resetAfterForward(weights, gateInput, candidateInput, state)
    : resetBeforeForward(weights, gateInput, candidateInput, state);
  const [z] = columns(trace.gates, 2);
  const next = z.mul(state).add(tf.sub(1, z).mul(trace.candidate)) as tf.Tensor2D;
  return { ...trace, next };
}

function resetBeforeForward(
  weights: CellWeights,
  gateInput: tf.Tensor,
  candidateInput: tf.Tensor,
  state: tf.Tensor2D,
): CellTrace {
  const gates = gateInput.add(matMul(state, weights.gateKernel)).sigmoid() as tf.Tensor2D;
  const [, r] = columns(gates, 2);
  const reset = r.mul(state) as tf.Tensor2D;
  const candidate = candidateInput.add(matMul(reset, weights.candidateKernel)).tanh();
  return { gates, reset, candidate: candidate as tf.Tensor2D };
}

function resetAfterForward(
  weights: CellWeights,
  gateInput: tf.Tensor,
  candidateInput: tf.Tensor,
  state: tf.Tensor2D,
): CellTrace {
  const units = state.shape[1];
  const recurrent = matMul(state, weights.kernel).add(weights.bias!) as tf.Tensor2D;
  const [gateRecurrent, reset] = columns(recurrent, [2 * units, units]);
  const gates = gateInput.add(gateRecurrent).sigmoid() as tf.Tensor2D;
  const [, r] = columns(gates, 2);
  const candidate = candidateInput.add(r.mul(reset)).tanh();
  return { gates, reset, candidate: candidate as tf.Tensor2D };
}

/** The gradients of one step, from the gradient of its next state `[batch, units]`. */
export function cellBackward(
  weights: CellWeights,
  { gates, candidate, reset }: CellTrace,
  state: tf.Tensor2D,
  dNext: tf.Tensor2D,
): CellGradients {
  const [z, r] = columns(gates, 2);
  const dUpdate = state.sub(candidate).mul(dNext);
  const copied = z.mul(dNext) as tf.Tensor2D;
  const dCandidate = tanhGrad(candidate, dNext.sub(copied));
  if (weights.bias) {
    const dGates = sigmoidGrad(gates, tf.concat([dUpdate, reset.mul(dCandidate)], 1));
    const recurrentCandidate = r.mul(dCandidate) as tf.Tensor2D;
    const dRecurrent = tf.concat([dGates, recurrentCandidate], 1);
    const through = matMul(dRecurrent, weights.kernel, false, true);
    return { gates: dGates, candidate: dCandidate, state: [copied, through], recurrentCandidate };
  }
  const dReset = matMul(dCandidate, weights.candidateKernel, false, true);
  const dGates = sigmoidGrad(gates, tf.concat([dUpdate, dReset.mul(state)], 1));
  const through = matMul(dGates, weights.gateKernel, false, true);
  const reached = r.mul(dReset) as tf.Tensor2D;
  return { gates: dGates, candidate: dCandidate, state: [copied, reached, through] };
}

/** The gradients of the recurrent kernel (and bias): one product over all steps. */
export function cellWeightGradients(
  weights: CellWeights,
  traces: CellTrace[],
  states: tf.Tensor2D[],
  gradients: CellGradients[],
): tf.Tensor[] {
  const allStates = tf.concat(states);
  const dGates = tf.concat(gradients.map((step) => step.gates));
  if (weights.bias) {
    const dCandidate = tf.concat(gradients.map((step) => step.recurrentCandidate!));
    const dRecurrent = tf.concat([dGates, dCandidate], 1);
    return [matMul(allStates, dRecurrent, true), dRecurrent.sum(0)];
  }
  const resetStates = tf.concat(traces.map((trace) => trace.reset));
  const dCandidate = tf.concat(gradients.map((step) => step.candidate));
  return [tf.concat([matMul(allStates, dGates, true), matMul(resetStates, dCandidate, true)], 1)];
}

/** Cuts a matrix into parts of the given widths, or into so many equal ones. */
export function columns(matrix: tf.Tensor2D, widths: number[] | number): tf.Tensor2D[] {
  return tf.split(matrix, widths, 1) as tf.Tensor[] as tf.Tensor2D[];
}
