import { tf } from "../backend";
import { buildPart, Composite } from "../layers/composite";
import { SeededDropout } from "../layers/dropout";
import type { BlockArgs, CheckedBlockArgs } from "./args";
import { FeedForward } from "./feed-forward";
import { LayerNormalization } from "./layer-normalization";
import { causalMask } from "./causal-mask";
import { type KeysAndValues, SequenceAttention } from "./sequence-attention";

/** What a block of the decoder looks at. */
export type BlockMemory = {
  /** The keys and values of the encoder's outputs, and which of them are no padding. */
  source: KeysAndValues;
  /** `[batch, 1, sourceTime]`. */
  sourceMask: tf.Tensor3D;
  /** The keys and values of what was written before; none at the beginning. */
  written?: KeysAndValues;
};

/** What a block of the decoder gives. */
export interface BlockOutput {
  /** `[batch, time, modelDim]`. */
  output: tf.Tensor3D;
  /** The keys and values of what was written before and of what was read now. */
  written: KeysAndValues;
  /** `[batch, heads, time, past + time]`: how much each position looked at what was written. */
  selfWeights: tf.Tensor4D;
  /** `[batch, heads, time, sourceTime]`: how much it looked at the source. */
  crossWeights: tf.Tensor4D;
}

/**
 * One block of the decoder: every position looks at what was written up to itself, then at the
 * source, then thinks by itself.
 *
 *     x ← x + dropout(selfAttention(norm(x)))           with a causal mask
 *     x ← x + dropout(crossAttention(norm(x), source))
 *     x ← x + dropout(feedForward(norm(x)))
 *
 * Called with `[x [batch, time, modelDim], encoderOutputs [batch, sourceTime, modelDim], mask
 * [batch, sourceTime]]` it returns x. The mask is 1 on real source tokens. (The target needs no mask
 * against padding: padding stands behind all that is real, where the causal mask does not let it
 * look.) Source: Vaswani et al. 2017, arXiv 1706.03762, section 3.1; for the rest see `EncoderBlock`.
 * @throws Fails with an Error when an argument makes no sense.
 */
export class DecoderBlock extends Composite {
  static className = "DecoderBlock";
  readonly args: CheckedBlockArgs;
  readonly norm1 = new LayerNormalization({ name: "norm_1" });
  readonly norm2 = new LayerNormalization({ name: "norm_2" });
  readonly norm3 = new LayerNormalization({ name: "norm_3" });
  readonly selfAttention: SequenceAttention;
  readonly crossAttention: SequenceAttention;
  readonly feedForward: FeedForward;
  readonly dropout1: SeededDropout;
  readonly dropout2: SeededDropout;
  readonly dropout3: SeededDropout;
  protected readonly parts: tf.layers.Layer[];

  constructor(args: BlockArgs) {
    super({ name: args.name, trainable: args.trainable });
    const { modelDim, heads, feedForwardDim, dropoutRate: rate = 0, seed = 0 } = args;
    this.args = { modelDim, heads, feedForwardDim, dropoutRate: rate, seed };
    const attention = (name: string, seed: number) =>
      new SequenceAttention({ modelDim, heads, seed, name });
    this.selfAttention = attention("self_attention", seed);
    this.crossAttention = attention("cross_attention", seed + 4);
    this.feedForward = new FeedForward({
      modelDim,
      feedForwardDim,
      seed: seed + 8,
      name: "feed_forward",
    });
    this.dropout1 = new SeededDropout({ rate, seed });
    this.dropout2 = new SeededDropout({ rate, seed: seed + 1 });
    this.dropout3 = new SeededDropout({ rate, seed: seed + 2 });
    this.parts = [
      ...[this.norm1, this.selfAttention, this.dropout1],
      ...[this.norm2, this.crossAttention, this.dropout2],
      ...[this.norm3, this.feedForward, this.dropout3],
    ];
  }

  override build(): void {
    const x = [1, 1, this.args.modelDim];
    const onX = [this.norm1, this.norm2, this.norm3, this.feedForward];
    for (const part of onX) buildPart(part, x);
    for (const part of [this.selfAttention, this.crossAttention]) buildPart(part, x, x, [1, 1, 1]);
    this.built = true;
  }

  override call(inputs: tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    return tf.tidy(() => {
      const [x, encoderOutputs, mask] = inputs as [tf.Tensor3D, tf.Tensor3D, tf.Tensor2D];
      const source = this.crossAttention.remember(encoderOutputs);
      const sourceMask = mask.expandDims(1) as tf.Tensor3D;
      return this.decode(x, { source, sourceMask }, kwargs).output;
    });
  }

  /** Reads the tokens at the positions behind those in `written`. */
  decode(x: tf.Tensor3D, memory: BlockMemory, kwargs: { training?: boolean }): BlockOutput {
    const [, time] = x.shape;
    let normal = this.norm1.apply(x) as tf.Tensor3D;
    const written = append(memory.written, this.selfAttention.remember(normal));
    const notTheFuture = causalMask(time, written.keys.shape[2] - time);
    const self = this.selfAttention.attend(normal, written, notTheFuture);
    x = x.add(this.dropout1.apply(self.output, kwargs) as tf.Tensor3D);

    normal = this.norm2.apply(x) as tf.Tensor3D;
    const cross = this.crossAttention.attend(normal, memory.source, memory.sourceMask);
    x = x.add(this.dropout2.apply(cross.output, kwargs) as tf.Tensor3D);

    const thought = this.feedForward.apply(this.norm3.apply(x)) as tf.Tensor3D;
    x = x.add(this.dropout3.apply(thought, kwargs) as tf.Tensor3D);
    return { output: x, written, selfWeights: self.weights, crossWeights: cross.weights };
  }

  override computeOutputShape([x]: tf.Shape[]): tf.Shape {
    return x;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.args };
  }
}
tf.serialization.registerClass(DecoderBlock);

function append(past: KeysAndValues | undefined, now: KeysAndValues): KeysAndValues {
  if (!past) return now;
  return {
    keys: tf.concat([past.keys, now.keys], 2),
    values: tf.concat([past.values, now.values], 2),
  };
}
