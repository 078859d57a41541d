import {
  type Pair,
  Random,
  seq2seq,
  type Seq2seqArgs,
  type Translator,
  type Vocabularies,
  vocabulariesOf,
} from "attention-lab";
import type * as tf from "@tensorflow/tfjs-node";

/** Pairs that a tiny model learns something of in a second: letters, and the same in upper case. */
export function letterPairs(count: number, seed = 1): Pair[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const source = Array.from({ length: random.integer(1, 4) }, () => random.pick([..."abcd"]));
    return { source: source.join(""), target: source.join("").toUpperCase() };
  });
}

/** A tiny model for pairs. */
export function tinyModel(
  vocabularies: Vocabularies,
  args: Partial<Seq2seqArgs> = {},
): tf.LayersModel {
  return seq2seq({
    sourceVocabSize: vocabularies.source.size,
    targetVocabSize: vocabularies.target.size,
    embeddingDim: 6,
    hiddenDim: 8,
    seed: 1,
    ...args,
  });
}

/** 40 pairs to learn from and 10 to validate; they may have sources in common. */
export function tinyData(): { train: Pair[]; validation: Pair[]; vocabularies: Vocabularies } {
  const pairs = letterPairs(50);
  return {
    train: pairs.slice(0, 40),
    validation: pairs.slice(40),
    vocabularies: vocabulariesOf(pairs),
  };
}

/** A model for `tinyData`, still to be trained, with what `translate` needs. */
export function tinyTranslator(vocabularies: Vocabularies): Translator {
  return { model: tinyModel(vocabularies, { hiddenDim: 16 }), vocabularies, maxLength: 6 };
}

/** All weights of a model, as plain lists. */
export function weightsOf(model: tf.LayersModel): number[][] {
  return model.getWeights().map((weight) => [...weight.dataSync()]);
}
