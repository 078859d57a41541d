import { tf } from "../../backend";
import type { Memory } from "../attention";
import type { Choices } from "../decoder";
import { LARGE } from "../mask";
import { attentionForward } from "./attention-step";
import { Graph } from "./graph";
import { cellForward, gatesAndCandidate } from "./gru-cell";
import { replaced } from "./kernel-run";
import {
  addBias,
  batchMatMul,
  binding,
  concat,
  exp,
  expand,
  floats,
  free,
  log,
  matMul,
  maxOfLast,
  mul,
  type Native,
  nativesIn,
  reshape,
  rowsAt,
  sub,
  sumOfLast,
  toNative,
  topOfLast,
  toTensor,
} from "./native";
import { inParts, partSizes } from "./parts";

/** All that a step of decoding reads. */
export interface DecoderStepInputs {
  /** Written last, `[rows]`. */
  tokens: tf.Tensor1D;
  /** Each GRU's state, `[rows, units]`. */
  states: tf.Tensor2D[];
  memory: Memory;
  weights: DecoderStepWeights;
}

/** The decoder's weights, cut up as the step needs them. */
export interface DecoderStepWeights {
  /** `[vocab, embedding]`. */
  embedding: tf.Tensor;
  /** With attention only; for the additive score W1 `[hidden, units]` and V `[units, 1]`. */
  attention?: { additive?: { W1: tf.Tensor; V: tf.Tensor } };
  grus: GRUStepWeights[];
  /** `[hidden, vocab]` and `[vocab]`. */
  dense: { kernel: tf.Tensor; bias: tf.Tensor };
}

interface GRUStepWeights {
  /** `[features, 3·units]`. */
  inputKernel: tf.Tensor;
  /** `[3·units]`. */
  inputBias: tf.Tensor;
  /** `[units, 3·units]`, the gates in the order z, r, h. */
  kernel: tf.Tensor;
  /** `[units, 2·units]`, the part of z and r. */
  gateKernel: tf.Tensor;
  /** `[units, units]`, the part of the candidate. */
  candidateKernel: tf.Tensor;
  /** `[3·units]`, with `resetAfter` only. */
  bias?: tf.Tensor;
}

/** The weights of a GRU as the step needs them. */
export function gruStepWeights(gru: {
  kernel: tf.Tensor2D;
  bias: tf.Tensor1D;
  recurrentKernel: tf.Tensor2D;
  recurrentBias?: tf.Tensor1D;
}): GRUStepWeights {
  const units = gru.recurrentKernel.shape[0];
  const [gateKernel, candidateKernel] = tf.split(gru.recurrentKernel, [2 * units, units], 1);
  return {
    inputKernel: gru.kernel,
    inputBias: gru.bias,
    kernel: gru.recurrentKernel,
    gateKernel,
    candidateKernel,
    bias: gru.recurrentBias,
  };
}

/**
 * One step of decoding in one call of TensorFlow: embedding, attention, the stack of GRUs, dense,
 * and the `count` most probable next tokens of each row.
 *
 * The graph that it runs is for any number of rows and any source time. The mathematics is in
 * `attention-step.ts` and `gru-cell.ts`; from the logits l comes
 * ln p_v = l_v − max l − ln Σ exp(l − max l).
 */
export function fusedDecoderStep(inputs: DecoderStepInputs, count: number): Choices {
  const sizes = partSizes(inputs.tokens.size);
  const outputs = graphFor(inputs, sizes, count).run([sizes, ...tensorsIn(inputs)].map(toNative));
  sizes.dispose();
  const [tokens, logProbabilities, weights, ...states] = outputs;
  const choices = {
    tokens: binding.tensorDataSync(tokens) as Int32Array,
    logProbabilities: binding.tensorDataSync(logProbabilities) as Float32Array,
    weights: binding.tensorDataSync(weights) as Float32Array,
    states: states.map((state, l) => toTensor(state, inputs.states[l].shape) as tf.Tensor2D),
  };
  free([tokens, logProbabilities, weights]);
  return choices;
}

/** The graphs, by all that their operations depend on. */
const graphs = new Map<string, Graph>();

function graphFor(inputs: DecoderStepInputs, sizes: tf.Tensor1D, count: number): Graph {
  const { memory, weights } = inputs;
  const kind = {
    keys: memory.keys.shape[2],
    hidden: memory.values.shape[2],
    attention: weights.attention && { additive: weights.attention.additive !== undefined },
    grus: weights.grus.map(({ bias }) => ({ resetAfter: bias !== undefined })),
    parts: sizes.size,
    count,
  };
  const name = JSON.stringify(kind);
  let graph = graphs.get(name);
  if (!graph) graphs.set(name, (graph = record(inputs, sizes, count)));
  return graph;
}

function record(inputs: DecoderStepInputs, parts: tf.Tensor1D, count: number): Graph {
  const sizes = { keys: inputs.memory.keys.shape[2], hidden: inputs.memory.values.shape[2] };
  const { graph } = Graph.record([parts, ...tensorsIn(inputs)], ([partSizes, ...natives]) => {
    const { tokens, states, memory, weights } = nativesLike(inputs, natives.values());
    const rows = { embedded: rowsAt(weights.embedding, tokens), states, memory };
    const forwardPart = (part: Native[]) => {
      const natives = new Map(nativesIn(rows).map((native, i) => [native, part[i]]));
      return forward({ ...replaced(rows, natives), weights }, sizes);
    };
    const [logits, looked, ...next] = inParts(nativesIn(rows), partSizes, parts.size, forwardPart);
    const { values, indices } = topOfLast(logits, count);
    const best = maxOfLast(logits);
    const logTotal = log(sumOfLast(exp(sub(logits, best))));
    return { outputs: [indices, sub(sub(values, best), logTotal), looked, ...next] };
  });
  return graph;
}

interface Sizes {
  /** The size of a key. */
  keys: number;
  /** The size of a value and of a state. */
  hidden: number;
}

/** What a part of the rows is computed from; `embedded` are the tokens, `[rows, embedding]`. */
type PartInputs = Natives<Omit<DecoderStepInputs, "tokens">> & { embedded: Native };

/** The logits, the attention weights, and each GRU's next state. */
function forward({ embedded, states, memory, weights }: PartInputs, sizes: Sizes): Native[] {
  const { hidden: units } = sizes;
  const seen = look(memory, weights.attention, states[states.length - 1], sizes);
  let input = concat([embedded, seen.context], 1);
  const next = weights.grus.map(({ inputKernel, inputBias, ...kernels }, l) => {
    const projected = addBias(matMul(input, inputKernel), inputBias);
    const [toGates, toCandidate] = gatesAndCandidate(projected, units);
    const cell = { units, one: floats([1], []), ...kernels };
    input = cellForward(cell, toGates, toCandidate, states[l]).next;
    return input;
  });
  const logits = addBias(matMul(input, weights.dense.kernel), weights.dense.bias);
  return [logits, seen.weights, ...next];
}

/** Attention, or without it the one position that the mask leaves. */
function look(
  { keys, values, mask }: Natives<Memory>,
  attention: Natives<DecoderStepWeights["attention"]>,
  query: Native,
  sizes: Sizes,
): { context: Native; weights: Native } {
  const row = expand(mask, 1); // [rows, 1, time]
  if (!attention) {
    return { context: reshape(batchMatMul(row, values), [-1, sizes.hidden]), weights: row };
  }
  const maskScores = mul(sub(row, floats([1], [])), floats([LARGE], []));
  const { additive } = attention;
  const all = { units: sizes.keys, hidden: sizes.hidden, keys, values, additive };
  return attentionForward(all, maskScores, query);
}

/** The same lists and objects with natives in place of tensors. */
type Natives<Value> = Value extends tf.Tensor
  ? Native
  : { [Key in keyof Value]: Natives<Value[Key]> };

/** All tensors in lists and objects. */
function tensorsIn(value: unknown): tf.Tensor[] {
  if (value instanceof tf.Tensor) return [value];
  return value === undefined ? [] : Object.values(value as object).flatMap(tensorsIn);
}

/** The opposite of `tensorsIn`: takes a native for each tensor. */
function nativesLike<Value>(value: Value, natives: Iterator<Native>): Natives<Value> {
  if (value instanceof tf.Tensor) return natives.next().value as Natives<Value>;
  if (value === undefined) return value as Natives<Value>;
  const parts: unknown = Array.isArray(value)
    ? value.map((part: unknown) => nativesLike(part, natives))
    : Object.fromEntries(
        Object.entries(value as object).map(([key, part]) => [key, nativesLike(part, natives)]),
      );
  return parts as Natives<Value>;
}
