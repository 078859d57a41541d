import { tf } from "../../backend";
import type { Memory } from "../attention";
import type { Choices, Wanted } from "../decoder";
import { LARGE } from "../mask";
import { attentionForward } from "./attention-step";
import type { GRUWeights } from "./gru";
import { cellForward, cellWeights, gatesAndCandidate } from "./gru-cell";
import { type ForwardKernel, outputsOf } from "./kernel-run";
import { binding, free, type Native, nativesIn, toTensor, withNatives } from "./native";
import {
  addBias,
  argMaxOfLast,
  batchMatMul,
  concat,
  exp,
  expand,
  floats,
  log,
  matMul,
  maxOfLast,
  mul,
  reshape,
  rowsAt,
  stack,
  sub,
  sumOfLast,
  topOfLast,
} from "./operations";
import { type Natives, nativesLike, tensorsIn } from "./natives-like";
import { forwardPlan, inParts, partSizes, type Plan } from "./parts";

/** All that a step of decoding reads. */
export interface DecoderStepInputs {
  /** Written last, `[rows]`. */
  tokens: tf.Tensor1D;
  /** Each GRU's state, `[rows, units]`. */
  states: tf.Tensor2D[];
  memory: Memory;
  weights: DecoderStepWeights;
}

/** The decoder's weights. */
export interface DecoderStepWeights {
  /** `[vocab, embedding]`. */
  embedding: tf.Tensor2D;
  /** With attention only; for the additive score W1 `[hidden, units]` and V `[units, 1]`. */
  attention?: { additive?: { W1: tf.Tensor; V: tf.Tensor } };
  grus: GRUWeights[];
  /** `[hidden, vocab]` and `[vocab]`. */
  dense: { kernel: tf.Tensor; bias: tf.Tensor };
}

/**
 * Some steps of decoding in one call of TensorFlow: embedding, attention, the stack of GRUs, dense,
 * and the `count` most probable next tokens of each row, of which the next step reads the best.
 *
 * The graph that it runs is for any number of rows that are computed in the same way (`parts.ts`),
 * and any source time. The mathematics is in `attention-step.ts` and `gru-cell.ts`; from the logits l
 * comes ln p_v = l_v − max l − ln Σ exp(l − max l).
 */
export function fusedDecoderSteps(inputs: DecoderStepInputs, wanted: Wanted): Choices {
  const rows = inputs.tokens.size;
  const plan = forwardPlan(rows);
  const sizes = partSizes(rows, plan.parts);
  const outputs = outputsOf(stepsKernel(inputs, plan, wanted), [sizes, ...tensorsIn(inputs)]);
  sizes.dispose();
  const [tokens, logProbabilities, weights, ...states] = outputs;
  const choices = {
    steps: wanted.steps,
    tokens: binding.tensorDataSync(tokens) as Int32Array,
    logProbabilities: binding.tensorDataSync(logProbabilities) as Float32Array,
    weights: binding.tensorDataSync(weights) as Float32Array,
    states: states.map((state, l) => toTensor(state, inputs.states[l].shape) as tf.Tensor2D),
  };
  free([tokens, logProbabilities, weights]);
  return choices;
}

function stepsKernel(inputs: DecoderStepInputs, plan: Plan, wanted: Wanted): ForwardKernel {
  const { weights } = inputs;
  const sizes = sizesOf(inputs);
  const kind = {
    ...sizes,
    attention: weights.attention && { additive: weights.attention.additive !== undefined },
    grus: weights.grus.map((gru) => ({ resetAfter: gru.recurrentBias !== undefined })),
    parts: plan.parts,
    ...wanted,
  };
  return {
    name: `decoder steps ${JSON.stringify(kind)}`,
    onCallingThread: plan.onCallingThread,
    outputs([partSizes, ...natives]) {
      const { tokens, states, memory, weights } = nativesLike(inputs, natives.values());
      const step = stepWith(weights, sizes);
      const rows = { embedded: rowsAt(weights.embedding, tokens), states, memory };
      const forwardPart = (part: Native[]) =>
        severalSteps(step, weights.embedding, withNatives(rows, part), wanted.steps);
      const [logits, looked, ...next] = inParts(
        nativesIn(rows),
        partSizes,
        plan.parts,
        forwardPart,
      );
      const { values, indices } = topOfLast(logits, wanted.count);
      const best = maxOfLast(logits);
      const logTotal = log(sumOfLast(exp(sub(logits, best))));
      return [indices, sub(sub(values, best), logTotal), looked, ...next];
    },
  };
}

interface Sizes {
  /** The size of a key. */
  keys: number;
  /** The size of a value and of a state. */
  hidden: number;
}

function sizesOf({ memory }: DecoderStepInputs): Sizes {
  return { keys: memory.keys.shape[2], hidden: memory.values.shape[2] };
}

/** What the first step of a part of the rows reads; `embedded` are the tokens, `[rows, embedding]`. */
type PartInputs = Natives<Omit<DecoderStepInputs, "tokens" | "weights">> & { embedded: Native };

type Step = (inputs: PartInputs) => {
  /** `[rows, vocab]`. */
  logits: Native;
  /** The attention weights, `[rows, time]`. */
  looked: Native;
  /** Each GRU's next state. */
  states: Native[];
};

/** Logits `[rows, steps, vocab]`, attention weights `[rows, steps, time]`, and each GRU's last state. */
function severalSteps(step: Step, embedding: Native, inputs: PartInputs, count: number): Native[] {
  const steps = [step(inputs)];
  while (steps.length < count) {
    const { logits, states } = steps[steps.length - 1];
    const embedded = rowsAt(embedding, argMaxOfLast(logits));
    steps.push(step({ ...inputs, embedded, states }));
  }
  return [
    stack(
      steps.map(({ logits }) => logits),
      1,
    ),
    stack(
      steps.map(({ looked }) => looked),
      1,
    ),
    ...steps[count - 1].states,
  ];
}

/** A step of any part: the weights are cut up once. */
function stepWith(weights: Natives<DecoderStepWeights>, sizes: Sizes): Step {
  const { hidden: units } = sizes;
  const grus = weights.grus.map(({ kernel, bias, recurrentKernel, recurrentBias }) => ({
    kernel,
    bias,
    cell: cellWeights(units, recurrentKernel, recurrentBias),
  }));
  return ({ embedded, states, memory }) => {
    const seen = look(memory, weights.attention, states[states.length - 1], sizes);
    let input = concat([embedded, seen.context], 1);
    const next = grus.map(({ kernel, bias, cell }, l) => {
      const projected = addBias(matMul(input, kernel), bias);
      const [toGates, toCandidate] = gatesAndCandidate(projected, units);
      input = cellForward(cell, toGates, toCandidate, states[l]).next;
      return input;
    });
    const logits = addBias(matMul(input, weights.dense.kernel), weights.dense.bias);
    return { logits, looked: seen.weights, states: next };
  };
}

/** Attention, or without it the one position that the mask leaves. */
function look(
  { keys, values, mask }: Natives<Memory>,
  attention: Natives<DecoderStepWeights["attention"]>,
  query: Native,
  sizes: Sizes,
): { context: Native; weights: Native } {
  if (!attention) {
    const context = reshape(batchMatMul(expand(mask, 1), values), [-1, sizes.hidden]);
    return { context, weights: mask };
  }
  const maskScores = mul(sub(mask, floats([1], [])), floats([LARGE], []));
  const { additive } = attention;
  const all = { units: sizes.keys, hidden: sizes.hidden, keys, values, additive };
  return attentionForward(all, maskScores, query);
}
