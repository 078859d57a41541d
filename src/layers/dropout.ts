import { tf } from "../backend";
import type { LayerArgs } from "./layer-args";

export interface SeededDropoutArgs extends LayerArgs {
  /** The share of the numbers that training drops: at least 0 and below 1. */
  rate: number;
  /** Seed of the masks; 0 unless given. */
  seed?: number;
}

/**
 * Dropout whose masks are drawn from a seed, a step and a row of the batch, so that a training run
 * can be repeated and resumed bit for bit, also where several replicas of the model divide the rows
 * among them. (`tf.layers.dropout` with a seed draws the same mask at every step.)
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
  /** Which row of the whole batch the first row here is. */
  firstRow = 0;

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
    const mask = new Float32Array(tf.util.sizeFromShape(shape));
    const rowSize = mask.length / shape[0];
    const ofStep = scramble(scramble(this.seed) + this.step++);
    const kept = 1 / (1 - this.rate);
    const dropped = this.rate * 2 ** 32;
    for (let row = 0; row < shape[0]; row++) {
      let state = scramble(ofStep + this.firstRow + row);
      for (let i = row * rowSize; i < (row + 1) * rowSize; i++) {
        state = (state + 0x6d2b79f5) | 0;
        mask[i] = scramble(state) < dropped ? 0 : kept;
      }
    }
    return tf.tensor(mask, shape);
  }
}
tf.serialization.registerClass(SeededDropout);

/** 32 bits from 32 others, as `Random` mixes them: a function of its own, as masks are long. */
function scramble(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 15), 1 | bits);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return (mixed ^ (mixed >>> 14)) >>> 0;
}
