import { type tf } from "../../backend";
import { gruKernel, type GRUWeights } from "./gru";
import type { InputSizes } from "./gru-input";
import { outputsOf } from "./kernel-run";
import { type Native, toTensor } from "./native";
import {
  add,
  addBias,
  floats,
  matMul,
  mul,
  notZero,
  reshape,
  rowsAt,
  split,
  stack,
  sub,
  unflatten,
} from "./operations";
import { type Natives, nativesLike, tensorsIn } from "./natives-like";
import { forwardPlan, inParts, partSizes } from "./parts";

/** The encoder's weights. */
export interface EncoderWeights {
  /** `[vocab, embedding]`. */
  embedding: tf.Tensor;
  grus: GRUWeights[];
  /** `[hidden, hidden]` and `[hidden]`. */
  dense: { kernel: tf.Tensor; bias: tf.Tensor };
}

/**
 * The encoder as decoding needs it, without dropout and gradient, in one call of TensorFlow: mask,
 * embedding, the stack of GRUs and dense. Tokens `[batch, time]` become the list that `Encoder`
 * returns.
 */
export function fusedEncoder(tokens: tf.Tensor2D, weights: EncoderWeights): tf.Tensor[] {
  const [batch, time] = tokens.shape;
  const grus = weights.grus.map(({ kernel, recurrentKernel, recurrentBias }) => ({
    sizes: { features: kernel.shape[0], units: recurrentKernel.shape[0] },
    resetAfter: recurrentBias !== undefined,
  }));
  const { parts, onCallingThread } = forwardPlan(batch);
  const inputs = { sizes: partSizes(batch, parts), tokens, weights };
  const encoder = {
    name: `encoder ${JSON.stringify({ grus, parts })}`,
    onCallingThread,
    outputs(natives: Native[]) {
      const { sizes, tokens, weights } = nativesLike(inputs, natives.values());
      const rows = [rowsAt(weights.embedding, tokens), notZero(tokens)];
      const ofGRUs = grus.map(({ sizes }) => sizes);
      return inParts(rows, sizes, parts, (part) => encode(weights, ofGRUs, part));
    },
  };
  const outputs = outputsOf(encoder, tensorsIn(inputs));
  inputs.sizes.dispose();
  const { units } = grus[0].sizes;
  const shapes = [[batch, time, units], [batch, time], ...grus.map(() => [batch, units])];
  return outputs.map((native, i) => toTensor(native, shapes[i]));
}

/** What `Encoder` returns, for embeddings `[rows, time, embedding]` and their mask `[rows, time]`. */
function encode(
  weights: Natives<EncoderWeights>,
  sizes: InputSizes[],
  [embedded, mask]: Native[],
): Native[] {
  const [{ units }] = sizes;
  const padding = sub(floats([1], []), mask);
  const maskAndOnes = stack([padding, add(padding, mask)], 2);
  // The initial states: a row of zeros for each row of the mask, whose number no graph knows.
  const zeros = mul(split(mask, [1, -1], 1)[0], floats(Array<number>(units).fill(0), [1, units]));
  let sequence = embedded;
  const states = weights.grus.map(({ kernel, bias, recurrentKernel, recurrentBias }, l) => {
    const natives = [maskAndOnes, sequence, zeros, kernel, bias, recurrentKernel];
    if (recurrentBias !== undefined) natives.push(recurrentBias);
    const { output, trace } = gruKernel(sizes[l], recurrentBias !== undefined).forward(natives);
    sequence = output;
    return reshape(split(trace.cell.next, [-1, 1], 0)[1], [-1, units]);
  });
  const flat = reshape(sequence, [-1, units]);
  const outputs = addBias(matMul(flat, weights.dense.kernel), weights.dense.bias);
  return [unflatten(outputs, sequence, units), mask, ...states];
}
