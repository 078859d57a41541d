import { tf } from "../../backend";
import { fusedOp } from "./fused-op";
import {
  add,
  div,
  exp,
  log,
  maxOfLast,
  mul,
  mulNoNan,
  type Native,
  numbersAt,
  reshape,
  reshapeLike,
  sub,
  subtractAt,
  sum,
  sumOfLast,
} from "./native";

interface Trace {
  /** `[n, vocab]`. */
  exponentials: Native;
  /** `[n, 1]`. */
  total: Native;
}

/**
 * The weighted sum of cross-entropies, Σ_n w_n·(ln Σ_v exp(l_nv) − l_ny), y being the right token
 * at position n: a scalar, from the logits `[…, vocab]`, and tokens (int32) and weights `[n]`.
 *
 *     e_nv = exp(l_nv − max l_n)     ln Σ exp(l) = max l + ln Σ e
 *     dl_nv = w_n·(e_nv / Σ e − 1 where v = y)
 *
 * On 4,000 tokens this takes half the time of TensorFlow's SparseSoftmaxCrossEntropyWithLogits.
 */
export function fusedCrossEntropy(
  logits: tf.Tensor,
  tokens: tf.Tensor,
  weights: tf.Tensor,
): tf.Scalar {
  const vocab = logits.shape[logits.shape.length - 1];
  const places = tf.stack([tf.range(0, tokens.size, 1, "int32"), tokens.flatten()], 1);
  const kernel = {
    name: `cross-entropy ${vocab}`,
    forward([places, weights, logits]: Native[]) {
      const rows = reshape(logits, [-1, vocab]);
      const largest = maxOfLast(rows); // [n, 1]
      const exponentials = exp(sub(rows, largest));
      const total = sumOfLast(exponentials);
      const logSum = reshape(add(largest, log(total)), [-1]);
      const losses = mulNoNan(sub(logSum, numbersAt(rows, places)), weights);
      return { output: sum(losses, 0), trace: { exponentials, total } };
    },
    backward(dLoss: Native, [places, weights, logits]: Native[], trace: Trace) {
      const scale = mul(weights, dLoss);
      const share = div(reshape(scale, [-1, 1]), trace.total);
      const dRows = subtractAt(mul(trace.exponentials, share), places, scale);
      return [reshapeLike(dRows, logits)];
    },
  };
  return fusedOp(kernel, [places, weights.flatten()], [logits], []) as tf.Scalar;
}
