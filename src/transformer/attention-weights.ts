import { tf } from "../backend";
import { transformerParts } from "./transformer";

/** Where each head of each block looked: for each block, from the lowest up, a list of heads. */
export interface TransformerWeights {
  /** How much each source position looked at each one: `[block][head][source][source]`. */
  encoder: number[][][][];
  /** How much each target position looked at each one: `[block][head][target][target]`. */
  decoder: number[][][][];
  /** How much each target position looked at the source: `[block][head][target][source]`. */
  cross: number[][][][];
}

/**
 * The attention weights of a transformer for one text, under teacher forcing.
 * @param source The ids of the source.
 * @param target The ids that the decoder reads, START first.
 * @throws Fails with an Error when the model was not made by `transformer`.
 */
export function transformerWeights(
  model: tf.LayersModel,
  source: readonly number[],
  target: readonly number[],
): TransformerWeights {
  const parts = transformerParts(model);
  if (!parts) throw new Error(`The model "${model.name}" is not one made by transformer.`);
  const { encoder, decoder } = parts;
  return tf.tidy(() => {
    const { outputs, mask, weights } = encoder.encode(
      tf.tensor2d([[...source]], [1, source.length], "int32"),
    );
    const read = tf.tensor2d([[...target]], [1, target.length], "int32");
    const { blocks } = decoder.decode(read, decoder.remember(outputs, mask));
    const ofText = (weights: tf.Tensor4D) => weights.squeeze([0]).arraySync() as number[][][];
    return {
      encoder: weights.map(ofText),
      decoder: blocks.map(({ selfWeights }) => ofText(selfWeights)),
      cross: blocks.map(({ crossWeights }) => ofText(crossWeights)),
    };
  });
}
