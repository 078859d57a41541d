import { tf } from "../backend";
import { Random } from "../random";
import type { LayerArgs } from "./layer-args";

export interface SeededDropoutArgs extends LayerArgs {
  /** The share of the numbers that training drops: at least 0 and below 1. */
  rate: number;
  /** Seed of the masks; 0 unless given. */
  seed?: number;
}

/**
 * Dropout whose masks are drawn from a seed and a step, so that a training run can be repeated and
 * resumed bit for bit. (`tf.layers.dropout` with a seed draws the same mask at every step.)
 *
 * In training it sets a share `rate` of the numbers to zero and divides the others by `1 − rate`;
 * otherwise it changes nothing. Source: Srivastava et al. 2014, JMLR 15.
 * @throws Fails with an Error when `rate` is not at least 0 and below 1.
 */
export class SeededDropout extends tf.layers.Layer {
  static className = "SeededDropout";
  readonly rate: number;
  readonly seed: number;
  /** How many masks have been drawn; set it to go on where an earlier run stopped. */
  step = 0;

  constructor(args: SeededDropoutArgs) {
    super({ name: args.name, trainable: args.trainable });
    if (!(args.rate >= 0 && args.rate < 1)) {
      throw new Error(
        `SeededDropout: rate is ${args.rate}; it is a share, at least 0 and below 1.`,
      );
    }
    this.rate = args.rate;
    this.seed = args.seed ?? 0;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const values = Array.isArray(inputs) ? inputs[0] : inputs;
    if (!kwargs.training || this.rate === 0) return values;
    return tf.tidy(() => values.mul(this.drawMask(values.shape)));
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed };
  }

  private drawMask(shape: number[]): tf.Tensor {
    const random = new Random(Math.imul(this.seed + 1, 0x9e3779b1) ^ this.step++);
    const kept = 1 / (1 - this.rate);
    const mask = new Float32Array(shape.reduce((product, size) => product * size, 1));
    for (let i = 0; i < mask.length; i++) mask[i] = random.next() < this.rate ? 0 : kept;
    return tf.tensor(mask, shape);
  }
}
tf.serialization.registerClass(SeededDropout);
