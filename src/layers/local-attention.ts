import { tf } from "../backend";
import {
  Attention,
  type AttentionArgs,
  type Looked,
  maskedSoftmax,
  type Memory,
  project,
  weightedSum,
} from "./attention";
import { buildPart } from "./composite";

/** Where a local attention puts its window: see `LocalAttention`. */
export type LocalWindow = (typeof windows)[number];

const windows = ["monotonic", "predictive"] as const;

export interface LocalAttentionArgs extends AttentionArgs {
  /** Where the window stands. */
  window: LocalWindow;
  /** D: the window has 2D + 1 positions, D on each side of its middle. */
  halfWidth: number;
}

/**
 * Local attention: like `Attention`, but each step sees a window of the source only.
 *
 *     monotonic    p = t                               the window's middle goes with the target
 *     predictive   p = S·sigmoid(vp·tanh(Wp·query))    S is the source's length; p is learnt
 *                  α_j ← α_j·exp(−(j − p)²/(2σ²))      a Gaussian around p, σ = D/2
 *
 * Softmax is taken over the real positions j with |j − p| ≤ D, and the others weigh exactly 0. So do
 * all, where the window holds no real position. t and j count from 1, as in the paper. With the
 * Gaussian the weights sum to less than 1; it is through the Gaussian that p is learnt. Applied as a
 * layer, monotonic attention answers for the first target position; `attend` takes any.
 * Source: Luong et al. 2015, arXiv 1508.04025, section 3.2, equations 9 and 10.
 * @throws Fails with an Error when `window` is neither, when `halfWidth` is no whole number of at
 *   least 1, and when monotonic attention is not told the target position.
 */
export class LocalAttention extends Attention {
  static override className = "LocalAttention";
  readonly window: LocalWindow;
  readonly halfWidth: number;
  override readonly canBeFused = false;
  /** With a predictive window: from the query to the hidden layer that p is made in. */
  readonly Wp?: tf.layers.Layer;
  /** With a predictive window: makes p. */
  readonly vp?: tf.layers.Layer;

  constructor(args: LocalAttentionArgs) {
    super(args);
    this.window = args.window;
    this.halfWidth = args.halfWidth;
    if (!windows.includes(this.window)) {
      throw new Error(
        `LocalAttention: window is "${String(this.window)}"; it is one of ` +
          `${windows.join(", ")}.`,
      );
    }
    if (!Number.isInteger(this.halfWidth) || this.halfWidth < 1) {
      throw new Error(
        `LocalAttention: halfWidth is ${this.halfWidth}; it is a whole number, at least 1.`,
      );
    }
    if (this.window === "predictive") {
      this.Wp = this.projection("Wp", this.units, 3);
      this.vp = this.projection("vp", 1, 4);
      this.parts.push(this.Wp, this.vp);
    }
  }

  override build(inputShape: tf.Shape[]): void {
    super.build(inputShape);
    if (this.Wp) buildPart(this.Wp, [1, inputShape[0][1]!]);
    if (this.vp) buildPart(this.vp, [1, this.units]);
  }

  override attend(query: tf.Tensor2D, memory: Memory, position?: number): Looked {
    const weights = this.weigh(query, memory, position);
    return { context: weightedSum(weights, memory.values), weights };
  }

  private weigh(query: tf.Tensor2D, { keys, mask }: Memory, position?: number): tf.Tensor2D {
    const middle = this.middle(query, mask, position);
    const distance = tf.cumsum(mask, 1).sub(middle); // [batch, time]: j − p
    const outside = distance.abs().sub(this.halfWidth).step(); // 1 where |j − p| > D
    const window = mask.mul(tf.sub(1, outside)) as tf.Tensor2D;
    // Where the window is empty, softmax has nothing to leave out, and the product leaves nothing.
    const weights = maskedSoftmax(this.scores(query, keys), window).mul(window);
    if (this.window === "monotonic") return weights as tf.Tensor2D;
    const sigma = this.halfWidth / 2;
    const exponent = distance.square().div(-2 * sigma ** 2);
    return weights.mul(exponent.exp()) as tf.Tensor2D;
  }

  /** p, counted from 1: one number, or one for each row `[batch, 1]`. */
  private middle(query: tf.Tensor2D, mask: tf.Tensor2D, position?: number): tf.Tensor | number {
    if (this.Wp && this.vp) {
      const share = project(this.vp, project(this.Wp, query).tanh()).sigmoid();
      return mask.sum(1, true).mul(share);
    }
    if (position !== undefined) return position + 1;
    throw new Error(
      "LocalAttention: a monotonic window goes with the target position, and the target position is " +
        "not given. Call attend or Decoder.step with a position, from 0.",
    );
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), window: this.window, halfWidth: this.halfWidth };
  }
}
tf.serialization.registerClass(LocalAttention);
