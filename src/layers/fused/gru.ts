import { tf } from "../../backend";
import {
  cellBackward,
  cellForward,
  type CellGradients,
  type CellTrace,
  cellWeightGradients,
  cellWeights,
} from "./gru-cell";

/**
 * A GRU over a whole sequence with its gradient written by hand: from the projected input
 * `[batch, time, 3·units]` (see `GRU.project`) and the initial state `[batch, units]` to the states
 * after each step `[batch, time, units]`.
 *
 * tfjs would record some forty operations a step on its tape. Here the backward pass is one loop of
 * `cellBackward` from the last step to the first: the gradient of a state is the sum of what comes
 * from the output of its step and from the step that followed, and each weight's gradient is one
 * product over all steps. The mathematics of a step is in `gru-cell.ts`.
 */
export function fusedGRU(
  projected: tf.Tensor3D,
  initialState: tf.Tensor2D,
  kernel: tf.Tensor2D,
  bias?: tf.Tensor1D,
): tf.Tensor3D {
  const operation = tf.customGrad((...args) => {
    const inputs = args.slice(0, -1) as tf.Tensor[];
    const save = args[args.length - 1] as (tensors: tf.Tensor[]) => void;
    const steps = forward(inputs as Inputs);
    const value = tf.stack(
      steps.map((step) => step.next),
      1,
    );
    save([...inputs, value, ...steps.flatMap((step) => TRACED.map((part) => step[part]))]);
    return {
      value,
      gradFunc: (dOutputs: tf.Tensor, saved: tf.Tensor[]) =>
        backward(dOutputs, saved, inputs.length),
    };
  });
  return operation(projected, initialState, kernel, ...(bias ? [bias] : [])) as tf.Tensor3D;
}

/** The parts of a trace in the order in which they are saved for the backward pass. */
const TRACED = ["gates", "candidate", "reset"] as const;

type Inputs = [tf.Tensor3D, tf.Tensor2D, tf.Tensor2D, tf.Tensor1D?];

function forward([projected, initialState, kernel, bias]: Inputs) {
  const weights = cellWeights(kernel, bias);
  const units = kernel.shape[0];
  const [gateInputs, candidateInputs] = tf
    .split(projected, [2 * units, units], 2)
    .map((part) => tf.unstack(part, 1));
  let state = initialState;
  return gateInputs.map((gateInput, t) => {
    const step = tf.tidy(() => cellForward(weights, gateInput, candidateInputs[t], state));
    state = step.next;
    return step;
  });
}

function backward(dOutputs: tf.Tensor, saved: tf.Tensor[], inputCount: number): tf.Tensor[] {
  const [, initialState, kernel, bias] = saved.slice(0, inputCount) as Inputs;
  const weights = cellWeights(kernel, bias);
  const dNexts = tf.unstack(dOutputs, 1) as tf.Tensor2D[];
  const nexts = tf.unstack(saved[inputCount], 1) as tf.Tensor2D[];
  const states = [initialState, ...nexts.slice(0, -1)];
  const traces = states.map((_, t) => traceAt(saved, inputCount + 1 + t * TRACED.length));

  const gradients: CellGradients[] = [];
  let fromLater: tf.Tensor2D[] = [];
  for (let t = states.length - 1; t >= 0; t--) {
    gradients[t] = tf.tidy(() => {
      const dNext = tf.addN([dNexts[t], ...fromLater]) as tf.Tensor2D;
      return cellBackward(weights, traces[t], states[t], dNext);
    });
    tf.dispose(fromLater);
    fromLater = gradients[t].state;
  }
  const dGates = tf.stack(
    gradients.map((step) => step.gates),
    1,
  );
  const dCandidates = tf.stack(
    gradients.map((step) => step.candidate),
    1,
  );
  return [
    tf.concat([dGates, dCandidates], 2),
    tf.addN(fromLater),
    ...cellWeightGradients(weights, traces, states, gradients),
  ];
}

function traceAt(saved: tf.Tensor[], offset: number): CellTrace {
  const [gates, candidate, reset] = saved.slice(offset, offset + TRACED.length) as tf.Tensor2D[];
  return { gates, candidate, reset };
}
