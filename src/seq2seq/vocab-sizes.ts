import type { tf } from "../backend";
import { transformerParts } from "../transformer/transformer";
import { decoderOf, encoderOf } from "./model";

// This module knows both kinds of model, and importing it registers the layers of both.

/**
 * How many tokens a model of either kind knows, padding included.
 * @throws Fails with an Error when the model was made neither by `seq2seq` nor by `transformer`.
 */
export function vocabSizesOf(model: tf.LayersModel): { source: number; target: number } {
  const { encoder, decoder } = transformerParts(model) ?? {
    encoder: encoderOf(model),
    decoder: decoderOf(model),
  };
  return { source: encoder.args.vocabSize, target: decoder.args.vocabSize };
}
