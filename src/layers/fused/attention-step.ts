import { tf } from "../../backend";
import { matMul, tanhGrad } from "./native";

/**
 * One step of additive attention forward and backward, for the kernel that runs a whole sequence.
 *
 * Forward, for each row of the batch:
 *
 *     a_j = tanh(query·W1 + key_j)     e_j = a_j·V     α = softmax(e)     context = Σ_j α_j·value_j
 *
 * Backward, from dcontext (and dα, where somebody asks for the weights' own gradient):
 *
 *     dα_j ← dα_j + dcontext·value_j       de = α∘(dα − Σ_j α_j·dα_j)
 *     dkey_j = (de_j·V)∘(1 − a_j²)         dquery = (Σ_j dkey_j)·W1ᵀ
 *
 * and, over all steps, dvalue_j = Σ_t α_tj·dcontext_t, dV = Σ aᵀ·de, dW1 = Σ queryᵀ·Σ_j dkey_j.
 */

export type AttentionWeights = {
  /** `[hidden, units]`. */
  W1: tf.Tensor2D;
  /** `[units, 1]`. */
  V: tf.Tensor2D;
  /** W2·values, `[batch, time, units]`. */
  keys: tf.Tensor3D;
  /** `[batch, time, hidden]`. */
  values: tf.Tensor3D;
  /** 0 on real positions, a large negative number on padding, `[batch, time]`. */
  maskScores: tf.Tensor2D;
};

export type AttentionTrace = {
  /** a_j for all positions, `[batch·time, units]`. */
  activations: tf.Tensor2D;
  /** α, `[batch, time]`. */
  weights: tf.Tensor2D;
};

export function attentionForward(
  { W1, V, keys, values, maskScores }: AttentionWeights,
  query: tf.Tensor2D,
): AttentionTrace & { context: tf.Tensor2D } {
  const [batch, time, units] = keys.shape;
  const projectedQuery = matMul(query, W1).reshape([batch, 1, units]);
  const activations = keys
    .add(projectedQuery)
    .tanh()
    .reshape([batch * time, units]) as tf.Tensor2D;
  const scores = matMul(activations, V).reshape([batch, time]).add(maskScores);
  const weights = tf.softmax(scores) as tf.Tensor2D;
  const context = tf
    .matMul(weights.reshape([batch, 1, time]), values)
    .reshape([batch, values.shape[2]]) as tf.Tensor2D;
  return { activations, weights, context };
}

export type AttentionGradients = {
  /** The part of the query's gradient, `[batch, hidden]`. */
  query: tf.Tensor2D;
  /** Of query·W1, `[batch, units]`. */
  projectedQuery: tf.Tensor2D;
  /** Of all keys, `[batch·time, units]`. */
  keys: tf.Tensor2D;
  /** Of V, `[units, 1]`. */
  V: tf.Tensor2D;
};

export function attentionBackward(
  { W1, V, keys, values }: AttentionWeights,
  { activations, weights }: AttentionTrace,
  dContext: tf.Tensor2D,
  dWeightsOutside: tf.Tensor2D,
): AttentionGradients {
  const [batch, time, units] = keys.shape;
  const dWeights = tf
    .matMul(dContext.reshape([batch, 1, values.shape[2]]), values, false, true)
    .reshape([batch, time])
    .add(dWeightsOutside);
  const weighted = weights.mul(dWeights);
  const dScores = weighted
    .sub(weights.mul(weighted.sum(1, true)))
    .reshape([batch * time, 1]) as tf.Tensor2D;
  const dKeys = tanhGrad(activations, matMul(dScores, V, false, true));
  const projectedQuery = dKeys.reshape([batch, time, units]).sum(1) as tf.Tensor2D;
  return {
    query: matMul(projectedQuery, W1, false, true),
    projectedQuery,
    keys: dKeys,
    V: matMul(activations, dScores, true),
  };
}
