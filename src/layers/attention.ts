import { tf } from "../backend";
import { buildPart, Composite } from "./composite";
import { fusedDense } from "./fused/dense";
import { fusedKernels } from "./fused/switch";
import type { LayerArgs } from "./layer-args";
import { maskScores } from "./mask";

/** What one step of attention looks at: the encoder's outputs, prepared once for all steps. */
export interface Memory {
  /** The values as the score sees them, `[batch, time, units]`. */
  keys: tf.Tensor3D;
  /** The encoder's outputs, `[batch, time, hidden]`. */
  values: tf.Tensor3D;
  /** 1 on real positions, 0 on padding, `[batch, time]`. */
  mask: tf.Tensor2D;
}

/** What comes of one step of attention. */
export interface Looked {
  /** `[batch, hidden]`. */
  context: tf.Tensor2D;
  /** `[batch, time]`. */
  weights: tf.Tensor2D;
}

/** How a query and a key give a score: see `Attention`. */
export type AttentionScore = (typeof attentionScores)[number];

/** The scores that `Attention` knows. */
export const attentionScores = ["additive", "dot", "scaledDot", "general", "uniform"] as const;

export interface AttentionArgs extends LayerArgs {
  /** The size of a key, where a layer makes it; for the additive score, of its hidden layer. */
  units: number;
  /** `"additive"` unless given. */
  score?: AttentionScore;
  /** Seed of the initial weights; 0 unless given. */
  seed?: number;
}

/**
 * Attention, one step of it: a score for each position, softmax over the positions, and the
 * weighted sum of the values.
 *
 *     additive   e_j = V·tanh(W1·query + W2·value_j)
 *     dot        e_j = query·value_j
 *     scaledDot  e_j = query·value_j / √hidden
 *     general    e_j = query·(W·value_j)
 *     uniform    e_j = 0, so that all positions weigh the same: a control
 *                α = softmax(e)     context = Σ_j α_j·value_j
 *
 * Called with `[query [batch, hidden], values [batch, time, hidden], mask [batch, time]]` it returns
 * `[context [batch, hidden], weights [batch, time]]`. Padding gets a weight of exactly 0; only in a row
 * that is padding alone do all positions get the same weight. Neither W1, W nor V has a bias: W2's
 * serves both, and a constant added to all scores changes no weight.
 * Sources: Bahdanau et al. 2014, arXiv 1409.0473, appendix A.1.2 (additive); Luong et al. 2015,
 * arXiv 1508.04025, section 3.1 (dot and general); Vaswani et al. 2017, arXiv 1706.03762, equation 1
 * (scaledDot).
 * @throws Fails with an Error when it is called with more or fewer than the three inputs, and when
 *   `score` is none of these.
 */
export class Attention extends Composite {
  static className = "AttentionLabAttention";
  readonly units: number;
  readonly score: AttentionScore;
  /** The query's part of the additive score. */
  readonly W1?: tf.layers.Layer;
  /** Makes the keys of the values, for the additive score. */
  readonly W2?: tf.layers.Layer;
  /** Makes the additive score. */
  readonly V?: tf.layers.Layer;
  /** Makes the keys of the values, for the general score. */
  readonly W?: tf.layers.Layer;
  protected readonly parts: tf.layers.Layer[];
  protected readonly seed: number;
  /** Whether the fused kernels can run it. */
  readonly canBeFused: boolean = true;

  constructor(args: AttentionArgs) {
    super({ name: args.name, trainable: args.trainable });
    this.units = args.units;
    this.score = args.score ?? "additive";
    this.seed = args.seed ?? 0;
    if (!attentionScores.includes(this.score)) {
      throw new Error(
        `Attention: score is "${String(this.score)}"; it is one of ${attentionScores.join(", ")}.`,
      );
    }
    if (this.score === "additive") {
      this.W1 = this.projection("W1", this.units, 0);
      this.W2 = this.projection("W2", this.units, 1, true);
      this.V = this.projection("V", 1, 2);
      this.parts = [this.W1, this.W2, this.V];
    } else if (this.score === "general") {
      this.W = this.projection("W", this.units, 1);
      this.parts = [this.W];
    } else {
      this.parts = [];
    }
  }

  /** A matrix to learn; `offset` tells its seed from those of the others. */
  protected projection(name: string, units: number, offset: number, useBias = false) {
    const kernelInitializer = tf.initializers.glorotUniform({ seed: this.seed + offset });
    return tf.layers.dense({ name, units, useBias, kernelInitializer });
  }

  override build(inputShape: tf.Shape[]): void {
    const [query, values] = inputShape as number[][];
    const [, hidden] = query;
    if (this.score !== "additive") this.checkSizes(hidden, values[2]);
    if (this.W1) buildPart(this.W1, [1, hidden]);
    for (const keys of [this.W2, this.W]) if (keys) buildPart(keys, [1, values[2]]);
    if (this.V) buildPart(this.V, [1, this.units]);
    this.built = true;
  }

  /** A product of query and key takes two of one size. */
  private checkSizes(query: number, value: number): void {
    const key = this.score === "general" ? this.units : value;
    if (query === key) return;
    throw new Error(
      `Attention: with the score "${this.score}" query and keys are of one size, but the query has ` +
        `${query} numbers and a key ${key}.`,
    );
  }

  override apply(
    inputs: tf.Tensor | tf.Tensor[] | tf.SymbolicTensor | tf.SymbolicTensor[],
    kwargs?: Parameters<tf.layers.Layer["apply"]>[1],
  ) {
    const given = Array.isArray(inputs) ? inputs.length : 1;
    if (given !== 3) {
      throw new Error(
        `Attention: ${given} inputs given, but it takes 3: [query, values, mask]. Where no ` +
          "position is padding, give a mask of ones [batch, time].",
      );
    }
    return super.apply(inputs, kwargs);
  }

  override call(inputs: tf.Tensor[]): tf.Tensor[] {
    return tf.tidy(() => {
      const [query, values, mask] = inputs as [tf.Tensor2D, tf.Tensor3D, tf.Tensor2D];
      const { context, weights } = this.attend(query, this.remember(values, mask), 0);
      return [context, weights];
    });
  }

  /** Prepares the values for many queries: their keys are computed once. */
  remember(values: tf.Tensor3D, mask: tf.Tensor2D): Memory {
    return { keys: this.keys(values), values, mask };
  }

  private keys(values: tf.Tensor3D): tf.Tensor3D {
    if (this.score === "uniform") return tf.zerosLike(values);
    // To divide a key is to divide its scores.
    if (this.score === "scaledDot") return values.div(Math.sqrt(values.shape[2]));
    const makeKeys = this.W2 ?? this.W;
    return makeKeys ? onEachPosition(makeKeys, values) : values;
  }

  /** The additive score's weights as the fused kernels take them: `[hidden, units]`, `[units, 1]`. */
  additive(): { W1: tf.Tensor2D; V: tf.Tensor2D } | undefined {
    if (!this.W1 || !this.V) return undefined;
    const [W1, V] = [this.W1, this.V].map((part) => part.weights[0].read() as tf.Tensor2D);
    return { W1, V };
  }

  /**
   * Scores, softmax and weighted sum for one query a row: `[batch, hidden]`.
   * @param position Which target position asks, from 0: local attention may want to know.
   */
  attend(query: tf.Tensor2D, memory: Memory, position?: number): Looked;
  attend(query: tf.Tensor2D, memory: Memory): Looked {
    const weights = maskedSoftmax(this.scores(query, memory.keys), memory.mask);
    return { context: weightedSum(weights, memory.values), weights };
  }

  /** The score of each position for one query a row: `[batch, time]`. */
  protected scores(query: tf.Tensor2D, keys: tf.Tensor3D): tf.Tensor2D {
    if (!this.W1 || !this.V) return tf.matMul(keys, query.expandDims(2)).squeeze([2]);
    const [batch, time] = keys.shape;
    const projectedQuery = (this.W1.apply(query) as tf.Tensor2D).expandDims(1);
    const hidden = keys.add(projectedQuery).tanh() as tf.Tensor3D; // [batch, time, units]
    return onEachPosition(this.V, hidden).reshape([batch, time]);
  }

  override computeOutputShape(inputShape: tf.Shape[]): tf.Shape[] {
    const [, [batch, time, hidden]] = inputShape;
    return [
      [batch, hidden],
      [batch, time],
    ];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), units: this.units, score: this.score, seed: this.seed };
  }
}
tf.serialization.registerClass(Attention);

/** Softmax over the positions, with a weight of 0 where the mask is 0: `[batch, time]`. */
export function maskedSoftmax(scores: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
  return tf.softmax(scores.add(maskScores(mask))) as tf.Tensor2D;
}

/** Σ_j weights_j·values_j: `[batch, time]` and `[batch, time, hidden]` to `[batch, hidden]`. */
export function weightedSum(weights: tf.Tensor2D, values: tf.Tensor3D): tf.Tensor2D {
  return tf.matMul(weights.expandDims(1), values).squeeze([1]);
}

/** `[batch, features]` times a dense layer's matrix: `apply` without its checks, at every step. */
export function project(dense: tf.layers.Layer, rows: tf.Tensor2D): tf.Tensor2D {
  return tf.matMul(rows, dense.weights[0].read() as tf.Tensor2D);
}

/** Applies a dense layer to each position of `[batch, time, features]`. */
export function onEachPosition(dense: tf.layers.Layer, sequence: tf.Tensor3D): tf.Tensor3D {
  const [kernel, bias] = dense.weights.map((weight) => weight.read());
  if (fusedKernels() && bias) {
    return fusedDense(sequence, kernel as tf.Tensor2D, bias as tf.Tensor1D);
  }
  const [batch, time, features] = sequence.shape;
  const output = dense.apply(sequence.reshape([batch * time, features])) as tf.Tensor2D;
  return output.reshape([batch, time, output.shape[1]]);
}
