import { tf } from "../backend";
import { Decoder, type DecoderArgs } from "../layers/decoder";
import { Encoder } from "../layers/encoder";
import type { CompositeArgs } from "../layers/layer-args";

/** The arguments of `seq2seq`: those that encoder and decoder share, and two vocabularies. */
export interface Seq2seqArgs extends Omit<DecoderArgs, "vocabSize" | keyof CompositeArgs> {
  /** How many source tokens there are, padding included. */
  sourceVocabSize: number;
  /** How many target tokens there are, padding included. */
  targetVocabSize: number;
}

/**
 * The model of section 5 of the article: `Encoder` and `Decoder` put together.
 *
 * Its inputs are `[encoder_inputs [batch, sourceTime], decoder_inputs [batch, targetTime]]`, its
 * output the logits `[batch, targetTime, targetVocabSize]`. Compile it with `tokenLoss`; see
 * `targets` for what it is trained on.
 * @throws Fails with an Error when an argument makes no sense; the message says which.
 */
export function seq2seq(args: Seq2seqArgs): tf.LayersModel {
  const { sourceVocabSize, targetVocabSize, ...others } = args;
  const { attention, halfWidth, heads, outputDropoutRate, ...shared } = others;
  const encoderInputs = tf.input({ shape: [null], dtype: "int32", name: "encoder_inputs" });
  const decoderInputs = tf.input({ shape: [null], dtype: "int32", name: "decoder_inputs" });

  const encoder = new Encoder({ ...shared, vocabSize: sourceVocabSize, name: "encoder" });
  const decoder = new Decoder({
    ...shared,
    vocabSize: targetVocabSize,
    attention,
    halfWidth,
    heads,
    outputDropoutRate,
    name: "decoder",
  });

  const encoded = encoder.apply(encoderInputs) as tf.SymbolicTensor[];
  const [decoderOutputs] = decoder.apply([decoderInputs, ...encoded]) as tf.SymbolicTensor[];
  return tf.model({ inputs: [encoderInputs, decoderInputs], outputs: decoderOutputs });
}

/**
 * The model's encoder.
 * @throws Fails with an Error when the model has none.
 */
export function encoderOf(model: tf.LayersModel): Encoder {
  const encoder = model.layers.find((layer): layer is Encoder => layer instanceof Encoder);
  if (!encoder) throw new Error(`The model "${model.name}" has no Encoder layer.`);
  return encoder;
}

/**
 * The model's decoder.
 * @throws Fails with an Error when the model has none.
 */
export function decoderOf(model: tf.LayersModel): Decoder {
  const decoder = model.layers.find((layer): layer is Decoder => layer instanceof Decoder);
  if (!decoder) throw new Error(`The model "${model.name}" has no Decoder layer.`);
  return decoder;
}

/**
 * The same model, seen from its attention: it predicts the weights `[batch, targetTime, sourceTime]`.
 * @throws Fails with an Error when the model has no decoder.
 */
export function attentionModel(model: tf.LayersModel): tf.LayersModel {
  const [, weights] = decoderOf(model).output as tf.SymbolicTensor[];
  return tf.model({ inputs: model.inputs, outputs: weights });
}
