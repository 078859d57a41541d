import { tf } from "../backend";
import { fusedCrossEntropy } from "../layers/fused/cross-entropy";
import { fusedKernels } from "../layers/fused/switch";
import { PAD, UNKNOWN } from "../text/vocabulary";

/**
 * The targets that `model.fit`, `fitDataset` and `evaluate` take: `[batch, time, 2]`, for each
 * position the token that is right there and the weight it has in the loss.
 *
 * Padding (PAD) has weight 0, and so has UNKNOWN: a model that learns to write it for all rare words
 * together writes it everywhere. A real token has weight 1 / (real tokens a row, on average over
 * ALL of `tokens`). tfjs averages the loss over rows; with these weights that average is the loss
 * per real token of the whole set, whatever the batch size. So make the targets of a set in one
 * call and cut them into batches afterwards, or give the set's average as `tokensPerRow`. The two
 * parts that `validationSplit` of `fit` makes keep the weights of the whole set, so their losses are
 * per real token only nearly.
 *
 * @param tokens The rows of token ids, without the start token, with the end token; rows can differ
 *   in length and are padded to the longest.
 * @param tokensPerRow Real tokens a row in the whole set, where `tokens` is only a part of it.
 * @throws Fails with an Error when there is no real token at all.
 */
export function targets(
  tokens: readonly (readonly number[])[],
  tokensPerRow = averageTokens(tokens),
): tf.Tensor3D {
  if (!(tokensPerRow > 0)) {
    throw new Error(
      `targets: the ${tokens.length} rows hold no real token (${PAD} is padding, ${UNKNOWN} unknown); ` +
        `give at least one row with one.`,
    );
  }
  const time = Math.max(...tokens.map((row) => row.length));
  const pairs = new Float32Array(tokens.length * time * 2);
  tokens.forEach((row, i) =>
    row.forEach((token, j) => {
      pairs[(i * time + j) * 2] = token;
      pairs[(i * time + j) * 2 + 1] = isReal(token) ? 1 / tokensPerRow : 0;
    }),
  );
  return tf.tensor3d(pairs, [tokens.length, time, 2]);
}

/** Real tokens (neither PAD nor UNKNOWN) a row, on average. */
export function averageTokens(tokens: readonly (readonly number[])[]): number {
  const real = tokens.reduce((sum, row) => sum + row.filter(isReal).length, 0);
  return real / tokens.length;
}

function isReal(token: number): boolean {
  return token !== PAD && token !== UNKNOWN;
}

/**
 * Cross-entropy in nats per real token, for `model.compile({ loss: tokenLoss })`.
 *
 * @param yTrue What `targets` returns, `[batch, time, 2]`.
 * @param logits The model's output before softmax, `[batch, time, vocab]`.
 * @throws Fails with an Error when the targets have another shape, or hold a token that is not in the
 *   vocabulary.
 */
export function tokenLoss(yTrue: tf.Tensor, logits: tf.Tensor): tf.Scalar {
  return tf.tidy(() => {
    const { tokens, weights } = unpack(yTrue, logits);
    if (fusedKernels()) {
      return fusedCrossEntropy(logits, tokens, weights.div(logits.shape[0]));
    }
    const isTarget = tf.oneHot(tokens, logits.shape[2]!).cast("bool");
    const logSoftmax = tf.logSoftmax(logits);
    // Chosen, not multiplied: 0 times the −∞ of a token that is ruled out is NaN.
    const logLikelihood = tf.where(isTarget, logSoftmax, tf.zerosLike(logSoftmax)).sum(-1);
    return perRow(logLikelihood.mul(weights)).neg() as tf.Scalar;
  });
}

/**
 * The share of real tokens that get the highest logit, for `model.compile({ metrics: [tokenAccuracy] })`.
 *
 * @param yTrue What `targets` returns, `[batch, time, 2]`.
 * @param logits The model's output, `[batch, time, vocab]`.
 * @throws Fails with an Error like `tokenLoss`.
 */
export function tokenAccuracy(yTrue: tf.Tensor, logits: tf.Tensor): tf.Scalar {
  return tf.tidy(() => {
    const { tokens, weights } = unpack(yTrue, logits);
    const right = logits.argMax(-1).equal(tokens).cast("float32"); // [batch, time]
    return perRow(right.mul(weights));
  });
}

function unpack(yTrue: tf.Tensor, logits: tf.Tensor): { tokens: tf.Tensor; weights: tf.Tensor } {
  if (yTrue.rank !== 3 || yTrue.shape[2] !== 2) {
    throw new Error(
      `The targets have shape [${yTrue.shape}]; they are [batch, time, 2], token and weight. ` +
        "Make them with targets(tokens).",
    );
  }
  const [tokens, weights] = tf.unstack(yTrue, 2);
  const largest = tokens.max().dataSync()[0];
  if (largest >= logits.shape[2]!) {
    throw new Error(
      `The targets hold token ${largest}, but the logits [${logits.shape}] know tokens 0 to ` +
        `${logits.shape[2]! - 1} only. Give the model a larger targetVocabSize.`,
    );
  }
  return { tokens: tokens.cast("int32"), weights };
}

function perRow(values: tf.Tensor): tf.Scalar {
  return values.sum().div(values.shape[0]) as tf.Scalar;
}
