import { tf } from "../backend";
import type { LayerArgs } from "../layers/layer-args";
import type { StackArgs } from "./args";
import { TransformerDecoder } from "./decoder";
import { TransformerEncoder } from "./encoder";

/** The arguments of `transformer`: those that encoder and decoder share, and two vocabularies. */
export interface TransformerArgs extends Omit<StackArgs, "vocabSize" | keyof LayerArgs> {
  /** How many source tokens there are, padding included. */
  sourceVocabSize: number;
  /** How many target tokens there are, padding included. */
  targetVocabSize: number;
}

/**
 * A small transformer: `TransformerEncoder` and `TransformerDecoder` put together.
 *
 * It takes and gives what `seq2seq` does, and is trained and used by the same functions: inputs
 * `[encoder_inputs [batch, sourceTime], decoder_inputs [batch, targetTime]]`, output the logits
 * `[batch, targetTime, targetVocabSize]`. Source: Vaswani et al. 2017, arXiv 1706.03762, with the
 * norms before the parts (see `EncoderBlock`).
 * @throws Fails with an Error when an argument makes no sense; the message says which.
 */
export function transformer(args: TransformerArgs): tf.LayersModel {
  const { sourceVocabSize, targetVocabSize, ...shared } = args;
  const encoderInputs = tf.input({ shape: [null], dtype: "int32", name: "encoder_inputs" });
  const decoderInputs = tf.input({ shape: [null], dtype: "int32", name: "decoder_inputs" });

  const encoder = new TransformerEncoder({
    ...shared,
    vocabSize: sourceVocabSize,
    name: "encoder",
  });
  const decoder = new TransformerDecoder({
    ...shared,
    vocabSize: targetVocabSize,
    name: "decoder",
  });

  const [outputs, mask] = encoder.apply(encoderInputs) as tf.SymbolicTensor[];
  const logits = decoder.apply([decoderInputs, outputs, mask]) as tf.SymbolicTensor;
  return tf.model({ inputs: [encoderInputs, decoderInputs], outputs: logits });
}

/** The encoder and the decoder of a model made by `transformer`; `undefined` for another model. */
export function transformerParts(
  model: tf.LayersModel,
): { encoder: TransformerEncoder; decoder: TransformerDecoder } | undefined {
  const { layers } = model;
  const encoder = layers.find(
    (layer): layer is TransformerEncoder => layer instanceof TransformerEncoder,
  );
  const decoder = layers.find(
    (layer): layer is TransformerDecoder => layer instanceof TransformerDecoder,
  );
  return encoder && decoder && { encoder, decoder };
}
