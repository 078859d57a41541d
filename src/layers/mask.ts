import { tf } from "../backend";

/**
 * So large that in float32 scores and gates vanish beside it: exp(−LARGE) is exactly 0, and
 * σ(LARGE) exactly 1. Not infinite, because 0 times ∞ is NaN.
 */
export const LARGE = 1e9;

/** What is added to scores before softmax: 0 on real positions, −LARGE on padding. */
export function maskScores<T extends tf.Tensor>(mask: T): T {
  return mask.sub(1).mul(LARGE);
}
