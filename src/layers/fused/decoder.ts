import { tf } from "../../backend";
import {
  attentionBackward,
  attentionForward,
  type AttentionGradients,
  type AttentionStep,
  attentionSums,
  backwardAttention,
} from "./attention-step";
import {
  decoderOf,
  kindOf,
  type DecoderTensors,
  listOf,
  type NativeDecoder,
  rowsOf,
} from "./decoder-tensors";
import { fusedOp } from "./fused-op";
import {
  allSteps,
  backwardWeights,
  cellBackward,
  type CellFactors,
  cellFactors,
  cellForward,
  type CellGradients,
  type CellStep,
  type CellTrace,
  cellTrace,
  cellWeightGradients,
  factorsOfSteps,
  statesAfter,
  statesBefore,
} from "./gru-cell";
import {
  type GRUInput,
  gruInput,
  gruInputBackward,
  type InputSizes,
  maskAndOnes,
} from "./gru-input";
import { type FusedKernel } from "./kernel-run";
import {
  add,
  addAll,
  concat,
  matMul,
  type Native,
  reshape,
  scoped,
  split,
  stack,
  sum,
  transposed,
  unstack,
} from "./native";

/**
 * The decoder's recurrence over a whole target with its gradient written by hand: the top GRU's
 * states `[batch, time, units]` and the attention weights `[batch, time, sourceTime]`.
 *
 * Each step: attention with the top GRU's previous state as the query → the context, together with
 * the step's embedding, into the first GRU → the GRUs above it. The backward pass goes through the
 * same steps from the last to the first. The mathematics is in `attention-step.ts` and
 * `gru-cell.ts`; what is left here is which gradient flows where:
 *
 *     dstate(top, t)   = from the output of step t + from step t + 1 (its GRU, and as its query)
 *     dstate(lower, t) = from the GRU above in step t + from step t + 1
 *     dcontext(t)      = d(input of the first GRU)·kernelᵀ
 */
export function fusedDecoder(tensors: DecoderTensors): {
  states: tf.Tensor3D;
  weights: tf.Tensor3D;
} {
  const { embedded, keys, maskScores, layers } = tensors;
  const [batch, time] = embedded.shape;
  const [units, sourceTime] = [layers[0].initialState.shape[1], keys.shape[1]];
  const given = [maskAndOnes(batch, time), maskScores.expandDims(1)];
  const shape = [batch, time, units + sourceTime];
  const sideBySide = fusedOp(decoderKernel(tensors), given, listOf(tensors), shape);
  const [states, weights] = tf.split(sideBySide, [units, sourceTime], 2) as tf.Tensor[];
  return { states: states as tf.Tensor3D, weights: weights as tf.Tensor3D };
}

function decoderKernel(tensors: DecoderTensors): FusedKernel<Trace> {
  const [, time, features] = tensors.embedded.shape;
  const units = tensors.layers[0].initialState.shape[1];
  const sizes = { time, features, units };
  return {
    name: `decoder ${JSON.stringify({ ...sizes, ...kindOf(tensors) })}`,
    rows: [0, 1, ...rowsOf(tensors).map((place) => 2 + place)],

    forward([maskAndOnes, maskScores, ...natives]) {
      const decoder = decoderOf(natives, tensors);
      const { embeddingKernel, bias } = decoder.layers[0];
      const weights = { kernel: embeddingKernel!, bias };
      const input = gruInput(sizes, weights, decoder.embedded, maskAndOnes);
      const steps = forward(decoder, maskScores, input);
      // One tensor is returned, so the states and the weights leave side by side.
      const states = stack(steps.map(topState), 1);
      const trace = traceOf(decoder, input.flat, steps);
      return { output: concat([states, trace.weights], 2), trace };
    },

    backward(dOutput, [, , ...natives], trace) {
      const decoder = decoderOf(natives, tensors);
      const [dStates, dWeights] = split(dOutput, [units, -1], 2);
      const dRows = split(dWeights, Array<number>(time).fill(1), 1); // each [batch, 1, sourceTime]
      const factors = trace.cells.map((cell) => cellFactors(cell, time));
      const back = backward(decoder, trace, factors, unstack(dStates, time, 1), dRows);
      return sumUp(decoder, sizes, trace, factors, back);
    },
  };
}

/** One step forward: what was looked at, and each GRU's cell. */
interface Step {
  seen: AttentionStep;
  cells: CellStep[];
}

/** What the backward pass needs of all steps. */
interface Trace {
  /** The embeddings as `gruInput` lays them out. */
  flat: Native;
  /** Of each step, with the additive score only. They are large: to stack them would cost more. */
  activations?: Native[];
  /** α, `[batch, time, sourceTime]`. */
  weights: Native;
  /** `[time, batch, hidden]`. */
  contexts: Native;
  /** Of each GRU. */
  cells: CellTrace[];
}

function traceOf({ attention, layers }: NativeDecoder, flat: Native, steps: Step[]): Trace {
  const seen = steps.map((step) => step.seen);
  return {
    flat,
    activations: attention.additive && seen.map((step) => step.activations!),
    weights: concat(
      seen.map((step) => step.weights),
      1,
    ),
    contexts: stack(
      seen.map((step) => step.context),
      0,
    ),
    cells: layers.map(({ initialState }, l) =>
      cellTrace(
        steps.map((step) => step.cells[l]),
        initialState,
      ),
    ),
  };
}

const topState = ({ cells }: Step) => cells[cells.length - 1].next;

function forward(
  { attention, layers }: NativeDecoder,
  maskScores: Native,
  embedded: GRUInput,
): Step[] {
  let states = layers.map((layer) => layer.initialState);
  return embedded.gates.map((gates, t) => {
    const step = scoped(() => {
      const seen = attentionForward(attention, maskScores, states[states.length - 1]);
      let input = seen.context;
      const cells = layers.map(({ cell, inputKernels, biases }, l) => {
        const fromInput = inputKernels.map((kernel) => matMul(input, kernel));
        // The first GRU's bias came with the embeddings.
        const [toGates, toCandidate] =
          l === 0
            ? [add(fromInput[0], gates), add(fromInput[1], embedded.candidates[t])]
            : fromInput.map((part, i) => add(part, biases[i]));
        const step = cellForward(cell, toGates, toCandidate, states[l]);
        input = step.next;
        return step;
      });
      return { seen, cells };
    });
    states = step.cells.map((cell) => cell.next);
    return step;
  });
}

/** What the backward steps leave for the sums over all steps. */
interface Back {
  attention: AttentionGradients[];
  /** Of each GRU, for all steps. */
  cells: CellGradients[];
  initialStates: Native[];
}

function backward(
  { attention, layers }: NativeDecoder,
  trace: Trace,
  factors: CellFactors[],
  dTopStates: Native[],
  dWeights: Native[],
): Back {
  const time = dTopStates.length;
  const top = layers.length - 1;
  const whole = {
    attention: backwardAttention(attention),
    weights: split(trace.weights, Array<number>(time).fill(1), 1), // each [batch, 1, sourceTime]
    layers: layers.map(({ cell, inputKernels }, l) => ({
      cell: backwardWeights(cell),
      inputKernels: inputKernels.map(transposed),
      factors: factorsOfSteps(factors[l], time),
    })),
  };
  const gradients: { attention: AttentionGradients; cells: CellGradients[] }[] = [];
  let dStates: Native[] = [];
  for (let t = time - 1; t >= 0; t--) {
    const step = scoped(() => {
      const cells: CellGradients[] = [];
      const toEarlier: Native[][] = [];
      let fromAbove = dTopStates[t];
      for (let l = top; l >= 0; l--) {
        const { cell, inputKernels, factors } = whole.layers[l];
        const dNext = dStates.length > 0 ? add(fromAbove, dStates[l]) : fromAbove;
        const { gradients, state } = cellBackward(cell, factors[t], dNext);
        cells[l] = gradients;
        toEarlier[l] = state;
        fromAbove = add(
          matMul(gradients.gates, inputKernels[0]),
          matMul(gradients.candidate, inputKernels[1]),
        );
      }
      const looked = { activations: trace.activations?.[t], weights: whole.weights[t] };
      const seen = attentionBackward(whole.attention, looked, fromAbove, dWeights[t]);
      toEarlier[top].push(seen.query);
      return { attention: seen.gradients, cells, dStates: toEarlier.map(addAll) };
    });
    gradients[t] = step;
    dStates = step.dStates;
  }
  return {
    attention: gradients.map((step) => step.attention),
    cells: layers.map((_, l) => allSteps(gradients.map((step) => step.cells[l]))),
    initialStates: dStates,
  };
}

/** The gradients of all inputs, in the order of `listOf`: one product over all steps for each. */
function sumUp(
  { attention, layers }: NativeDecoder,
  sizes: InputSizes,
  { flat, weights, contexts, cells }: Trace,
  factors: CellFactors[],
  back: Back,
): Native[] {
  const { time } = sizes;
  const embedding = gruInputBackward(sizes, layers[0].embeddingKernel!, flat, back.cells[0]);
  const before = cells.map((cell) => statesBefore(cell, time));
  const dLayers = layers.flatMap(({ cell: { units } }, l) => {
    const gradients = back.cells[l];
    const parts = [gradients.gates, gradients.candidate];
    const inputs =
      l === 0
        ? reshape(contexts, [-1, attention.hidden])
        : reshape(statesAfter(cells[l - 1], time), [-1, layers[l - 1].cell.units]);
    const inputKernel = concat(
      parts.map((part) => matMul(inputs, part, { a: true })),
      1,
    );
    return [
      back.initialStates[l],
      l === 0 ? concat([embedding.kernel, inputKernel], 0) : inputKernel,
      l === 0
        ? embedding.bias
        : concat(
            parts.map((part) => sum(part, 0)),
            0,
          ),
      ...cellWeightGradients({ states: before[l], r: factors[l].r }, units, gradients),
    ];
  });
  const queries = before[layers.length - 1];
  const seen = attentionSums(attention, weights, queries, back.attention);
  return [embedding.sequence, ...seen, ...dLayers];
}
