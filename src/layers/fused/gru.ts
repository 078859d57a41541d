import { tf } from "../../backend";
import { fusedOp } from "./fused-op";
import {
  allSteps,
  backwardWeights,
  cellBackward,
  cellFactors,
  cellForward,
  type CellGradients,
  type CellTrace,
  cellTrace,
  cellWeightGradients,
  cellWeights,
  factorsOfSteps,
  statesBefore,
} from "./gru-cell";
import { gruInput, gruInputBackward, type InputSizes, maskAndOnes } from "./gru-input";
import { type FusedKernel } from "./kernel-run";
import { addAll, type Native, scoped, stack, unstack } from "./native";

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
  cell: CellTrace;
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
  const { kernel, bias, recurrentKernel, recurrentBias } = tensors;
  const [batch, realTime, features] = tensors.sequence.shape;
  const units = recurrentKernel.shape[0];
  const time = Math.ceil(realTime / TIME_MULTIPLE) * TIME_MULTIPLE;
  const { sequence, mask, initialState } = paddedTo(time, tensors);
  const inputs = [sequence, initialState, kernel, bias, recurrentKernel];
  if (recurrentBias) inputs.push(recurrentBias);
  const given = [maskAndOnes(batch, time, mask)];
  const fused = gruKernel({ time, features, units }, recurrentBias !== undefined);
  const states = fusedOp(fused, given, inputs, [batch, time, units]) as tf.Tensor3D;
  return time === realTime ? states : states.slice([0, 0, 0], [batch, realTime, units]);
}

/**
 * A graph is made for each number of steps. With multiples of this, ten do for all dates, which have
 * 6 to 40 characters: for trainings of minutes that saves more than the padding costs.
 */
const TIME_MULTIPLE = 4;

/** The sequence with steps of padding behind it, on which the state stays as it is. */
function paddedTo(time: number, tensors: GRUTensors): GRUTensors {
  const [batch, realTime] = tensors.sequence.shape;
  if (time === realTime) return tensors;
  const padding: [number, number] = [0, time - realTime];
  const mask = tensors.mask ?? tf.ones([batch, realTime]);
  return {
    ...tensors,
    sequence: tf.pad(tensors.sequence, [[0, 0], padding, [0, 0]]),
    mask: tf.pad(mask, [[0, 0], padding]) as tf.Tensor2D,
  };
}

export function gruKernel(sizes: InputSizes, resetAfter: boolean): FusedKernel<Trace> {
  const { time, units } = sizes;
  const weightsOf = ([, , , , , recurrentKernel, recurrentBias]: Native[]) =>
    cellWeights(units, recurrentKernel, recurrentBias);
  return {
    name: `GRU ${JSON.stringify({ ...sizes, resetAfter })}`,
    rows: [0, 1, 2],

    forward(natives) {
      const [maskAndOnes, sequence, initialState, kernel, bias] = natives;
      const input = gruInput(sizes, { kernel, bias }, sequence, maskAndOnes);
      const weights = weightsOf(natives);
      let state = initialState;
      const steps = input.gates.map((gates, t) => {
        const step = scoped(() => cellForward(weights, gates, input.candidates[t], state));
        state = step.next;
        return step;
      });
      const states = steps.map((step) => step.next);
      const trace = { flat: input.flat, cell: cellTrace(steps, initialState) };
      return { output: stack(states, 1), trace };
    },

    backward(dOutput, natives, { flat, cell }) {
      const weights = backwardWeights(weightsOf(natives));
      const all = cellFactors(cell, time);
      const factors = factorsOfSteps(all, time);
      const dOutputs = unstack(dOutput, time, 1);
      const ofSteps: CellGradients[] = [];
      let dNext = dOutputs[time - 1];
      for (let t = time - 1; t >= 0; t--) {
        const step = scoped(() => {
          const { gradients, state } = cellBackward(weights, factors[t], dNext);
          const fromOutput = t > 0 ? [dOutputs[t - 1]] : [];
          return { gradients, dState: addAll([...state, ...fromOutput]) };
        });
        ofSteps[t] = step.gradients;
        dNext = step.dState;
      }
      const gradients = allSteps(ofSteps);
      const dInput = gruInputBackward(sizes, natives[3], flat, gradients);
      const states = statesBefore(cell, time);
      return [
        dInput.sequence,
        dNext,
        dInput.kernel,
        dInput.bias,
        ...cellWeightGradients({ states, r: all.r }, units, gradients),
      ];
    },
  };
}
