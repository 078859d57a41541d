import { tf } from "../../backend";
import { fusedOp } from "./fused-op";
import {
  allSteps,
  cellBackward,
  cellForward,
  type CellGradients,
  type CellTrace,
  cellWeightGradients,
  cellWeights,
} from "./gru-cell";
import { type GRUInput, gruInput, gruInputBackward } from "./gru-input";
import { addAll, type Native, scoped, stack, toNative, unstack } from "./native";

/** The tensors of a GRU. */
export interface GRUTensors {
  /** `[batch, time, features]`. */
  sequence: tf.Tensor3D;
  /** 1 on real steps, 0 on padding, `[batch, time]`. */
  mask?: tf.Tensor2D;
  /** `[batch, units]`. */
  initialState: tf.Tensor2D;
  /** `[features, 3·units]`. */
  kernel: tf.Tensor2D;
  /** `[3·units]`. */
  bias: tf.Tensor1D;
  /** `[units, 3·units]`. */
  recurrentKernel: tf.Tensor2D;
  /** `[3·units]`, with `resetAfter` only. */
  recurrentBias?: tf.Tensor1D;
}

interface Trace {
  input: Pick<GRUInput, "shape" | "flat">;
  steps: CellTrace[];
}

/**
 * A GRU over a whole sequence with its gradient written by hand: the states after each step,
 * `[batch, time, units]`.
 *
 * tfjs would record some forty operations a step on its tape. Here the backward pass is one loop of
 * `cellBackward` from the last step to the first: the gradient of a state is the sum of what comes
 * from the output of its step and from the step that followed, and each weight's gradient is one
 * product over all steps. The mathematics of a step is in `gru-cell.ts`.
 */
export function fusedGRU(tensors: GRUTensors): tf.Tensor3D {
  const { sequence, mask, initialState, kernel, bias, recurrentKernel, recurrentBias } = tensors;
  const [batch, time, features] = sequence.shape;
  const units = recurrentKernel.shape[0];
  const shape = { batch, time, features, units };
  const weightsOf = ([, , , , recurrentKernel, recurrentBias]: Native[]) =>
    cellWeights(units, recurrentKernel, recurrentBias);

  const inputs = [sequence, initialState, kernel, bias, recurrentKernel];
  return fusedOp<Trace>(recurrentBias ? [...inputs, recurrentBias] : inputs, {
    forward(natives) {
      const [sequence, initialState, kernel, bias] = natives;
      const input = gruInput(shape, sequence, kernel, bias, mask && toNative(mask));
      const weights = weightsOf(natives);
      let state = initialState;
      const steps = input.gates.map((gates, t) => {
        const step = scoped(() => cellForward(weights, [gates], [input.candidates[t]], state));
        state = step.next;
        return step;
      });
      const states = steps.map((step) => step.next);
      const trace = { input: { shape, flat: input.flat }, steps };
      return { output: stack(states, 1), shape: [batch, time, units], trace };
    },

    backward(dOutput, natives, { input, steps }) {
      const [, initialState, kernel] = natives;
      const weights = weightsOf(natives);
      const dOutputs = unstack(dOutput, time, 1);
      const states = [initialState, ...steps.slice(0, -1).map((step) => step.next)];
      const gradients: CellGradients[] = [];
      let dNext = dOutputs[time - 1];
      for (let t = time - 1; t >= 0; t--) {
        const step = scoped(() => {
          const { gradients, state } = cellBackward(weights, steps[t], states[t], dNext);
          const fromOutput = t > 0 ? [dOutputs[t - 1]] : [];
          return { gradients, dState: addAll([...state, ...fromOutput]) };
        });
        gradients[t] = step.gradients;
        dNext = step.dState;
      }
      const all = allSteps(gradients);
      const dInput = gruInputBackward(input, kernel, all);
      return [
        dInput.sequence,
        dNext,
        dInput.kernel,
        dInput.bias,
        ...cellWeightGradients(steps, states, all),
      ];
    },
  }) as tf.Tensor3D;
}
