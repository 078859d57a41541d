import { tf } from "../backend";
import { onEachPosition } from "../layers/attention";
import { buildPart, Composite } from "../layers/composite";
import { type CheckedStackArgs, checkedStackArgs, type StackArgs } from "./args";
import { type BlockMemory, type BlockOutput, DecoderBlock } from "./decoder-block";
import { seededDense } from "./dense";
import { LayerNormalization } from "./layer-normalization";
import { TokenEmbedding } from "./token-embedding";

/**
 * Writes the target: embedding + position → `numLayers` blocks → norm → dense.
 *
 * Called with `[tokens [batch, time], encoderOutputs [batch, sourceTime, modelDim], mask [batch,
 * sourceTime]]`, the last two being what `TransformerEncoder` returns, it gives the logits `[batch,
 * time, vocab]`. In training all positions are computed at once, as no position sees a later one; in
 * use `decode` reads one token after the other and keeps the keys and values of those before.
 * Source: Vaswani et al. 2017, arXiv 1706.03762, figure 1, on the right.
 * @throws Fails with an Error when an argument makes no sense, or the encoder has another width.
 */
export class TransformerDecoder extends Composite {
  static className = "TransformerDecoder";
  readonly args: CheckedStackArgs;
  readonly embedding: TokenEmbedding;
  readonly blocks: DecoderBlock[];
  readonly norm = new LayerNormalization({ name: "norm" });
  readonly dense: tf.layers.Layer;
  protected readonly parts: tf.layers.Layer[];

  constructor(args: StackArgs) {
    super({ name: args.name, trainable: args.trainable });
    this.args = checkedStackArgs("TransformerDecoder", args);
    const seed = this.args.seed + 1000; // other weights and masks than the encoder's
    this.embedding = new TokenEmbedding({ ...this.args, seed });
    this.blocks = Array.from(
      { length: this.args.numLayers },
      (_, i) =>
        new DecoderBlock({ ...this.args, seed: seed + 20 * (i + 1), name: `block_${i + 1}` }),
    );
    this.dense = seededDense("dense", this.args.vocabSize, seed + 1);
    this.parts = [this.embedding, ...this.blocks, this.norm, this.dense];
    this.freezeParts(args.frozenParts);
  }

  override build(inputShape: tf.Shape[]): void {
    const { modelDim } = this.args;
    const encoderDim = inputShape[1][2];
    if (encoderDim !== modelDim) {
      throw new Error(
        `TransformerDecoder: modelDim is ${modelDim}, but the encoder's is ${encoderDim}. ` +
          "Give both the same modelDim.",
      );
    }
    const x = [1, 1, modelDim];
    buildPart(this.embedding, [1, 1]);
    for (const block of this.blocks) buildPart(block, x, x, [1, 1]);
    buildPart(this.norm, x);
    buildPart(this.dense, [1, modelDim]);
    this.built = true;
  }

  override call(inputs: tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    return tf.tidy(() => {
      const [tokens, encoderOutputs, mask] = inputs as [tf.Tensor2D, tf.Tensor3D, tf.Tensor2D];
      return this.decode(tokens, this.remember(encoderOutputs, mask), kwargs).logits;
    });
  }

  /** Prepares the encoder's outputs for each block: their keys and values are computed once. */
  remember(encoderOutputs: tf.Tensor3D, mask: tf.Tensor2D): BlockMemory[] {
    const sourceMask = mask.expandDims(1) as tf.Tensor3D; // the same for every query
    return this.blocks.map(({ crossAttention }) => {
      return { source: crossAttention.remember(encoderOutputs), sourceMask };
    });
  }

  /**
   * Reads tokens `[batch, time]`, which stand behind those that the blocks' memories have as
   * written: the logits `[batch, time, vocab]`, and what each block gives, from the lowest up.
   */
  decode(tokens: tf.Tensor2D, memories: BlockMemory[], kwargs: { training?: boolean } = {}) {
    const past = memories[0].written?.keys.shape[2] ?? 0;
    let x = this.embedding.embed(tokens, kwargs, past);
    const blocks: BlockOutput[] = this.blocks.map((block, i) => {
      const result = block.decode(x, memories[i], kwargs);
      x = result.output;
      return result;
    });
    const logits = onEachPosition(this.dense, this.norm.apply(x) as tf.Tensor3D);
    return { logits, blocks };
  }

  override computeOutputShape([[batch, time]]: tf.Shape[]): tf.Shape {
    // The last size is `vocabSize`. It is left open because tfjs's `fit` would otherwise refuse
    // targets [batch, time, 2] (see `targets`).
    return [batch, time, null];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.args };
  }
}
tf.serialization.registerClass(TransformerDecoder);
