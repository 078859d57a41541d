import { tf } from "../backend";
import type { Pair } from "../text/pairs";
import type { Checkpoint } from "./checkpoint";
import { decoderOf, encoderOf, seq2seq } from "./model";
import { orderedWeights } from "./parallel/weights";

/**
 * A copy of a trained model that knows all tokens of some new pairs: where its fine-tuning begins.
 *
 * The new tokens are appended to the vocabularies, so that the old ones keep their ids. Each new id
 * gets a row of its embedding `[vocab, embedding]` and, in the target, a column of the decoder's
 * dense layer `[hidden, vocab]`, as the layers' initializers draw them. All other numbers are those
 * of the old model, bit for bit; the old model stays as it is, the optimizer's state stays with it,
 * and nothing in the copy is frozen. What the copy is sure of has to be measured when it has learnt
 * (`measureConfidence`), so it comes without. `about.fineTunedFrom` is the old model's `about`.
 * @param pairs What it is to learn from: tokens that only other texts have stay unknown to it.
 * @param options The seed (default 0) draws the new rows and columns.
 * @throws Error when the model was not made by `seq2seq`.
 */
export function growModel(
  checkpoint: Checkpoint,
  pairs: readonly Pair[],
  options: { seed?: number } = {},
): Checkpoint {
  const { model, maxLength, about = {} } = checkpoint;
  encoderOf(model); // which is missed here, with words that say so, where there is none
  const vocabularies = {
    source: checkpoint.vocabularies.source.grow(pairs.map(({ source }) => source)),
    target: checkpoint.vocabularies.target.grow(pairs.map(({ target }) => target)),
  };
  const grown = seq2seq({
    ...decoderOf(model).args,
    sourceVocabSize: vocabularies.source.size,
    targetVocabSize: vocabularies.target.size,
    seed: options.seed ?? 0,
  });
  const fresh = orderedWeights(grown);
  tf.tidy(() => {
    for (const [i, old] of orderedWeights(model).entries()) {
      fresh[i].write(withOldCorner(old.read(), fresh[i].read()));
    }
  });
  return { model: grown, vocabularies, maxLength, about: { fineTunedFrom: about } };
}

/** The old numbers, and beyond them along the one axis that has grown the fresh ones. */
function withOldCorner(old: tf.Tensor, fresh: tf.Tensor): tf.Tensor {
  const axis = old.shape.findIndex((length, i) => length !== fresh.shape[i]);
  if (axis === -1) return old;
  const [, added] = tf.split(fresh, [old.shape[axis], -1], axis);
  return tf.concat([old, added], axis);
}
