import { tf } from "../../backend";
import {
  attentionBackward,
  attentionForward,
  type AttentionGradients,
  type AttentionStep,
  attentionSums,
  type AttentionTotals,
  backwardAttention,
  noTotals,
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
  backwardWeights,
  cellBackward,
  type CellFactors,
  cellFactors,
  cellForward,
  type CellGradients,
  type CellStep,
  cellWeightGradients,
  statesBefore,
} from "./gru-cell";
import { gruInput, gruInputBackward, type InputSizes, maskAndOnes } from "./gru-input";
import { type FusedKernel } from "./kernel-run";
import type { Native } from "./native";
import {
  add,
  addAll,
  concat,
  matMul,
  reshape,
  split,
  sum,
  transpose,
  transposed,
  zerosLike,
} from "./operations";
import { scan } from "./scan";

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
  const given = [maskAndOnes(batch, time), maskScores];
  const shape = [batch, time, units + sourceTime];
  const sideBySide = fusedOp(decoderKernel(tensors), given, listOf(tensors), shape);
  const [states, weights] = tf.split(sideBySide, [units, sourceTime], 2) as tf.Tensor[];
  return { states: states as tf.Tensor3D, weights: weights as tf.Tensor3D };
}

function decoderKernel(tensors: DecoderTensors): FusedKernel<Trace> {
  const features = tensors.embedded.shape[2];
  const units = tensors.layers[0].initialState.shape[1];
  const sizes = { features, units };
  return {
    name: `decoder ${JSON.stringify({ ...sizes, ...kindOf(tensors) })}`,
    rows: [0, 1, ...rowsOf(tensors).map((place) => 2 + place)],

    forward([maskAndOnes, maskScores, ...natives]) {
      const decoder = decoderOf(natives, tensors);
      const { embeddingKernel, bias } = decoder.layers[0];
      const weights = { kernel: embeddingKernel!, bias };
      const { toSteps, flat } = gruInput(sizes, weights, decoder.embedded, maskAndOnes);
      const { outputs: steps } = scan({
        sequences: toSteps,
        carried: decoder.layers.map((layer) => layer.initialState),
        step: (toStep, states) => forward(decoder, maskScores, toStep, states),
      });
      // One tensor is returned, so the states and the weights leave side by side.
      const top = steps.cells[steps.cells.length - 1];
      const sideBySide = concat([byRow(top.next), byRow(steps.seen.weights)], 2);
      return { output: sideBySide, trace: { flat, steps } };
    },

    backward(dOutput, [, , ...natives], { flat, steps }) {
      const decoder = decoderOf(natives, tensors);
      const [dStates, dWeights] = split(dOutput, [units, -1], 2).map(byRow);
      const queries = decoder.layers.map(({ initialState }, l) =>
        statesBefore(steps.cells[l], initialState),
      );
      const factors = steps.cells.map((cell, l) => cellFactors(cell, queries[l]));
      const weights = weightsForBackward(decoder);
      const { projectedQuery, weights: looked } = steps.seen;
      const back = scan({
        sequences: {
          dState: dStates,
          dWeights,
          seen: { projectedQuery, weights: looked },
          factors,
        },
        backwards: true,
        carried: {
          dStates: decoder.layers.map(({ initialState }) => zerosLike(initialState)),
          totals: noTotals(decoder.attention),
        },
        step: (parts, carried) => backward(weights, parts, carried),
      });
      return sumUp(decoder, sizes, { flat, steps }, { queries, factors }, back);
    },
  };
}

/** `[time, batch, …]` ↔ `[batch, time, …]`. */
const byRow = (native: Native) => transpose(native, [1, 0, 2]);

/** One step forward, or all of them: what was looked at, and each GRU's cell. */
interface Steps {
  seen: AttentionStep;
  cells: CellStep[];
}

interface Trace {
  /** The embeddings as `gruInput` lays them out. */
  flat: Native;
  steps: Steps;
}

function forward(
  { attention, layers }: NativeDecoder,
  maskScores: Native,
  fromEmbedding: { gates: Native; candidate: Native },
  states: Native[],
): { carried: Native[]; outputs: Steps } {
  const seen = attentionForward(attention, maskScores, states[states.length - 1]);
  let input = seen.context;
  const cells = layers.map(({ cell, inputKernels, biases }, l) => {
    const [toGates, toCandidate] = inputKernels.map((kernel) => matMul(input, kernel));
    // The first GRU's bias came with the embeddings.
    const [gates, candidate] = l === 0 ? [fromEmbedding.gates, fromEmbedding.candidate] : biases;
    const step = cellForward(cell, add(toGates, gates), add(toCandidate, candidate), states[l]);
    input = step.next;
    return step;
  });
  return { carried: cells.map((cell) => cell.next), outputs: { seen, cells } };
}

function weightsForBackward({ attention, layers }: NativeDecoder) {
  return {
    attention: backwardAttention(attention),
    layers: layers.map(({ cell, inputKernels }) => ({
      cell: backwardWeights(cell),
      inputKernels: inputKernels.map(transposed),
    })),
  };
}

/** What a backward step reads of its own. */
interface BackwardParts {
  /** Of the top GRU's state, from the output. */
  dState: Native;
  /** Of the attention weights, from the output. */
  dWeights: Native;
  seen: Omit<AttentionStep, "context">;
  factors: CellFactors[];
}

/** What it hands to the step before. */
interface BackwardCarried {
  /** Of each GRU's state. */
  dStates: Native[];
  totals: AttentionTotals | undefined;
}

interface BackwardOutputs {
  attention: AttentionGradients;
  cells: CellGradients[];
}

function backward(
  weights: ReturnType<typeof weightsForBackward>,
  { dState, dWeights, seen, factors }: BackwardParts,
  { dStates, totals }: BackwardCarried,
): { carried: BackwardCarried; outputs: BackwardOutputs } {
  const top = weights.layers.length - 1;
  const cells: CellGradients[] = [];
  const toEarlier: Native[][] = [];
  let fromAbove = dState;
  for (let l = top; l >= 0; l--) {
    const { cell, inputKernels } = weights.layers[l];
    const { gradients, state } = cellBackward(cell, factors[l], add(fromAbove, dStates[l]));
    cells[l] = gradients;
    toEarlier[l] = state;
    fromAbove = add(
      matMul(gradients.gates, inputKernels[0]),
      matMul(gradients.candidate, inputKernels[1]),
    );
  }
  const looked = attentionBackward(weights.attention, seen, fromAbove, dWeights, totals);
  toEarlier[top].push(looked.query);
  return {
    carried: { dStates: toEarlier.map(addAll), totals: looked.totals },
    outputs: { attention: looked.gradients, cells },
  };
}

/** The gradients of all inputs, in the order of `listOf`: one product over all steps for each. */
function sumUp(
  { attention, layers }: NativeDecoder,
  sizes: InputSizes,
  { flat, steps }: Trace,
  { queries, factors }: { queries: Native[]; factors: CellFactors[] },
  { carried, outputs }: { carried: BackwardCarried; outputs: BackwardOutputs },
): Native[] {
  const embedding = gruInputBackward(sizes, layers[0].embeddingKernel!, flat, outputs.cells[0]);
  const dLayers = layers.flatMap(({ cell: { units } }, l) => {
    const gradients = outputs.cells[l];
    const parts = [
      reshape(gradients.gates, [-1, 2 * units]),
      reshape(gradients.candidate, [-1, units]),
    ];
    const below = l === 0 ? steps.seen.context : steps.cells[l - 1].next;
    const inputs = reshape(below, [-1, l === 0 ? attention.hidden : layers[l - 1].cell.units]);
    const inputKernel = concat(
      parts.map((part) => matMul(inputs, part, { a: true })),
      1,
    );
    return [
      carried.dStates[l],
      l === 0 ? concat([embedding.kernel, inputKernel], 0) : inputKernel,
      l === 0
        ? embedding.bias
        : concat(
            parts.map((part) => sum(part, 0)),
            0,
          ),
      ...cellWeightGradients({ states: queries[l], r: factors[l].r }, units, gradients),
    ];
  });
  const { weights } = steps.seen;
  const seen = attentionSums(
    attention,
    weights,
    queries[layers.length - 1],
    outputs.attention,
    carried.totals,
  );
  return [embedding.sequence, ...seen, ...dLayers];
}
