import { tf } from "../backend";
import { SeededDropout } from "./dropout";
import { fusedKernels } from "./fused/switch";

/**
 * A layer made of other layers, as `Encoder` is made of an embedding and a GRU.
 *
 * tfjs does not look for layers inside layers. This class hands their weights on, so that counting,
 * saving, loading and freezing (`encoder.embedding.trainable = false`) work as in Keras.
 */
export abstract class Composite extends tf.layers.Layer {
  /** The layers this one is made of, in the order of the computation. */
  protected abstract readonly parts: tf.layers.Layer[];

  /** The results of one pass through a model, by an object that marks the pass. */
  private readonly passes = new WeakMap<object, Pass>();

  override get trainableWeights(): tf.LayerVariable[] {
    return this.trainable ? this.parts.flatMap((part) => part.trainableWeights) : [];
  }

  override get nonTrainableWeights(): tf.LayerVariable[] {
    return this.parts.flatMap((part) => (this.trainable ? part.nonTrainableWeights : part.weights));
  }

  /** The dropout layers that it is made of, its parts' own included. */
  get dropouts(): SeededDropout[] {
    return this.parts.flatMap((part) => {
      if (part instanceof Composite) return part.dropouts;
      return part instanceof SeededDropout ? [part] : [];
    });
  }

  /** The frozen parts, each by its number in `parts`; a part of a part by both numbers. */
  private frozenParts(): number[][] {
    return this.parts.flatMap((part, i) => {
      if (!part.trainable) return [[i]];
      return part instanceof Composite ? part.frozenParts().map((path) => [i, ...path]) : [];
    });
  }

  /** Freezes what `getConfig` found frozen; the layers that models are made of call it. */
  protected freezeParts(paths: readonly number[][] = []): void {
    for (const [i, ...path] of paths) {
      const part = this.parts[i];
      if (path.length === 0) part.trainable = false;
      else (part as Composite).freezeParts([path]);
    }
  }

  override getConfig(): tf.serialization.ConfigDict {
    const frozenParts = this.frozenParts();
    return { ...super.getConfig(), ...(frozenParts.length > 0 && { frozenParts }) };
  }

  /**
   * Runs `compute` once a pass. tfjs calls a layer again for each of its outputs that another layer
   * uses: an encoder with three outputs would run three times a training step, each time with
   * other dropout. A training step hands every layer the same `kwargs`; a batch of `predict` and
   * `evaluate` runs in one `tf.tidy`.
   */
  protected oncePerPass(
    inputs: tf.Tensor[],
    kwargs: { training?: boolean },
    compute: () => tf.Tensor[],
  ): tf.Tensor[] {
    const mark: object | null = kwargs.training ? kwargs : tf.engine().state.activeScope;
    const values = this.weights.map((weight) => weight.read().dataId); // other ones once it learns
    const last = mark && this.passes.get(mark);
    const fused = fusedKernels();
    const repeated =
      last &&
      last.fused === fused &&
      areSame(last.inputs, inputs) &&
      areSame(last.values, values) &&
      last.outputs.every((output) => !output.isDisposed);
    if (repeated) return last.outputs;
    const outputs = compute();
    if (mark) this.passes.set(mark, { fused, inputs, values, outputs });
    return outputs;
  }
}

interface Pass {
  fused: boolean;
  inputs: tf.Tensor[];
  /** What marks the weights' values. */
  values: object[];
  outputs: tf.Tensor[];
}

function areSame(a: object[], b: object[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

/** Makes a layer's weights now, named after it, by showing it zeros of the given shapes. */
export function buildPart(part: tf.layers.Layer, ...shapes: number[][]): void {
  tf.tidy(() => {
    const zeros = shapes.map((shape) => tf.zeros(shape));
    part.apply(zeros.length === 1 ? zeros[0] : zeros);
  });
}
