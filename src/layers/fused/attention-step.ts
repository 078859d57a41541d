import type { Native } from "./native";
import {
  add,
  batchMatMul,
  expand,
  matMul,
  mul,
  reshape,
  reshapeLike,
  softmax,
  sub,
  sum,
  sumOfLast,
  tanh,
  tanhGrad,
  transpose,
  transposed,
  zerosLike,
} from "./operations";

/**
 * One step of attention forward and backward, for the kernel that runs a whole sequence.
 *
 * Forward, for each row of the batch:
 *
 *     e_j = score(query, key_j)     α = softmax(e)     context = Σ_j α_j·value_j
 *
 * Backward, from dcontext (and dα, where somebody asks for the weights' own gradient):
 *
 *     dα_j ← dα_j + dcontext·value_j       de = α∘(dα − Σ_j α_j·dα_j)
 *
 * and, over all steps, dvalue_j = Σ_t α_tj·dcontext_t. The two ways to score:
 *
 *     additive   a_j = tanh(query·W1 + key_j)    e_j = a_j·V
 *                dkey_j = (de_j·V)∘(1 − a_j²)    dquery = (Σ_j dkey_j)·W1ᵀ
 *                over all steps dV = Σ aᵀ·de and dW1 = Σ queryᵀ·Σ_j dkey_j
 *     product    e_j = query·key_j
 *                dquery = Σ_j de_j·key_j         over all steps dkey_j = Σ_t de_tj·query_t
 */

export interface AttentionWeights {
  /** The size of a key. */
  units: number;
  /** The size of a value and of a query. */
  hidden: number;
  /** `[batch, time, units]`. */
  keys: Native;
  /** `[batch, time, hidden]`. */
  values: Native;
  /** For the additive score: W1 `[hidden, units]` and V `[units, 1]`. */
  additive?: { W1: Native; V: Native };
}

/** What comes out of a forward step; or of all of them, each `[targetTime, …]`. */
export interface AttentionStep {
  /** query·W1, `[batch, units]`; with the additive score only. */
  projectedQuery?: Native;
  /** α, `[batch, time]`. */
  weights: Native;
  /** `[batch, hidden]`. */
  context: Native;
}

/** One step; `maskScores` is 0 on real positions, very negative on padding, `[batch, time]`. */
export function attentionForward(
  attention: AttentionWeights,
  maskScores: Native,
  query: Native,
): AttentionStep {
  const { keys, values, units, hidden, additive } = attention;
  const projectedQuery = additive && matMul(query, additive.W1);
  const scores =
    projectedQuery === undefined
      ? batchMatMul(expand(query, 1), keys, { b: true })
      : matMul(reshape(activationsOf(keys, projectedQuery), [-1, units]), additive!.V);
  const weights = softmax(add(reshapeLike(scores, maskScores), maskScores));
  const context = reshape(batchMatMul(expand(weights, 1), values), [-1, hidden]);
  return { projectedQuery, weights, context };
}

/** a_j for all keys, `[batch, time, units]`: large, so the backward pass computes them again. */
function activationsOf(keys: Native, projectedQuery: Native): Native {
  return tanh(add(keys, expand(projectedQuery, 1)));
}

/** What a backward step leaves for the sums over all steps; or all of them, each `[targetTime, …]`. */
export interface AttentionGradients {
  /** `[batch, hidden]`. */
  context: Native;
  /** de, `[batch, time]`; with the product score only. */
  scores?: Native;
  /** Of query·W1, `[batch, units]`; with the additive score only. */
  projectedQuery?: Native;
}

/** What the backward steps sum up on their way, with the additive score only. */
export interface AttentionTotals {
  /** `[batch, time, units]`. */
  keys: Native;
  /** `[units, 1]`. */
  V: Native;
}

/** What `attentionBackward` reads: W1 is transposed, once for all steps. */
export interface BackwardAttention extends Omit<AttentionWeights, "additive"> {
  additive?: { W1T: Native; V: Native };
}

export function backwardAttention({ additive, ...rest }: AttentionWeights): BackwardAttention {
  return { ...rest, additive: additive && { W1T: transposed(additive.W1), V: additive.V } };
}

/** The totals before the first backward step. */
export function noTotals({ keys, additive }: AttentionWeights): AttentionTotals | undefined {
  return additive && { keys: zerosLike(keys), V: zerosLike(additive.V) };
}

/** The gradients of one step; that of its query, and the totals with the step's share, apart. */
export function attentionBackward(
  attention: BackwardAttention,
  { projectedQuery, weights }: Omit<AttentionStep, "context">,
  dContext: Native,
  dWeightsOutside: Native,
  totals: AttentionTotals | undefined,
): { gradients: AttentionGradients; query: Native; totals: AttentionTotals | undefined } {
  const { keys, values, units, hidden, additive } = attention;
  const fromContext = batchMatMul(expand(dContext, 1), values, { b: true });
  const dWeights = add(reshapeLike(fromContext, weights), dWeightsOutside);
  const weighted = mul(weights, dWeights);
  const dScores = sub(weighted, mul(weights, sumOfLast(weighted)));
  if (!additive || !totals || projectedQuery === undefined) {
    const query = reshape(batchMatMul(expand(dScores, 1), keys), [-1, hidden]);
    return { gradients: { context: dContext, scores: dScores }, query, totals };
  }
  const activations = activationsOf(keys, projectedQuery);
  const column = reshape(dScores, [-1, 1]); // [batch·time, 1]
  const dActivations = reshapeLike(matMul(column, additive.V, { b: true }), keys);
  const dKeys = tanhGrad(activations, dActivations);
  const dV = matMul(reshape(activations, [-1, units]), column, { a: true });
  const dProjectedQuery = sum(dKeys, 1);
  return {
    gradients: { context: dContext, projectedQuery: dProjectedQuery },
    query: matMul(dProjectedQuery, additive.W1T),
    totals: { keys: add(totals.keys, dKeys), V: add(totals.V, dV) },
  };
}

/**
 * The gradients of keys, values and, with the additive score, W1 and V: sums over the steps.
 * @param weights α of all steps, `[targetTime, batch, time]`.
 * @param queries Of all steps, `[targetTime, batch, hidden]`.
 */
export function attentionSums(
  { units, hidden }: AttentionWeights,
  weights: Native,
  queries: Native,
  { context, scores, projectedQuery }: AttentionGradients,
  totals: AttentionTotals | undefined,
): Native[] {
  const byRow = (native: Native) => transpose(native, [1, 0, 2]); // [batch, targetTime, …]
  const dValues = batchMatMul(byRow(weights), byRow(context), { a: true });
  if (!totals || projectedQuery === undefined) {
    return [batchMatMul(byRow(scores!), byRow(queries), { a: true }), dValues];
  }
  const flat = (native: Native, columns: number) => reshape(native, [-1, columns]);
  const dW1 = matMul(flat(queries, hidden), flat(projectedQuery, units), { a: true });
  return [totals.keys, dValues, dW1, totals.V];
}
