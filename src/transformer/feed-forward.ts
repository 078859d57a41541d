import { tf } from "../backend";
import { onEachPosition } from "../layers/attention";
import { buildPart, Composite } from "../layers/composite";
import type { LayerArgs } from "../layers/layer-args";
import { seededDense } from "./dense";

export interface FeedForwardArgs extends LayerArgs {
  /** The width of what comes in and goes out. */
  modelDim: number;
  /** The width of the hidden layer. */
  feedForwardDim: number;
  /** Seed of the initial weights; 0 unless given. */
  seed?: number;
}

/**
 * A small network for each position by itself: max(0, x·W₁ + b₁)·W₂ + b₂.
 *
 * `[batch, time, modelDim]` → the same shape. Attention gathers; this is where a position thinks
 * about what was gathered. Source: Vaswani et al. 2017, arXiv 1706.03762, equation 2.
 */
export class FeedForward extends Composite {
  static className = "FeedForward";
  readonly args: Required<Omit<FeedForwardArgs, keyof LayerArgs>>;
  readonly inner: tf.layers.Layer;
  readonly outer: tf.layers.Layer;
  protected readonly parts: tf.layers.Layer[];

  constructor(args: FeedForwardArgs) {
    super({ name: args.name, trainable: args.trainable });
    const { modelDim, feedForwardDim, seed = 0 } = args;
    this.args = { modelDim, feedForwardDim, seed };
    this.inner = seededDense("inner", feedForwardDim, seed);
    this.outer = seededDense("outer", modelDim, seed + 1);
    this.parts = [this.inner, this.outer];
  }

  override build(): void {
    buildPart(this.inner, [1, this.args.modelDim]);
    buildPart(this.outer, [1, this.args.feedForwardDim]);
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor3D;
    return tf.tidy(() => {
      const hidden = tf.maximum(onEachPosition(this.inner, x), 0); // tf.relu's gradient is slow
      return onEachPosition(this.outer, hidden as tf.Tensor3D);
    });
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.args };
  }
}
tf.serialization.registerClass(FeedForward);
