import { type tf } from "../../backend";
import { type AttentionWeights } from "./attention-step";
import { type CellWeights, cellWeights, gatesAndCandidate } from "./gru-cell";
import type { Native } from "./native";
import { split } from "./operations";

/** The tensors of one GRU of the decoder's stack. */
export interface DecoderLayer {
  /** `[batch, units]`. */
  initialState: tf.Tensor2D;
  /** `[features, 3·units]`; the first GRU's features are embedding and context. */
  kernel: tf.Tensor2D;
  /** `[3·units]`. */
  bias: tf.Tensor1D;
  /** `[units, 3·units]`. */
  recurrentKernel: tf.Tensor2D;
  /** `[3·units]`, with `resetAfter` only. */
  recurrentBias?: tf.Tensor1D;
}

export interface DecoderTensors {
  /** `[batch, time, embedding]`. */
  embedded: tf.Tensor3D;
  /** `[batch, sourceTime, units]`. */
  keys: tf.Tensor3D;
  /** `[batch, sourceTime, hidden]`. */
  values: tf.Tensor3D;
  /** 0 on real positions, a large negative number on padding, `[batch, sourceTime]`. */
  maskScores: tf.Tensor2D;
  /** With the additive score: W1 `[hidden, units]` and V `[units, 1]`. */
  additive?: { W1: tf.Tensor2D; V: tf.Tensor2D };
  layers: DecoderLayer[];
}

/** One GRU of the stack in natives. */
export interface NativeLayer {
  initialState: Native;
  cell: CellWeights;
  /** The first GRU's rows of the kernel for the embedding, `[embedding, 3·units]`. */
  embeddingKernel?: Native;
  /** The others, for the context or the GRU below: `[hidden, 2·units]` and `[hidden, units]`. */
  inputKernels: Native[];
  bias: Native;
  /** The bias of z and r `[2·units]`, and that of the candidate `[units]`. */
  biases: Native[];
}

export interface NativeDecoder {
  embedded: Native;
  attention: AttentionWeights;
  layers: NativeLayer[];
}

/** All tensors in one list: a fused operation takes its inputs and gives its gradients so. */
export function listOf({ embedded, keys, values, additive, layers }: DecoderTensors): tf.Tensor[] {
  const inLayers = layers.flatMap((layer) => [
    layer.initialState,
    layer.kernel,
    layer.bias,
    layer.recurrentKernel,
    ...(layer.recurrentBias ? [layer.recurrentBias] : []),
  ]);
  return [embedded, keys, values, ...(additive ? [additive.W1, additive.V] : []), ...inLayers];
}

/** Where in `listOf` the tensors stand that have a row for each of the batch. */
export function rowsOf(tensors: DecoderTensors): number[] {
  const { layers } = tensors;
  // A layer's initial state comes first in it, so it stands behind all that comes before the layer.
  const initialStates = layers.map(
    (_, l) => listOf({ ...tensors, layers: layers.slice(0, l) }).length,
  );
  return [0, 1, 2, ...initialStates];
}

/** What the operations of the decoder's kernel depend on, beside the sizes of its input. */
export function kindOf({ additive, keys, values, layers }: DecoderTensors) {
  return {
    score: additive ? "additive" : "product",
    keys: keys.shape[2],
    values: values.shape[2],
    resetAfter: layers.map((layer) => layer.recurrentBias !== undefined),
  };
}

/** The opposite of `listOf`, with the natives of the tensors. */
export function decoderOf(natives: Native[], tensors: DecoderTensors): NativeDecoder {
  const rest = natives.values();
  const take = () => rest.next().value as Native;
  const [embedded, keys, values] = [take(), take(), take()];
  const attention = {
    units: tensors.keys.shape[2],
    hidden: tensors.values.shape[2],
    keys,
    values,
    additive: tensors.additive && { W1: take(), V: take() },
  };
  const layers = tensors.layers.map((layer, l) => {
    const [initialState, kernel, bias, recurrentKernel] = [take(), take(), take(), take()];
    const recurrentBias = layer.recurrentBias && take();
    const units = layer.initialState.shape[1];
    const [features, embedding] = [layer.kernel.shape[0], tensors.embedded.shape[2]];
    const [embeddingKernel, inputKernel] =
      l === 0 ? split(kernel, [embedding, features - embedding], 0) : [undefined, kernel];
    return {
      initialState,
      cell: cellWeights(units, recurrentKernel, recurrentBias),
      embeddingKernel,
      inputKernels: gatesAndCandidate(inputKernel, units),
      bias,
      biases: split(bias, [2 * units, units], 0),
    };
  });
  return { embedded, attention, layers };
}
