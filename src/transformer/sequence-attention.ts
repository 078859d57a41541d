import { tf } from "../backend";
import { onEachPosition } from "../layers/attention";
import { buildPart, Composite } from "../layers/composite";
import type { LayerArgs } from "../layers/layer-args";
import { maskScores } from "../layers/mask";
import { seededDense } from "./dense";

export interface SequenceAttentionArgs extends LayerArgs {
  /** The width of what comes in and goes out. */
  modelDim: number;
  /** How many heads look side by side, each with `modelDim / heads` numbers of its own. */
  heads: number;
  /** Seed of the initial weights; 0 unless given. */
  seed?: number;
}

/** The keys and values of what is looked at, one set for each head. */
export type KeysAndValues = {
  /** `[batch, heads, time, modelDim / heads]`. */
  keys: tf.Tensor4D;
  /** `[batch, heads, time, modelDim / heads]`. */
  values: tf.Tensor4D;
};

/** What all heads found. */
export interface HeadsOutput {
  /** `[batch, queryTime, modelDim]`. */
  output: tf.Tensor3D;
  /** `[batch, heads, queryTime, time]`: how much each query of each head looked at each position. */
  weights: tf.Tensor4D;
}

/**
 * Multi-head attention for a whole sequence of queries at once (`MultiHeadAttention`, which a GRU's
 * decoder uses, takes one query at a time):
 *
 *     head_h = softmax(Q_h·K_hᵀ / √d_h)·V_h      Q = x·Wq + bq   K = y·Wk + bk   V = y·Wv + bv
 *     output = [head_1 … head_H]·Wo + bo
 *
 * where Q_h, K_h and V_h are the h-th part of Q, K and V, d_h = modelDim / heads columns wide.
 *
 * Called with `[x [batch, queryTime, modelDim], y [batch, time, modelDim], mask]` it returns
 * `[output [batch, queryTime, modelDim], weights [batch, heads, queryTime, time]]`. It is
 * self-attention where x and y are the same. The mask is 1 where a query may look, 0 where it may
 * not: `[batch, queryTime, time]`, or 1 in the place of a size along which it is the same.
 * Source: Vaswani et al. 2017, arXiv 1706.03762, section 3.2.2.
 * @throws Fails with an Error when `heads` does not divide `modelDim`, or one is no whole number.
 */
export class SequenceAttention extends Composite {
  static className = "SequenceAttention";
  readonly modelDim: number;
  readonly heads: number;
  /** Makes the queries of all heads. */
  readonly Wq: tf.layers.Layer;
  /** Makes the keys of all heads. */
  readonly Wk: tf.layers.Layer;
  /** Makes the values of all heads. */
  readonly Wv: tf.layers.Layer;
  /** Mixes what the heads found. */
  readonly Wo: tf.layers.Layer;
  protected readonly parts: tf.layers.Layer[];
  private readonly seed: number;

  constructor(args: SequenceAttentionArgs) {
    super({ name: args.name, trainable: args.trainable });
    const { modelDim, heads, seed = 0 } = args;
    for (const [name, value] of Object.entries({ modelDim, heads })) {
      if (Number.isInteger(value) && value >= 1) continue;
      throw new Error(`SequenceAttention: ${name} is ${value}; it is a whole number, at least 1.`);
    }
    if (modelDim % heads !== 0) {
      throw new Error(
        `SequenceAttention: modelDim is ${modelDim} and heads ${heads}, but each head gets as ` +
          "many numbers as the others. Choose heads that divide modelDim.",
      );
    }
    this.modelDim = modelDim;
    this.heads = heads;
    this.seed = seed;
    this.Wq = seededDense("Wq", modelDim, seed);
    this.Wk = seededDense("Wk", modelDim, seed + 1);
    this.Wv = seededDense("Wv", modelDim, seed + 2);
    this.Wo = seededDense("Wo", modelDim, seed + 3);
    this.parts = [this.Wq, this.Wk, this.Wv, this.Wo];
  }

  override build(): void {
    for (const part of this.parts) buildPart(part, [1, this.modelDim]);
    this.built = true;
  }

  override call([x, y, mask]: tf.Tensor[]): tf.Tensor[] {
    return tf.tidy(() => {
      const looked = this.remember(y as tf.Tensor3D);
      const { output, weights } = this.attend(x as tf.Tensor3D, looked, mask as tf.Tensor3D);
      return [output, weights];
    });
  }

  /** The keys and values of a sequence `[batch, time, modelDim]`, computed once for all queries. */
  remember(y: tf.Tensor3D): KeysAndValues {
    const keys = this.splitHeads(onEachPosition(this.Wk, y));
    return { keys, values: this.splitHeads(onEachPosition(this.Wv, y)) };
  }

  /** What `x [batch, queryTime, modelDim]` finds in the keys and values, through the mask. */
  attend(x: tf.Tensor3D, { keys, values }: KeysAndValues, mask: tf.Tensor3D): HeadsOutput {
    const queries = this.splitHeads(onEachPosition(this.Wq, x));
    const headDim = this.modelDim / this.heads;
    const scores = tf.matMul(queries.div(Math.sqrt(headDim)), keys, false, true);
    const forEachHead = maskScores(mask.expandDims(1)); // [batch, 1, queryTime, time]
    const weights = tf.softmax(scores.add(forEachHead)) as tf.Tensor4D;
    const context = tf.matMul(weights, values) as tf.Tensor4D;
    return { output: onEachPosition(this.Wo, this.joinHeads(context)), weights };
  }

  /** `[batch, time, modelDim]` → `[batch, heads, time, modelDim / heads]`. */
  private splitHeads(x: tf.Tensor3D): tf.Tensor4D {
    const [batch, time] = x.shape;
    return x.reshape([batch, time, this.heads, -1]).transpose([0, 2, 1, 3]) as tf.Tensor4D;
  }

  /** `[batch, heads, time, modelDim / heads]` → `[batch, time, modelDim]`. */
  private joinHeads(x: tf.Tensor4D): tf.Tensor3D {
    const [batch, , time] = x.shape;
    return x.transpose([0, 2, 1, 3]).reshape([batch, time, this.modelDim]);
  }

  override computeOutputShape(inputShape: tf.Shape[]): tf.Shape[] {
    const [[batch, queryTime], [, time]] = inputShape;
    return [
      [batch, queryTime, this.modelDim],
      [batch, this.heads, queryTime, time],
    ];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { modelDim, heads, seed } = this;
    return { ...super.getConfig(), modelDim, heads, seed };
  }
}
tf.serialization.registerClass(SequenceAttention);
