import { tf } from "../backend";

/**
 * A layer made of other layers, as `Encoder` is made of an embedding and a GRU.
 *
 * tfjs does not look for layers inside layers. This class hands their weights on, so that counting,
 * saving, loading and freezing (`encoder.embedding.trainable = false`) work as in Keras.
 */
export abstract class Composite extends tf.layers.Layer {
  /** The layers this one is made of, in the order of the computation. */
  protected abstract readonly parts: tf.layers.Layer[];

  /** The results of one pass through a model, by the `kwargs` object that marks the pass. */
  private readonly passes = new WeakMap<object, { inputs: tf.Tensor[]; outputs: tf.Tensor[] }>();

  override get trainableWeights(): tf.LayerVariable[] {
    return this.trainable ? this.parts.flatMap((part) => part.trainableWeights) : [];
  }

  override get nonTrainableWeights(): tf.LayerVariable[] {
    return this.parts.flatMap((part) => (this.trainable ? part.nonTrainableWeights : part.weights));
  }

  /**
   * Runs `compute` once a pass. tfjs calls a layer again for each of its outputs that another layer
   * uses: an encoder with three outputs would run three times a training step, each time with
   * other dropout. Within a training step tfjs hands every layer the same `kwargs` object.
   */
  protected oncePerPass(
    inputs: tf.Tensor[],
    kwargs: object,
    compute: () => tf.Tensor[],
  ): tf.Tensor[] {
    const last = this.passes.get(kwargs);
    const repeated =
      last?.inputs.length === inputs.length &&
      last.inputs.every((input, i) => input === inputs[i]) &&
      last.outputs.every((output) => !output.isDisposed);
    if (last && repeated) return last.outputs;
    const outputs = compute();
    this.passes.set(kwargs, { inputs, outputs });
    return outputs;
  }
}

/** Makes a layer's weights now, named after it, by showing it zeros of the given shapes. */
export function buildPart(part: tf.layers.Layer, ...shapes: number[][]): void {
  tf.tidy(() => {
    const zeros = shapes.map((shape) => tf.zeros(shape));
    part.apply(zeros.length === 1 ? zeros[0] : zeros);
  });
}
