import { tf } from "../../backend";
import { fusedOp } from "./fused-op";
import {
  backwardWeights,
  cellBackward,
  cellFactors,
  cellForward,
  type CellStep,
  cellWeightGradients,
  cellWeights,
  statesBefore,
} from "./gru-cell";
import { gruInput, gruInputBackward, type InputSizes, maskAndOnes } from "./gru-input";
import { type FusedKernel } from "./kernel-run";
import type { Native } from "./native";
import { add, addAll, transpose, zerosLike } from "./operations";
import { scan } from "./scan";

/** The weights of a GRU. */
export interface GRUWeights {
  /** `[features, 3·units]`. */
  kernel: tf.Tensor2D;
  /** `[3·units]`. */
  bias: tf.Tensor1D;
  /** `[units, 3·units]`. */
  recurrentKernel: tf.Tensor2D;
  /** `[3·units]`, with `resetAfter` only. */
  recurrentBias?: tf.Tensor1D;
}

/** The tensors of a GRU. */
export interface GRUTensors extends GRUWeights {
  /** `[batch, time, features]`. */
  sequence: tf.Tensor3D;
  /** 1 on real steps, 0 on padding, `[batch, time]`. */
  mask?: tf.Tensor2D;
  /** `[batch, units]`. */
  initialState: tf.Tensor2D;
}

interface Trace {
  /** The sequence as `gruInput` lays it out. */
  flat: Native;
  /** Of all steps. */
  cell: CellStep;
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
  const inputs = [sequence, initialState, kernel, bias, recurrentKernel];
  if (recurrentBias) inputs.push(recurrentBias);
  const given = [maskAndOnes(batch, time, mask)];
  const fused = gruKernel({ features, units }, recurrentBias !== undefined);
  return fusedOp(fused, given, inputs, [batch, time, units]) as tf.Tensor3D;
}

export function gruKernel(sizes: InputSizes, resetAfter: boolean): FusedKernel<Trace> {
  const { features, units } = sizes;
  const weightsOf = ([, , , , , recurrentKernel, recurrentBias]: Native[]) =>
    cellWeights(units, recurrentKernel, recurrentBias);
  return {
    name: `GRU ${JSON.stringify({ features, units, resetAfter })}`,
    rows: [0, 1, 2],

    forward(natives) {
      const [maskAndOnes, sequence, initialState, kernel, bias] = natives;
      const { toSteps, flat } = gruInput(sizes, { kernel, bias }, sequence, maskAndOnes);
      const weights = weightsOf(natives);
      const { outputs: cell } = scan({
        sequences: toSteps,
        carried: initialState,
        step({ gates, candidate }, state) {
          const step = cellForward(weights, gates, candidate, state);
          return { carried: step.next, outputs: step };
        },
      });
      return { output: transpose(cell.next, [1, 0, 2]), trace: { flat, cell } };
    },

    backward(dOutput, natives, { flat, cell }) {
      const [, , initialState, kernel] = natives;
      const weights = backwardWeights(weightsOf(natives));
      const states = statesBefore(cell, initialState);
      const factors = cellFactors(cell, states);
      const { carried: dInitialState, outputs: gradients } = scan({
        sequences: { dOutput: transpose(dOutput, [1, 0, 2]), factors },
        backwards: true,
        carried: zerosLike(initialState),
        step({ dOutput, factors }, dState) {
          const { gradients, state } = cellBackward(weights, factors, add(dState, dOutput));
          return { carried: addAll(state), outputs: gradients };
        },
      });
      const dInput = gruInputBackward(sizes, kernel, flat, gradients);
      return [
        dInput.sequence,
        dInitialState,
        dInput.kernel,
        dInput.bias,
        ...cellWeightGradients({ states, r: factors.r }, units, gradients),
      ];
    },
  };
}
