import { tf } from "../../backend";
import type { Control } from "./control";

/** The gradients of all replicas, in memory that they share, and their sum. */
export class Exchange {
  /** How many replicas have rows in this step: the first ones. */
  sharing = 1;
  step = 0;
  private readonly gradients: Float32Array[];
  private readonly sum: Float32Array;

  /** The memory that `replicas` gradients of `size` numbers need. */
  static memory(replicas: number, size: number): SharedArrayBuffer {
    return new SharedArrayBuffer(4 * replicas * size);
  }

  constructor(
    memory: SharedArrayBuffer,
    private readonly shapes: number[][],
    private readonly replica: number,
    private readonly control: Control,
  ) {
    const size = sizeOf(shapes);
    const replicas = memory.byteLength / (4 * size);
    this.gradients = Array.from(
      { length: replicas },
      (_, i) => new Float32Array(memory, 4 * size * i, size),
    );
    this.sum = new Float32Array(size);
  }

  /**
   * The sums of all replicas' gradients. Each replica adds them up for itself, in the same order,
   * so that all get the same bits.
   */
  allReduce(own: tf.Tensor[]): tf.Tensor[] {
    const missing = this.shapes.length - own.length;
    if (missing > 0) {
      throw new Error(
        `train: ${missing} of the trainable weights have no gradient, so workers cannot share ` +
          "theirs. Freeze those weights, or leave workers out.",
      );
    }
    if (this.replica < this.sharing) {
      this.publish(own);
      this.control.reach("gradients", this.replica, this.step);
    }
    for (let other = 0; other < this.sharing; other++) {
      this.control.wait("gradients", other, this.step);
    }
    this.addUp();
    return this.asTensors();
  }

  private publish(own: tf.Tensor[]): void {
    let start = 0;
    for (const gradient of own) {
      this.gradients[this.replica].set(gradient.dataSync(), start);
      start += gradient.size;
    }
  }

  private addUp(): void {
    const { sum, gradients } = this;
    if (this.sharing === 1) sum.set(gradients[0]);
    for (let replica = 1; replica < this.sharing; replica++) {
      const before = replica === 1 ? gradients[0] : sum;
      const next = gradients[replica];
      for (let i = 0; i < sum.length; i++) sum[i] = before[i] + next[i];
    }
  }

  private asTensors(): tf.Tensor[] {
    let start = 0;
    return this.shapes.map((shape) => {
      const end = start + tf.util.sizeFromShape(shape);
      const tensor = tf.tensor(this.sum.subarray(start, end), shape);
      start = end;
      return tensor;
    });
  }
}

/** How many numbers tensors of these shapes have together. */
export function sizeOf(shapes: number[][]): number {
  return shapes.reduce((sum, shape) => sum + tf.util.sizeFromShape(shape), 0);
}
