import {
  add,
  addAll,
  batchMatMul,
  concat,
  matMul,
  mul,
  type Native,
  reshape,
  reshapeLike,
  softmax,
  stack,
  sub,
  sum,
  sumOfLast,
  tanh,
  tanhGrad,
  transpose,
  transposed,
} from "./native";

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

/** What comes out of a forward step. */
export interface AttentionStep {
  /** a_j, `[batch, time, units]`; with the additive score only. */
  activations?: Native;
  /** α, `[batch, 1, time]`. */
  weights: Native;
  /** `[batch, hidden]`. */
  context: Native;
}

/** One step; `maskScores` is 0 on real positions, very negative on padding, `[batch, 1, time]`. */
export function attentionForward(
  attention: AttentionWeights,
  maskScores: Native,
  query: Native,
): AttentionStep {
  const { values, hidden, additive } = attention;
  const { scores, activations } = additive
    ? additiveScores(attention, additive, maskScores, query)
    : { scores: productScores(attention, query), activations: undefined };
  const weights = softmax(add(scores, maskScores));
  const context = reshape(batchMatMul(weights, values), [-1, hidden]);
  return { activations, weights, context };
}

function additiveScores(
  { keys, units }: AttentionWeights,
  { W1, V }: { W1: Native; V: Native },
  maskScores: Native,
  query: Native,
) {
  const projectedQuery = reshape(matMul(query, W1), [-1, 1, units]);
  const activations = tanh(add(keys, projectedQuery));
  const scores = matMul(reshape(activations, [-1, units]), V); // [batch·time, 1]
  return { scores: reshapeLike(scores, maskScores), activations };
}

function productScores({ keys, hidden }: AttentionWeights, query: Native) {
  return batchMatMul(reshape(query, [-1, 1, hidden]), keys, { b: true });
}

/** What the sums over all steps need of a backward step. */
export interface AttentionGradients {
  /** `[batch, hidden]`. */
  context: Native;
  /** de, `[batch, 1, time]`; with the product score only. */
  scores?: Native;
  /** With the additive score only. */
  additive?: {
    /** Of query·W1, `[batch, units]`. */
    projectedQuery: Native;
    /** Of all keys, `[batch, time, units]`. */
    keys: Native;
    /** Of V, `[units, 1]`. */
    V: Native;
  };
}

/** What `attentionBackward` reads: W1 is transposed, once for all steps. */
export interface BackwardAttention extends Omit<AttentionWeights, "additive"> {
  additive?: { W1T: Native; V: Native };
}

export function backwardAttention({ additive, ...rest }: AttentionWeights): BackwardAttention {
  return { ...rest, additive: additive && { W1T: transposed(additive.W1), V: additive.V } };
}

/** The gradients of one step, that of its query apart; `dWeights` is `[batch, 1, time]`. */
export function attentionBackward(
  attention: BackwardAttention,
  { activations, weights }: Omit<AttentionStep, "context">,
  dContext: Native,
  dWeightsOutside: Native,
): { gradients: AttentionGradients; query: Native } {
  const { keys, values, units, hidden } = attention;
  const dContextRow = reshape(dContext, [-1, 1, hidden]);
  const dWeights = add(batchMatMul(dContextRow, values, { b: true }), dWeightsOutside);
  const weighted = mul(weights, dWeights);
  const dScores = sub(weighted, mul(weights, sumOfLast(weighted)));
  if (!attention.additive || activations === undefined) {
    const query = reshape(batchMatMul(dScores, keys), [-1, hidden]);
    return { gradients: { context: dContext, scores: dScores }, query };
  }
  const { W1T, V } = attention.additive;
  const column = reshape(dScores, [-1, 1]); // [batch·time, 1]
  const dActivations = reshapeLike(matMul(column, V, { b: true }), keys);
  const dKeys = tanhGrad(activations, dActivations);
  const projectedQuery = sum(dKeys, 1);
  const dV = matMul(reshape(activations, [-1, units]), column, { a: true });
  return {
    gradients: { context: dContext, additive: { projectedQuery, keys: dKeys, V: dV } },
    query: matMul(projectedQuery, W1T),
  };
}

/**
 * The gradients of keys, values and, with the additive score, W1 and V: sums over the steps.
 * @param weights α of all steps, `[batch, targetTime, time]`.
 * @param queries Of all steps, `[targetTime, batch, hidden]`.
 */
export function attentionSums(
  { additive, hidden }: AttentionWeights,
  weights: Native,
  queries: Native,
  gradients: AttentionGradients[],
): Native[] {
  // Rows [batch, 1, …] of each step, one below the other: [batch, targetTime, …].
  const rows = (list: Native[]) => concat(list, 1);
  const dContexts = stack(
    gradients.map((step) => step.context),
    1,
  );
  const dValues = batchMatMul(weights, dContexts, { a: true });
  if (!additive) {
    const dScores = rows(gradients.map((step) => step.scores!));
    return [batchMatMul(dScores, transpose(queries, [1, 0, 2]), { a: true }), dValues];
  }
  const parts = gradients.map((step) => step.additive!);
  const dKeys = addAll(parts.map((step) => step.keys));
  const dProjected = concat(
    parts.map((step) => step.projectedQuery),
    0,
  );
  return [
    dKeys,
    dValues,
    matMul(reshape(queries, [-1, hidden]), dProjected, { a: true }),
    sumOfLast(rows(parts.map((step) => step.V))), // [units, 1] each, side by side
  ];
}
