import { tf } from "../backend";
import { onEachPosition } from "./attention";
import { buildPart, Composite } from "./composite";
import { SeededDropout } from "./dropout";
import { fusedEncoder } from "./fused/encoder";
import { fusedKernels } from "./fused/switch";
import { GRU } from "./gru";
import type { CompositeArgs } from "./layer-args";

/** The arguments that the encoder and the decoder share, as in section 5 of the article. */
export interface CoderArgs extends CompositeArgs {
  /** How many tokens there are, padding included. */
  vocabSize: number;
  /** The length of a token's embedding. */
  embeddingDim: number;
  /** The length of the hidden state. */
  hiddenDim: number;
  /** How many GRUs stand on top of each other; 1 unless given. */
  numLayers?: number;
  /** The share of the embeddings' numbers that training drops; 0 unless given. */
  dropoutRate?: number;
  /** Where the GRUs' reset gate acts: see `GRUArgs`; `false` unless given. */
  resetAfter?: boolean;
  /** Seed of the initial weights and of the dropout; 0 unless given. */
  seed?: number;
}

/** The arguments of a layer of its own kind, every default filled in. */
export type Checked<Args extends CompositeArgs> = Required<Omit<Args, keyof CompositeArgs>>;

/** The shared arguments with every default filled in; throws where one makes no sense. */
export function checkedCoderArgs(layer: string, args: CoderArgs): Checked<CoderArgs> {
  const { vocabSize, embeddingDim, hiddenDim } = args;
  const { numLayers = 1, dropoutRate = 0, resetAfter = false, seed = 0 } = args;
  for (const [name, value] of Object.entries({ vocabSize, embeddingDim, hiddenDim, numLayers })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new Error(`${layer}: ${name} is ${value}; it is a whole number, at least 1.`);
    }
  }
  if (!(dropoutRate >= 0 && dropoutRate < 1)) {
    throw new Error(
      `${layer}: dropoutRate is ${dropoutRate}; it is a share, at least 0 and below 1.`,
    );
  }
  return { vocabSize, embeddingDim, hiddenDim, numLayers, dropoutRate, resetAfter, seed };
}

/**
 * Reads the source: Embedding → Dropout → GRU (`numLayers` of them) → Dense.
 *
 * Called with token ids `[batch, time]`, 0 for padding, it returns a list: the outputs
 * `[batch, time, hidden]`, the mask `[batch, time]` (1 on real tokens), and each GRU's last state
 * `[batch, hidden]`. It can also be called with `[tokens, state…]`, an initial state for each GRU.
 * Source: section 5 of the article.
 * @throws Fails with an Error when an argument makes no sense, when the source has no steps, and
 *   when the initial states are not as many as the GRUs.
 */
export class Encoder extends Composite {
  static className = "Encoder";
  readonly args: Checked<CoderArgs>;
  readonly embedding: tf.layers.Layer;
  readonly dropout: SeededDropout;
  readonly grus: GRU[];
  readonly dense: tf.layers.Layer;
  protected readonly parts: tf.layers.Layer[];

  constructor(args: CoderArgs) {
    super({ name: args.name, trainable: args.trainable });
    this.args = checkedCoderArgs("Encoder", args);
    const { vocabSize, embeddingDim, hiddenDim, seed } = this.args;
    this.embedding = seededEmbedding(vocabSize, embeddingDim, seed);
    this.dropout = new SeededDropout({ rate: this.args.dropoutRate, seed });
    this.grus = stackOfGRUs(this.args);
    this.dense = tf.layers.dense({
      units: hiddenDim,
      kernelInitializer: tf.initializers.glorotUniform({ seed: seed + 1 }),
      name: "dense",
    });
    this.parts = [this.embedding, this.dropout, ...this.grus, this.dense];
    this.freezeParts(args.frozenParts);
  }

  override build(): void {
    const { embeddingDim, hiddenDim } = this.args;
    buildPart(this.embedding, [1, 1]);
    this.grus.forEach((gru, i) => buildPart(gru, [1, 1, i === 0 ? embeddingDim : hiddenDim]));
    buildPart(this.dense, [1, hiddenDim]);
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor[] {
    const list = Array.isArray(inputs) ? inputs : [inputs];
    return this.oncePerPass(list, kwargs, () => tf.tidy(() => this.encode(list, kwargs)));
  }

  private encode([tokens, ...initialStates]: tf.Tensor[], kwargs: { training?: boolean }) {
    const { numLayers } = this.args;
    if (initialStates.length !== 0 && initialStates.length !== numLayers) {
      throw new Error(
        `Encoder: numLayers is ${numLayers}, but ${initialStates.length} initial states follow the ` +
          "tokens. Give one for each GRU, or none.",
      );
    }
    const mask = tokens.notEqual(0).cast("float32"); // [batch, time]
    let sequence = this.embedding.apply(tokens) as tf.Tensor; // [batch, time, embedding]
    sequence = this.dropout.apply(sequence, kwargs) as tf.Tensor;
    const states: tf.Tensor[] = [];
    this.grus.forEach((gru, i) => {
      const initialState = initialStates.length > 0 ? [initialStates[i]] : [];
      const [outputs, state] = gru.apply([sequence, mask, ...initialState]) as tf.Tensor[];
      sequence = outputs; // [batch, time, hidden]
      states.push(state);
    });
    return [onEachPosition(this.dense, sequence as tf.Tensor3D), mask, ...states];
  }

  /** For decoding: what `apply` gives for tokens `[batch, time]`, faster and without a gradient. */
  read(tokens: tf.Tensor2D): tf.Tensor[] {
    const empty = tokens.shape[1] === 0; // `apply` says what is wrong with it
    if (empty || !fusedKernels()) return this.apply(tokens) as tf.Tensor[];
    const [kernel, bias] = this.dense.weights.map((weight) => weight.read());
    return fusedEncoder(tokens, {
      embedding: this.embedding.weights[0].read(),
      grus: this.grus.map((gru) => gru.tensors()),
      dense: { kernel, bias },
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape[] {
    const [batch, time] = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as tf.Shape;
    const { hiddenDim } = this.args;
    return [[batch, time, hiddenDim], [batch, time], ...this.grus.map(() => [batch, hiddenDim])];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.args };
  }
}
tf.serialization.registerClass(Encoder);

/** An embedding with Keras's initial values, drawn from a seed. */
export function seededEmbedding(vocabSize: number, embeddingDim: number, seed: number) {
  return tf.layers.embedding({
    inputDim: vocabSize,
    outputDim: embeddingDim,
    embeddingsInitializer: tf.initializers.randomUniform({ minval: -0.05, maxval: 0.05, seed }),
    name: "embedding",
  });
}

/** `numLayers` GRUs, named gru_1, gru_2, …, each with initial weights of its own. */
export function stackOfGRUs(args: Checked<CoderArgs>): GRU[] {
  const { hiddenDim: units, numLayers, resetAfter, seed } = args;
  return Array.from(
    { length: numLayers },
    (_, i) => new GRU({ units, resetAfter, seed: seed + 10 * (i + 1), name: `gru_${i + 1}` }),
  );
}
