import { tf } from "../../backend";
import { fusedOp } from "./fused-op";
import {
  log,
  maxOfLast,
  mul,
  mulNoNan,
  type Native,
  numbersAt,
  reshape,
  reshapeLike,
  softmax,
  sub,
  subtractAt,
  sum,
} from "./native";

/**
 * The weighted sum of cross-entropies, Σ_n w_n·(ln Σ_v exp(l_nv) − l_ny), y being the right token
 * at position n: a scalar, from the logits `[…, vocab]`, and tokens (int32) and weights `[n]`.
 *
 * The logarithm comes from the softmax p, whose largest number is exp(max l)/Σ exp(l):
 *
 *     ln Σ exp(l) = max l − ln max p          dl_nv = w_n·(p_nv − 1 where v = y)
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
      const p = softmax(rows);
      const logSum = sub(maxOfLast(rows), log(maxOfLast(p)));
      const losses = mulNoNan(sub(logSum, numbersAt(rows, places)), weights);
      return { output: sum(losses, 0), trace: { p } };
    },
    backward(dLoss: Native, [places, weights, logits]: Native[], { p }: { p: Native }) {
      const scale = mul(weights, dLoss);
      const dRows = subtractAt(mul(p, reshape(scale, [-1, 1])), places, scale);
      return [reshapeLike(dRows, logits)];
    },
  };
  return fusedOp(kernel, [places, weights.flatten()], [logits], []) as tf.Scalar;
}
