import { tf } from "../backend";
import { buildPart, Composite } from "../layers/composite";
import { SeededDropout } from "../layers/dropout";
import type { BlockArgs, CheckedBlockArgs } from "./args";
import { FeedForward } from "./feed-forward";
import { LayerNormalization } from "./layer-normalization";
import { type HeadsOutput, SequenceAttention } from "./sequence-attention";

/**
 * One block of the encoder: every position looks at all of them, then each thinks by itself.
 *
 *     x ← x + dropout(attention(norm(x)))
 *     x ← x + dropout(feedForward(norm(x)))
 *
 * What a part finds is *added* to x (residual), so x itself arrives above unharmed, and the gradient
 * below. The norms stand before the parts ("pre-norm"); the first transformer had them behind the
 * sums ("post-norm"), and needed many steps of warm-up before it learnt.
 *
 * Called with `[x [batch, time, modelDim], mask]`, the mask as `SequenceAttention` takes it, it
 * returns `[x, weights [batch, heads, time, time]]`. Sources: Vaswani et al. 2017, arXiv 1706.03762,
 * section 3.1; He et al. 2015, arXiv 1512.03385 (residual); Xiong et al. 2020, arXiv 2002.04745
 * (where the norm belongs).
 * @throws Fails with an Error when an argument makes no sense.
 */
export class EncoderBlock extends Composite {
  static className = "EncoderBlock";
  readonly args: CheckedBlockArgs;
  readonly norm1 = new LayerNormalization({ name: "norm_1" });
  readonly norm2 = new LayerNormalization({ name: "norm_2" });
  readonly attention: SequenceAttention;
  readonly feedForward: FeedForward;
  readonly dropout1: SeededDropout;
  readonly dropout2: SeededDropout;
  protected readonly parts: tf.layers.Layer[];

  constructor(args: BlockArgs) {
    super({ name: args.name, trainable: args.trainable });
    const { modelDim, heads, feedForwardDim, dropoutRate: rate = 0, seed = 0 } = args;
    this.args = { modelDim, heads, feedForwardDim, dropoutRate: rate, seed };
    this.attention = new SequenceAttention({ modelDim, heads, seed, name: "attention" });
    this.feedForward = new FeedForward({
      modelDim,
      feedForwardDim,
      seed: seed + 4,
      name: "feed_forward",
    });
    this.dropout1 = new SeededDropout({ rate, seed });
    this.dropout2 = new SeededDropout({ rate, seed: seed + 1 });
    this.parts = [
      this.norm1,
      this.attention,
      this.dropout1,
      this.norm2,
      this.feedForward,
      this.dropout2,
    ];
  }

  override build(): void {
    const x = [1, 1, this.args.modelDim];
    for (const part of [this.norm1, this.norm2, this.feedForward]) buildPart(part, x);
    buildPart(this.attention, x, x, [1, 1, 1]);
    this.built = true;
  }

  override call([x, mask]: tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor[] {
    return this.oncePerPass([x, mask], kwargs, () =>
      tf.tidy(() => {
        const { output, weights } = this.encode(x as tf.Tensor3D, mask as tf.Tensor3D, kwargs);
        return [output, weights];
      }),
    );
  }

  /** What `call` does, with names for what it returns. */
  encode(x: tf.Tensor3D, mask: tf.Tensor3D, kwargs: { training?: boolean }): HeadsOutput {
    const normal = this.norm1.apply(x) as tf.Tensor3D;
    const attended = this.attention.attend(normal, this.attention.remember(normal), mask);
    x = x.add(this.dropout1.apply(attended.output, kwargs) as tf.Tensor3D);
    const thought = this.feedForward.apply(this.norm2.apply(x)) as tf.Tensor3D;
    x = x.add(this.dropout2.apply(thought, kwargs) as tf.Tensor3D);
    return { output: x, weights: attended.weights };
  }

  override computeOutputShape([x]: tf.Shape[]): tf.Shape[] {
    return [x, [x[0], this.args.heads, x[1], x[1]]];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.args };
  }
}
tf.serialization.registerClass(EncoderBlock);
