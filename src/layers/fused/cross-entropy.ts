import type { tf } from "../../backend";
import { fusedOp } from "./fused-op";
import type { Native } from "./native";
import {
  add,
  div,
  exp,
  log,
  maxOfLast,
  mul,
  mulNoNan,
  numbersAt,
  placesOf,
  reshape,
  sub,
  subtractAt,
  sumOfLast,
} from "./operations";

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
  const count = tokens.size;
  const kernel = {
    name: "cross-entropy",
    rows: [0, 1, 2],
    forward([tokens, weights, logits]: Native[]) {
      const largest = maxOfLast(logits); // [n, 1]
      const exponentials = exp(sub(logits, largest));
      const total = sumOfLast(exponentials);
      const logSum = reshape(add(largest, log(total)), [-1]);
      const losses = mulNoNan(sub(logSum, numbersAt(logits, placesOf(tokens))), weights);
      return { output: losses, trace: { exponentials, total } };
    },
    backward(dLosses: Native, [tokens, weights]: Native[], { exponentials, total }: Trace) {
      const scale = mul(weights, dLosses);
      const share = div(reshape(scale, [-1, 1]), total);
      return [subtractAt(mul(exponentials, share), placesOf(tokens), scale)];
    },
  };
  // As floats: what has rows is cut into parts, and kept for the gradient, as floats only.
  const given = [tokens.flatten().toFloat(), weights.flatten()];
  return fusedOp(kernel, given, [logits.reshape([count, vocab])], [count]).sum();
}
