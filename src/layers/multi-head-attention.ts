import { tf } from "../backend";
import {
  Attention,
  type AttentionArgs,
  type Looked,
  type Memory,
  onEachPosition,
  project,
} from "./attention";
import { buildPart } from "./composite";
import { maskScores } from "./mask";

export interface MultiHeadAttentionArgs extends Omit<AttentionArgs, "score"> {
  /** How many heads look at the same time; they share out the `units` among them. */
  heads: number;
}

/**
 * Multi-head attention: several scaled dot products side by side, each over projections of its own.
 *
 *     α^i = softmax((query·Wq^i)·(value·Wk^i)ᵀ / √d)     head^i = Σ_j α^i_j·(value_j·Wv^i)
 *     context = [head^1 … head^h]·Wo                     d = units / heads
 *
 * The matrices of all heads stand side by side in one: `Wq`, `Wk` and `Wv` are `[hidden, units]`, and
 * `Wo` is `[units, units]`, which is the context's size. The weights that it returns are the mean of
 * the heads' weights; `headWeights` gives those of each.
 * Source: Vaswani et al. 2017, arXiv 1706.03762, section 3.2.2.
 * @throws Fails with an Error when `heads` is no whole number of at least 1 that divides `units`.
 */
export class MultiHeadAttention extends Attention {
  static override className = "MultiHeadAttention";
  readonly heads: number;
  override readonly canBeFused = false;
  readonly Wq: tf.layers.Layer;
  readonly Wk: tf.layers.Layer;
  readonly Wv: tf.layers.Layer;
  /** Makes the context of what all heads have seen. */
  readonly Wo: tf.layers.Layer;

  constructor(args: MultiHeadAttentionArgs) {
    super({ ...args, score: "scaledDot" });
    this.heads = args.heads;
    if (!Number.isInteger(this.heads) || this.heads < 1 || this.units % this.heads !== 0) {
      throw new Error(
        `MultiHeadAttention: heads is ${this.heads}; it is a whole number of at least 1 that ` +
          `divides the units (a decoder's hiddenDim), and these are ${this.units}.`,
      );
    }
    const [Wq, Wk, Wv, Wo] = ["Wq", "Wk", "Wv", "Wo"].map((name, i) =>
      this.projection(name, this.units, i),
    );
    [this.Wq, this.Wk, this.Wv, this.Wo] = [Wq, Wk, Wv, Wo];
    this.parts.push(Wq, Wk, Wv, Wo);
  }

  override build(inputShape: tf.Shape[]): void {
    const [[, query], [, , value]] = inputShape as number[][];
    buildPart(this.Wq, [1, query]);
    buildPart(this.Wk, [1, value]);
    buildPart(this.Wv, [1, value]);
    buildPart(this.Wo, [1, this.units]);
    this.built = true;
  }

  override remember(values: tf.Tensor3D, mask: tf.Tensor2D): Memory {
    const scale = Math.sqrt(this.units / this.heads);
    return {
      keys: onEachPosition(this.Wk, values).div(scale),
      values: onEachPosition(this.Wv, values),
      mask,
    };
  }

  override attend(query: tf.Tensor2D, memory: Memory): Looked {
    const weights = this.headWeights(query, memory);
    const seen = tf.matMul(weights, memory.values); // [batch, heads, units]
    const ownColumns = seen.mul(this.columnsOfHeads()).sum(1) as tf.Tensor2D; // [batch, units]
    return { context: project(this.Wo, ownColumns), weights: weights.mean(1) };
  }

  /** Where each head looks for one query a row `[batch, hidden]`: `[batch, heads, time]`. */
  headWeights(query: tf.Tensor2D, { keys, mask }: Memory): tf.Tensor3D {
    const projected = project(this.Wq, query).expandDims(1);
    // One product for all heads: each has zeros in the place of the other heads' columns.
    const queries = projected.mul(this.columnsOfHeads()) as tf.Tensor3D; // [batch, heads, units]
    const scores = tf.matMul(queries, keys, false, true); // [batch, heads, time]
    return tf.softmax(scores.add(maskScores(mask).expandDims(1))) as tf.Tensor3D;
  }

  /** 1 in the columns of each head, 0 in those of the others: `[heads, units]`. */
  private columnsOfHeads(): tf.Tensor2D {
    const { heads, units } = this;
    const columns = Array.from({ length: heads }, (_, head) =>
      Array.from({ length: units }, (_, u) => Number(Math.floor((u * heads) / units) === head)),
    );
    return tf.tensor2d(columns);
  }

  override computeOutputShape(inputShape: tf.Shape[]): tf.Shape[] {
    const [, [batch, time]] = inputShape;
    return [
      [batch, this.units],
      [batch, time],
    ];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), heads: this.heads };
  }
}
tf.serialization.registerClass(MultiHeadAttention);
