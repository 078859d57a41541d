import { tf } from "../backend";
import {
  Attention,
  attentionScores,
  type Looked,
  type Memory,
  onEachPosition,
  weightedSum,
} from "./attention";
import { buildPart, Composite } from "./composite";
import { SeededDropout } from "./dropout";
import {
  type Checked,
  checkedCoderArgs,
  type CoderArgs,
  seededEmbedding,
  stackOfGRUs,
} from "./encoder";
import { fusedDecoder } from "./fused/decoder";
import { fusedDecoderSteps } from "./fused/decoder-step";
import { fusedKernels } from "./fused/switch";
import { type GRU, type Recurrence, stepsOf } from "./gru";
import { LocalAttention } from "./local-attention";
import { maskScores } from "./mask";
import { MultiHeadAttention } from "./multi-head-attention";

/**
 * How the decoder looks at the encoder's outputs: at all of them, with a score that `Attention` knows;
 * through a window, with the general score (`LocalAttention`); with several heads
 * (`MultiHeadAttention`); or `"none"`: at every step it is given the encoder's output at the last
 * token, as before attention was invented.
 */
export type AttentionKind = (typeof attentionKinds)[number];

/** All the kinds of attention that a decoder can have. */
export const attentionKinds = [
  ...attentionScores,
  "localMonotonic",
  "localPredictive",
  "multiHead",
  "none",
] as const;

export interface DecoderArgs extends CoderArgs {
  /** How it looks at the source: see `AttentionKind`; `"additive"` unless given. */
  attention?: AttentionKind;
  /** With local attention: how far its window reaches to each side; 3 unless given. */
  halfWidth?: number;
  /** With multi-head attention: how many heads; 4 unless given. */
  heads?: number;
  /** The share of the top GRU's states that training drops before the last layer; 0 unless given. */
  outputDropoutRate?: number;
}

/** What the recurrence gives for a whole target. */
interface DecoderSequence {
  /** The top GRU's states, `[batch, time, hidden]`. */
  outputs: tf.Tensor3D;
  /** `[batch, time, sourceTime]`. */
  weights: tf.Tensor3D;
}

/** What one step of the decoder gives. */
export interface DecoderStep {
  /** `[batch, vocab]`: the scores of the next token, before softmax. */
  logits: tf.Tensor2D;
  /** Each GRU's state `[batch, hidden]` after the step. */
  states: tf.Tensor2D[];
  /** `[batch, sourceTime]`: how much the step looked at each source position. */
  weights: tf.Tensor2D;
}

/** What a decoder is asked for. */
export interface Wanted {
  /** How many tokens to choose from for each row, in each step. */
  count: number;
  /** How many steps to take, if it can take several in one go: each reads the best of the last. */
  steps: number;
}

/** What the decoder would write next, for each of its rows; `count` choices a step. */
export interface Choices {
  /** How many steps it took: as many as wanted, or one. */
  steps: number;
  /** The most probable tokens, the best first: `[rows · steps · count]`. */
  tokens: Int32Array;
  /** ln of their probabilities, `[rows · steps · count]`. */
  logProbabilities: Float32Array;
  /** How much a step looked at each source position, `[rows · steps · sourceTime]`. */
  weights: Float32Array;
  /** Each GRU's state `[rows, hidden]` after the last step. */
  states: tf.Tensor2D[];
}

/**
 * From the tokens written last, one a row, the states and the memory to the next choices; `position`
 * is the number of the first step, from 0.
 */
export type Chooser = (
  tokens: tf.Tensor1D,
  states: tf.Tensor2D[],
  memory: Memory,
  wanted: Wanted,
  position: number,
) => Choices;

/**
 * Writes the target, one token a step: Embedding → Dropout → attention with the previous hidden
 * state as the query → concatenation of embedding and context → GRU (`numLayers` of them) → Dense.
 *
 * Called with `[tokens [batch, time], encoderOutputs, mask, state…]`, the last ones being the list
 * that `Encoder` returns, it gives `[logits [batch, time, vocab], attention_weights [batch, time,
 * sourceTime]]`. The tokens are those of the target shifted by one (teacher forcing). With several
 * layers the top one's previous state is the query. Source: section 5 of the article; Bahdanau et
 * al. 2014, arXiv 1409.0473.
 * @throws Fails with an Error when an argument makes no sense, when the target has no steps, and
 *   when the encoder has another `hiddenDim` or `numLayers`.
 */
export class Decoder extends Composite {
  static className = "Decoder";
  readonly args: Checked<DecoderArgs>;
  readonly embedding: tf.layers.Layer;
  readonly dropout: SeededDropout;
  readonly outputDropout: SeededDropout;
  readonly attention?: Attention;
  readonly grus: GRU[];
  readonly dense: tf.layers.Layer;
  protected readonly parts: tf.layers.Layer[];

  constructor(args: DecoderArgs) {
    super({ name: args.name, trainable: args.trainable });
    const { attention = "additive", halfWidth = 3, heads = 4, outputDropoutRate = 0 } = args;
    const own = { attention, halfWidth, heads, outputDropoutRate };
    this.args = { ...checkedCoderArgs("Decoder", args), ...own };
    const { vocabSize, embeddingDim, dropoutRate } = this.args;
    const seed = this.args.seed + 100; // other weights and masks than the encoder's
    this.embedding = seededEmbedding(vocabSize, embeddingDim, seed);
    this.dropout = new SeededDropout({ rate: dropoutRate, seed });
    this.outputDropout = new SeededDropout({ rate: outputDropoutRate, seed: seed + 3 });
    this.grus = stackOfGRUs({ ...this.args, seed });
    this.dense = tf.layers.dense({
      units: vocabSize,
      kernelInitializer: tf.initializers.glorotUniform({ seed: seed + 1 }),
      name: "dense",
    });
    this.parts = [this.embedding, this.dropout, ...this.grus, this.outputDropout, this.dense];
    this.attention = attentionOf(this.args);
    if (this.attention) this.parts.splice(2, 0, this.attention);
    this.freezeParts(args.frozenParts);
  }

  override build(): void {
    const { embeddingDim, hiddenDim } = this.args;
    buildPart(this.embedding, [1, 1]);
    if (this.attention) buildPart(this.attention, [1, hiddenDim], [1, 1, hiddenDim], [1, 1]);
    this.grus.forEach((gru, i) =>
      buildPart(gru, [1, 1, i === 0 ? embeddingDim + hiddenDim : hiddenDim]),
    );
    buildPart(this.dense, [1, hiddenDim]);
    this.built = true;
  }

  override call(inputs: tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor[] {
    return this.oncePerPass(inputs, kwargs, () => tf.tidy(() => this.decode(inputs, kwargs)));
  }

  private decode(inputs: tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor[] {
    const [tokens, encoderOutputs, mask, ...states] = inputs;
    const memory = this.remember(encoderOutputs as tf.Tensor3D, mask as tf.Tensor2D);
    const embedded = this.embedding.apply(tokens) as tf.Tensor; // [batch, time, embedding]
    const dropped = this.dropout.apply(embedded, kwargs) as tf.Tensor3D;
    const run = !this.runsFused()
      ? this.plain
      : this.attention
        ? this.fused
        : this.withoutAttention;
    const { outputs, weights } = run.call(this, dropped, states as tf.Tensor2D[], memory);
    const kept = this.outputDropout.apply(outputs, kwargs) as tf.Tensor3D;
    return [onEachPosition(this.dense, kept), weights];
  }

  /** Whether it takes the fused kernels now. */
  private runsFused(): boolean {
    return fusedKernels() && (this.attention?.canBeFused ?? true);
  }

  /** The sequence step by step, as the formula reads: what `fusedDecoder` computes faster. */
  plain(embedded: tf.Tensor3D, initialStates: tf.Tensor2D[], memory: Memory): DecoderSequence {
    const recurrences = this.grus.map((gru) => gru.recurrence());
    let states = initialStates;
    const steps = stepsOf(embedded).map((input, position) => {
      const step = this.stepStates(input, states, memory, recurrences, position);
      states = step.states;
      return step;
    });
    const outputs = steps.map((step) => step.states[step.states.length - 1]);
    const weights = steps.map((step) => step.weights);
    return {
      outputs: tf.stack(outputs, 1) as tf.Tensor3D,
      weights: tf.stack(weights, 1) as tf.Tensor3D,
    };
  }

  /** Without attention each step is given the same, and the GRUs run over the sequence alone. */
  private withoutAttention(
    embedded: tf.Tensor3D,
    initialStates: tf.Tensor2D[],
    memory: Memory,
  ): DecoderSequence {
    const everyStep = (same: tf.Tensor2D) =>
      same.expandDims(1).tile([1, embedded.shape[1], 1]) as tf.Tensor3D;
    const { context, weights } = lastOutput(memory);
    let outputs = tf.concat([embedded, everyStep(context)], 2);
    this.grus.forEach((gru, i) => (outputs = gru.states(outputs, initialStates[i])));
    return { outputs, weights: everyStep(weights) };
  }

  private fused(
    embedded: tf.Tensor3D,
    initialStates: tf.Tensor2D[],
    memory: Memory,
  ): DecoderSequence {
    const { states, weights } = fusedDecoder({
      embedded,
      keys: memory.keys,
      values: memory.values,
      maskScores: maskScores(memory.mask),
      additive: this.attention!.additive(),
      layers: this.grus.map((gru, l) => ({ initialState: initialStates[l], ...gru.tensors() })),
    });
    return { outputs: states, weights };
  }

  /** Prepares the encoder's outputs `[batch, sourceTime, hidden]` for the steps that follow. */
  remember(encoderOutputs: tf.Tensor3D, mask: tf.Tensor2D): Memory {
    return this.attention
      ? this.attention.remember(encoderOutputs, mask)
      : { keys: encoderOutputs, values: encoderOutputs, mask: lastPosition(mask) };
  }

  /**
   * One step of decoding: the tokens `[batch]` written last, each GRU's state, and what `remember`
   * returned, to the scores of the next token.
   * @param position Which step it is, from 0; only local monotonic attention has to know it.
   */
  step(tokens: tf.Tensor1D, states: tf.Tensor2D[], memory: Memory, position?: number): DecoderStep {
    return tf.tidy(() => {
      const embedded = this.embedding.apply(tokens.expandDims(1)) as tf.Tensor3D;
      const recurrences = this.grus.map((gru) => gru.recurrence());
      const next = this.stepStates(embedded.squeeze([1]), states, memory, recurrences, position);
      const logits = this.dense.apply(next.states[next.states.length - 1]) as tf.Tensor2D;
      return { logits, ...next };
    });
  }

  /** `step` and the choice of the most probable tokens; the weights are read once, here. */
  chooser(): Chooser {
    if (!this.runsFused()) return (...inputs) => this.choose(...inputs);
    const [kernel, bias] = this.dense.weights.map((weight) => weight.read());
    const weights = {
      embedding: this.embedding.weights[0].read() as tf.Tensor2D,
      attention: this.attention && { additive: this.attention.additive() },
      grus: this.grus.map((gru) => gru.tensors()),
      dense: { kernel, bias },
    };
    return (tokens, states, memory, wanted) =>
      fusedDecoderSteps({ tokens, states, memory, weights }, wanted);
  }

  private choose(...[tokens, states, memory, { count }, position]: Parameters<Chooser>): Choices {
    return tf.tidy(() => {
      const step = this.step(tokens, states, memory, position);
      return {
        steps: 1,
        ...mostProbable(step.logits, count),
        weights: step.weights.dataSync() as Float32Array,
        states: step.states,
      };
    });
  }

  /** Query → context → concatenation with the embedding → the stack of GRUs. */
  private stepStates(
    embedded: tf.Tensor2D,
    states: tf.Tensor2D[],
    memory: Memory,
    recurrences: Recurrence[],
    position?: number,
  ): { states: tf.Tensor2D[]; weights: tf.Tensor2D } {
    const query = states[states.length - 1];
    const { context, weights } = this.attention
      ? this.attention.attend(query, memory, position)
      : lastOutput(memory);
    let input = tf.concat([embedded, context], 1);
    const nextStates = this.grus.map((gru, i) => {
      input = recurrences[i](gru.projectStep(input), states[i]);
      return input;
    });
    return { states: nextStates, weights };
  }

  override computeOutputShape(inputShape: tf.Shape[]): tf.Shape[] {
    const [[batch, time], [, sourceTime]] = inputShape;
    // The last size of the logits is `vocabSize`. It is left open because tfjs's `fit` would
    // otherwise refuse targets [batch, time, 2] (see `targets`).
    return [
      [batch, time, null],
      [batch, time, sourceTime],
    ];
  }

  /** Names the second output `attention_weights`, so that another model can ask for it. */
  override apply(
    inputs: tf.Tensor | tf.Tensor[] | tf.SymbolicTensor | tf.SymbolicTensor[],
    kwargs?: Parameters<tf.layers.Layer["apply"]>[1],
  ) {
    this.checkInputs(Array.isArray(inputs) ? inputs : [inputs]);
    const outputs = super.apply(inputs, kwargs);
    const weights = (outputs as tf.SymbolicTensor[])[1];
    if (weights instanceof tf.SymbolicTensor) {
      Object.assign(weights, { name: attentionName(inputs as tf.SymbolicTensor[]) });
    }
    return outputs;
  }

  private checkInputs(inputs: (tf.Tensor | tf.SymbolicTensor)[]): void {
    const { numLayers, hiddenDim } = this.args;
    const states = Math.max(0, inputs.length - 3);
    if (states !== numLayers) {
      throw new Error(
        `Decoder: numLayers is ${numLayers}, but ${states} states follow [tokens, encoderOutputs, ` +
          "mask]. Give the encoder as many layers as the decoder.",
      );
    }
    const [tokens, encoderOutputs] = inputs;
    if (tokens.shape[1] === 0) {
      throw new Error(
        `Decoder: the tokens have no steps (shape [${tokens.shape}]). Begin each row with START.`,
      );
    }
    if (encoderOutputs.shape[2] !== hiddenDim) {
      throw new Error(
        `Decoder: hiddenDim is ${hiddenDim}, but the encoder's is ${encoderOutputs.shape[2]}: ` +
          `its outputs have shape [${encoderOutputs.shape}]. Give both the same hiddenDim.`,
      );
    }
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.args };
  }
}
tf.serialization.registerClass(Decoder);

/** The attention that a decoder's arguments ask for. */
function attentionOf(args: Checked<DecoderArgs>): Attention | undefined {
  const { attention, halfWidth, heads } = args;
  const shared = { units: args.hiddenDim, seed: args.seed + 102, name: "attention" };
  const local = { ...shared, score: "general", halfWidth } as const;
  if (!attentionKinds.includes(attention)) {
    throw new Error(
      `Decoder: attention is "${attention}"; it is one of ${attentionKinds.join(", ")}.`,
    );
  }
  switch (attention) {
    case "none":
      return undefined;
    case "localMonotonic":
      return new LocalAttention({ ...local, window: "monotonic" });
    case "localPredictive":
      return new LocalAttention({ ...local, window: "predictive" });
    case "multiHead":
      return new MultiHeadAttention({ ...shared, heads });
    default:
      return new Attention({ ...shared, score: attention });
  }
}

/** The `count` most probable tokens of each row of logits `[rows, vocab]`, as `Choices` has them. */
export function mostProbable(
  logits: tf.Tensor2D,
  count: number,
): Pick<Choices, "tokens" | "logProbabilities"> {
  return tf.tidy(() => {
    const { values, indices } = tf.topk(logits, count);
    const logProbabilities = values.sub(tf.logSumExp(logits, 1, true));
    return {
      tokens: indices.dataSync() as Int32Array,
      logProbabilities: logProbabilities.dataSync() as Float32Array,
    };
  });
}

/** How many decoders a symbolic tensor feeds. */
const decodersFed = new WeakMap<tf.SymbolicTensor, number>();

/**
 * `attention_weights`, and `attention_weights_1`, … for further decoders on the same inputs: tfjs
 * tells the tensors of a graph apart by their names alone.
 */
function attentionName(inputs: tf.SymbolicTensor[]): string {
  const earlier = Math.max(...inputs.map((input) => decodersFed.get(input) ?? 0));
  for (const input of inputs) decodersFed.set(input, earlier + 1);
  return earlier === 0 ? "attention_weights" : `attention_weights_${earlier}`;
}

/** Without attention: all the weight on the one position that `remember` left in the mask. */
function lastOutput({ values, mask }: Memory): Looked {
  return { context: weightedSum(mask, values), weights: mask };
}

/** 1 on the last real position of each row `[batch, sourceTime]`: without attention, all it sees. */
function lastPosition(mask: tf.Tensor2D): tf.Tensor2D {
  const realFromHere = tf.cumsum(mask, 1, false, true); // counted from the right, itself included
  return mask.mul(realFromHere.equal(1));
}
