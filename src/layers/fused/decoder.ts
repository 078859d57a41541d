import { tf } from "../../backend";
import {
  attentionBackward,
  attentionForward,
  type AttentionGradients,
  type AttentionWeights,
} from "./attention-step";
import {
  cellBackward,
  cellForward,
  type CellGradients,
  type CellTrace,
  cellWeightGradients,
  type CellWeights,
  cellWeights,
  columns,
} from "./gru-cell";
import { matMul } from "./native";

/** The tensors of one GRU of the decoder's stack. */
export type DecoderLayer = {
  /** `[batch, units]`. */
  initialState: tf.Tensor2D;
  /** From the context (first GRU) or from the GRU below, `[hidden, 3·units]`. */
  kernel: tf.Tensor2D;
  /** `[3·units]`; the first GRU's is already in the projected embeddings. */
  bias: tf.Tensor1D;
  /** `[units, 3·units]`. */
  recurrentKernel: tf.Tensor2D;
  /** `[3·units]`, with `resetAfter` only. */
  recurrentBias?: tf.Tensor1D;
};

export type DecoderTensors = {
  /** What the embeddings bring to the first GRU, `[batch, time, 3·units]`. */
  projected: tf.Tensor3D;
  attention: AttentionWeights;
  layers: DecoderLayer[];
};

/**
 * The decoder's recurrence over a whole target with its gradient written by hand: the top GRU's
 * states `[batch, time, units]` and the attention weights `[batch, time, sourceTime]`.
 *
 * Each step: attention with the top GRU's previous state as the query → the context, together with
 * the step's embedding, into the first GRU → the GRUs above it. The backward pass goes through the
 * same steps from the last to the first. The mathematics is in `attention-step.ts` and
 * `gru-cell.ts`; what is left here is which gradient flows where:
 *
 *     dstate(top, t)   = from the output of step t + from step t + 1 (its GRU, and as its query)
 *     dstate(lower, t) = from the GRU above in step t + from step t + 1
 *     dcontext(t)      = d(input of the first GRU)·kernelᵀ
 */
export function fusedDecoder(inputs: DecoderTensors): {
  states: tf.Tensor3D;
  weights: tf.Tensor3D;
} {
  const { maskScores } = inputs.attention;
  const flat = flatten(inputs);
  const layout = inputs.layers.map((layer) => layer.recurrentBias !== undefined);
  const operation = tf.customGrad((...args) => {
    const tensors = args.slice(0, -1) as tf.Tensor[];
    const save = args[args.length - 1] as (tensors: tf.Tensor[]) => void;
    const steps = forward(unflatten(tensors, maskScores, layout));
    // customGrad returns one tensor, so the states and the weights leave side by side.
    const value = tf.stack(
      steps.map((step) => tf.concat([step.layers[step.layers.length - 1].next, step.weights], 1)),
      1,
    );
    save([...tensors, maskScores, ...steps.flatMap(stepTensors)]);
    return {
      value,
      gradFunc: (dValue: tf.Tensor, saved: tf.Tensor[]) => {
        const inputs = unflatten(saved.slice(0, tensors.length), saved[tensors.length], layout);
        const perStep = 2 + 4 * layout.length;
        const offset = tensors.length + 1;
        const traces = Array.from({ length: value.shape[1]! }, (_, t) =>
          stepFrom(saved.slice(offset + t * perStep, offset + (t + 1) * perStep)),
        );
        return backward(inputs, traces, dValue);
      },
    };
  });
  const sideBySide = operation(...flat);
  const sizes = [inputs.layers[0].initialState.shape[1], inputs.attention.keys.shape[1]];
  const [states, weights] = tf.split(sideBySide, sizes, 2) as tf.Tensor[] as tf.Tensor3D[];
  return { states, weights };
}

/** What the backward pass needs of one step. */
type Step = {
  activations: tf.Tensor2D;
  weights: tf.Tensor2D;
  layers: (CellTrace & { next: tf.Tensor2D })[];
};

function forward({ projected, attention, layers }: DecoderTensors): Step[] {
  const cells = layers.map((layer) => cellWeights(layer.recurrentKernel, layer.recurrentBias));
  const units = layers[0].initialState.shape[1];
  let states = layers.map((layer) => layer.initialState);
  return (tf.unstack(projected, 1) as tf.Tensor2D[]).map((embedded) => {
    const step = tf.tidy(() => {
      const query = states[states.length - 1];
      const { context, ...trace } = attentionForward(attention, query);
      let input = embedded.add(matMul(context, layers[0].kernel)) as tf.Tensor2D;
      const traces = layers.map((_, l) => {
        const [gateInput, candidateInput] = columns(input, [2 * units, units]);
        const cell = cellForward(cells[l], gateInput, candidateInput, states[l]);
        const above = layers[l + 1];
        if (above) input = matMul(cell.next, above.kernel).add(above.bias);
        return cell;
      });
      return { ...trace, layers: traces };
    });
    states = step.layers.map((layer) => layer.next);
    return step;
  });
}

/** The gradients of one step that the sums over all steps need. */
type StepGradients = {
  attention: AttentionGradients;
  context: tf.Tensor2D;
  cells: CellGradients[];
  /** Of each GRU's projected input, `[batch, 3·units]`. */
  inputs: tf.Tensor2D[];
};

function backward(inputs: DecoderTensors, steps: Step[], dValue: tf.Tensor): tf.Tensor[] {
  const { attention, layers } = inputs;
  const cells = layers.map((layer) => cellWeights(layer.recurrentKernel, layer.recurrentBias));
  const sizes = [layers[0].initialState.shape[1], attention.keys.shape[1]];
  const [dOutputs, dWeights] = tf.split(dValue, sizes, 2).map((part) => tf.unstack(part, 1));
  const statesBefore = (t: number) =>
    layers.map((layer, l) => (t === 0 ? layer.initialState : steps[t - 1].layers[l].next));

  const gradients: StepGradients[] = [];
  let fromLater: tf.Tensor2D[][] = layers.map(() => []);
  for (let t = steps.length - 1; t >= 0; t--) {
    const before = statesBefore(t);
    gradients[t] = tf.tidy(() => {
      const fromAbove = [dOutputs[t] as tf.Tensor2D];
      const cellGradients: CellGradients[] = [];
      const dInputs: tf.Tensor2D[] = [];
      for (let l = layers.length - 1; l >= 0; l--) {
        const dNext = tf.addN([...fromAbove.splice(0), ...fromLater[l]]) as tf.Tensor2D;
        cellGradients[l] = cellBackward(cells[l], steps[t].layers[l], before[l], dNext);
        dInputs[l] = tf.concat([cellGradients[l].gates, cellGradients[l].candidate], 1);
        fromAbove.push(matMul(dInputs[l], layers[l].kernel, false, true));
      }
      const [context] = fromAbove;
      const dAttention = attentionBackward(
        attention,
        steps[t],
        context,
        dWeights[t] as tf.Tensor2D,
      );
      return { attention: dAttention, context, cells: cellGradients, inputs: dInputs };
    });
    tf.dispose(fromLater);
    fromLater = gradients[t].cells.map((cell) => cell.state);
    fromLater[layers.length - 1].push(gradients[t].attention.query);
  }
  return sumUp(inputs, steps, gradients, cells, statesBefore, fromLater);
}

/** The gradients of all inputs, in the order of `flatten`: sums and products over the steps. */
function sumUp(
  { attention, layers }: DecoderTensors,
  steps: Step[],
  gradients: StepGradients[],
  cells: CellWeights[],
  statesBefore: (t: number) => tf.Tensor2D[],
  dInitialStates: tf.Tensor2D[][],
): tf.Tensor[] {
  const before = steps.map((_, t) => statesBefore(t));
  const top = layers.length - 1;
  const allWeights = tf.stack(
    steps.map((step) => step.weights),
    1,
  ); // [batch, time, sourceTime]
  const dContexts = tf.stack(
    gradients.map((step) => step.context),
    1,
  ); // [batch, time, hidden]
  const contexts = tf.unstack(tf.matMul(allWeights, attention.values), 1) as tf.Tensor2D[];
  const dAttention = gradients.map((step) => step.attention);

  const dLayers = layers.flatMap((_, l) => {
    const inputs = l === 0 ? contexts : steps.map((step) => step.layers[l - 1].next);
    const dInputs = tf.concat(gradients.map((step) => step.inputs[l]));
    return [
      tf.addN(dInitialStates[l]),
      matMul(tf.concat(inputs), dInputs, true),
      l === 0 ? tf.zeros([dInputs.shape[1]!]) : dInputs.sum(0),
      ...cellWeightGradients(
        cells[l],
        steps.map((step) => step.layers[l]),
        before.map((states) => states[l]),
        gradients.map((step) => step.cells[l]),
      ),
    ];
  });
  return [
    tf.stack(
      gradients.map((step) => step.inputs[0]),
      1,
    ),
    matMul(
      tf.concat(before.map((states) => states[top])),
      tf.concat(dAttention.map((step) => step.projectedQuery)),
      true,
    ),
    tf.addN(dAttention.map((step) => step.V)),
    tf.addN(dAttention.map((step) => step.keys)).reshape(attention.keys.shape),
    tf.matMul(allWeights, dContexts, true),
    ...dLayers,
  ];
}

// customGrad takes and returns flat lists of tensors.

function flatten({ projected, attention, layers }: DecoderTensors): tf.Tensor[] {
  const { W1, V, keys, values } = attention;
  const flatLayers = layers.flatMap((layer) => [
    layer.initialState,
    layer.kernel,
    layer.bias,
    layer.recurrentKernel,
    ...(layer.recurrentBias ? [layer.recurrentBias] : []),
  ]);
  return [projected, W1, V, keys, values, ...flatLayers];
}

function unflatten(
  tensors: tf.Tensor[],
  maskScores: tf.Tensor,
  hasRecurrentBias: boolean[],
): DecoderTensors {
  const rest = [...tensors];
  const take = <T extends tf.Tensor>() => rest.shift() as T;
  return {
    projected: take(),
    attention: {
      W1: take(),
      V: take(),
      keys: take(),
      values: take(),
      maskScores: maskScores as tf.Tensor2D,
    },
    layers: hasRecurrentBias.map((hasBias) => ({
      initialState: take(),
      kernel: take(),
      bias: take(),
      recurrentKernel: take(),
      recurrentBias: hasBias ? take<tf.Tensor1D>() : undefined,
    })),
  };
}

function stepTensors({ activations, weights, layers }: Step): tf.Tensor[] {
  const cells = layers.flatMap(({ gates, candidate, reset, next }) => [
    gates,
    candidate,
    reset,
    next,
  ]);
  return [activations, weights, ...cells];
}

function stepFrom(tensors: tf.Tensor[]): Step {
  const [activations, weights, ...rest] = tensors as tf.Tensor2D[];
  const layers = Array.from({ length: rest.length / 4 }, (_, l) => {
    const [gates, candidate, reset, next] = rest.slice(4 * l, 4 * l + 4);
    return { gates, candidate, reset, next };
  });
  return { activations, weights, layers };
}
