import { tf } from "../backend";
import type { LayerArgs } from "../layers/layer-args";

/** Added to the variance, so that a row of equal numbers is not divided by 0. */
const EPSILON = 1e-5;

/**
 * Brings the numbers of each position to mean 0 and variance 1, and lets the network choose another
 * scale γ and another mean β for each feature:
 *
 *     x̂ = (x − mean(x)) / √(variance(x) + ε)      y = γ∘x̂ + β
 *
 * `[…, features]` → the same shape; no position and no text has a say in another's. It does what
 * `tf.layers.layerNormalization` does, whose gradient takes tfjs-node a hundred times as long.
 * Source: Ba et al. 2016, arXiv 1607.06450, equation 4.
 */
export class LayerNormalization extends tf.layers.Layer {
  static className = "AttentionLabLayerNormalization"; // "LayerNormalization" is tfjs's own
  /** γ, `[features]`. */
  gamma!: tf.LayerVariable;
  /** β, `[features]`. */
  beta!: tf.LayerVariable;

  constructor(args: LayerArgs = {}) {
    super({ name: args.name, trainable: args.trainable });
  }

  override build(inputShape: tf.Shape): void {
    const features = [inputShape[inputShape.length - 1]];
    this.gamma = this.addWeight("gamma", features, "float32", tf.initializers.ones());
    this.beta = this.addWeight("beta", features, "float32", tf.initializers.zeros());
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    return tf.tidy(() => normalise(x).mul(this.gamma.read()).add(this.beta.read()));
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }
}
tf.serialization.registerClass(LayerNormalization);

/**
 * x̂, with its gradient by hand: dx = (dx̂ − mean(dx̂) − x̂·mean(dx̂∘x̂)) / √(variance + ε). tfjs
 * would come to the same through the gradients of mean and variance, in many more steps.
 */
function normalise(x: tf.Tensor): tf.Tensor {
  const operation = tf.customGrad((...args) => {
    const save = args[1] as unknown as (tensors: tf.Tensor[]) => void;
    const centred = x.sub(x.mean(-1, true));
    const scale = centred.square().mean(-1, true).add(EPSILON).rsqrt();
    const value = centred.mul(scale);
    save([value, scale]);
    const gradFunc = (dValue: tf.Tensor, [value, scale]: tf.Tensor[]) => {
      const along = value.mul(dValue.mul(value).mean(-1, true));
      return dValue.sub(dValue.mean(-1, true)).sub(along).mul(scale);
    };
    return { value, gradFunc };
  });
  return operation(x);
}
