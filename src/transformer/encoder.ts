import { tf } from "../backend";
import { buildPart, Composite } from "../layers/composite";
import { type CheckedStackArgs, checkedStackArgs, type StackArgs } from "./args";
import { EncoderBlock } from "./encoder-block";
import { LayerNormalization } from "./layer-normalization";
import { TokenEmbedding } from "./token-embedding";

/**
 * Reads the source, all positions at once: embedding + position → `numLayers` blocks → norm.
 *
 * Called with token ids `[batch, time]`, 0 for padding, it returns `[outputs [batch, time, modelDim],
 * mask [batch, time]]`, the mask 1 on real tokens. Source: Vaswani et al. 2017, arXiv 1706.03762,
 * figure 1, on the left.
 * @throws Fails with an Error when an argument makes no sense.
 */
export class TransformerEncoder extends Composite {
  static className = "TransformerEncoder";
  readonly args: CheckedStackArgs;
  readonly embedding: TokenEmbedding;
  readonly blocks: EncoderBlock[];
  /** Pre-norm blocks leave their sums as they are, so the last word is a norm's. */
  readonly norm = new LayerNormalization({ name: "norm" });
  protected readonly parts: tf.layers.Layer[];

  constructor(args: StackArgs) {
    super({ name: args.name, trainable: args.trainable });
    this.args = checkedStackArgs("TransformerEncoder", args);
    this.embedding = new TokenEmbedding(this.args);
    this.blocks = Array.from(
      { length: this.args.numLayers },
      (_, i) =>
        new EncoderBlock({
          ...this.args,
          seed: this.args.seed + 20 * (i + 1),
          name: `block_${i + 1}`,
        }),
    );
    this.parts = [this.embedding, ...this.blocks, this.norm];
    this.freezeParts(args.frozenParts);
  }

  override build(): void {
    const x = [1, 1, this.args.modelDim];
    buildPart(this.embedding, [1, 1]);
    for (const block of this.blocks) buildPart(block, x, [1, 1, 1]);
    buildPart(this.norm, x);
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor[] {
    const [tokens] = Array.isArray(inputs) ? inputs : [inputs];
    return this.oncePerPass([tokens], kwargs, () =>
      tf.tidy(() => {
        const { outputs, mask } = this.encode(tokens, kwargs);
        return [outputs, mask];
      }),
    );
  }

  /** What `call` does, and the attention weights of each block, `[batch, heads, time, time]`. */
  encode(tokens: tf.Tensor, kwargs: { training?: boolean } = {}) {
    const mask = tokens.notEqual(0).cast("float32") as tf.Tensor2D;
    const notThePadding = mask.expandDims(1) as tf.Tensor3D; // the same for every query
    let x = this.embedding.embed(tokens, kwargs);
    const weights = this.blocks.map((block) => {
      const { output, weights } = block.encode(x, notThePadding, kwargs);
      x = output;
      return weights;
    });
    return { outputs: this.norm.apply(x) as tf.Tensor3D, mask, weights };
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape[] {
    const [batch, time] = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as tf.Shape;
    return [
      [batch, time, this.args.modelDim],
      [batch, time],
    ];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.args };
  }
}
tf.serialization.registerClass(TransformerEncoder);
