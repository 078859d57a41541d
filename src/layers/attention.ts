import { tf } from "../backend";
import { buildPart, Composite } from "./composite";
import { fusedDense } from "./fused/dense";
import { fusedKernels } from "./fused/switch";
import type { LayerArgs } from "./layer-args";
import { maskScores } from "./mask";

/** What one step of attention looks at: the encoder's outputs, prepared once for all steps. */
export interface Memory {
  /** W2·values, `[batch, time, units]`. */
  keys: tf.Tensor3D;
  /** The encoder's outputs, `[batch, time, hidden]`. */
  values: tf.Tensor3D;
  /** 1 on real positions, 0 on padding, `[batch, time]`. */
  mask: tf.Tensor2D;
}

export interface AttentionArgs extends LayerArgs {
  /** The width of W1 and W2, and so of the hidden layer that the score is made in. */
  units: number;
  /** Seed of the initial weights; 0 unless given. */
  seed?: number;
}

/**
 * Additive attention, one step of it: a score for each position, softmax over the positions, and
 * the weighted sum of the values.
 *
 *     e_j = V·tanh(W1·query + W2·value_j)     α = softmax(e)     context = Σ_j α_j·value_j
 *
 * Called with `[query [batch, hidden], values [batch, time, hidden], mask [batch, time]]` it returns
 * `[context [batch, hidden], weights [batch, time]]`. Padding gets a weight of exactly 0; only in a row
 * that is padding alone do all positions get the same weight. Neither W1 nor V has a bias: W2's
 * serves both, and a constant added to all scores changes no weight.
 * Source: Bahdanau et al. 2014, arXiv 1409.0473, appendix A.1.2.
 * @throws Fails with an Error when it is called with more or fewer than the three inputs.
 */
export class Attention extends Composite {
  static className = "AdditiveAttention";
  readonly units: number;
  readonly W1: tf.layers.Layer;
  readonly W2: tf.layers.Layer;
  readonly V: tf.layers.Layer;
  protected readonly parts: tf.layers.Layer[];
  private readonly seed: number;

  constructor(args: AttentionArgs) {
    super({ name: args.name, trainable: args.trainable });
    this.units = args.units;
    this.seed = args.seed ?? 0;
    const { units, seed } = this;
    const glorot = (offset: number) => tf.initializers.glorotUniform({ seed: seed + offset });
    this.W1 = tf.layers.dense({
      units,
      useBias: false,
      kernelInitializer: glorot(0),
      name: "W1",
    });
    this.W2 = tf.layers.dense({ units, kernelInitializer: glorot(1), name: "W2" });
    this.V = tf.layers.dense({
      units: 1,
      useBias: false,
      kernelInitializer: glorot(2),
      name: "V",
    });
    this.parts = [this.W1, this.W2, this.V];
  }

  override build(inputShape: tf.Shape[]): void {
    const [query, values] = inputShape as number[][];
    buildPart(this.W1, [1, query[1]]);
    buildPart(this.W2, [1, values[2]]);
    buildPart(this.V, [1, this.units]);
    this.built = true;
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
      const { context, weights } = this.attend(query, this.remember(values, mask));
      return [context, weights];
    });
  }

  /** Prepares the values for many queries: their keys are computed once. */
  remember(values: tf.Tensor3D, mask: tf.Tensor2D): Memory {
    return { keys: onEachPosition(this.W2, values), values, mask };
  }

  /** Scores, softmax and weighted sum for one query a row: `[batch, hidden]`. */
  attend(query: tf.Tensor2D, memory: Memory): { context: tf.Tensor2D; weights: tf.Tensor2D } {
    const weights = maskedSoftmax(this.scores(query, memory.keys), memory.mask);
    return { context: weightedSum(weights, memory.values), weights };
  }

  /** e_j = V·tanh(W1·query + key_j): `[batch, time]`. */
  private scores(query: tf.Tensor2D, keys: tf.Tensor3D): tf.Tensor2D {
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
    return { ...super.getConfig(), units: this.units, seed: this.seed };
  }
}
tf.serialization.registerClass(Attention);

/** Softmax over the positions, with a weight of 0 where the mask is 0: `[batch, time]`. */
function maskedSoftmax(scores: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
  return tf.softmax(scores.add(maskScores(mask))) as tf.Tensor2D;
}

/** Σ_j weights_j·values_j: `[batch, time]` and `[batch, time, hidden]` to `[batch, hidden]`. */
export function weightedSum(weights: tf.Tensor2D, values: tf.Tensor3D): tf.Tensor2D {
  return tf.matMul(weights.expandDims(1), values).squeeze([1]);
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
