import { tf } from "../../backend";
import {
  binding,
  free,
  type Native,
  OF_FLOATS,
  runOperation,
  toNative,
  toTensor,
} from "../../layers/fused/native";
import type { Control } from "./control";

const ROW = [...OF_FLOATS, { name: "Tdim", type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 }];

/** TensorFlow computes in memory of Node's, without a copy, where it begins at such an address. */
const ALIGNED_BYTES = 64;

/**
 * The gradients of all replicas, in memory that they share, and their sum.
 *
 * They lie there as tensors of TensorFlow's, which writes them and adds them up: if JavaScript did,
 * each step would leave an array of the model's size behind, and V8 would search for such
 * garbage all the time.
 */
export class Exchange {
  /** How many replicas have rows in this step: the first ones. */
  sharing = 1;
  step = 0;
  /** Each replica's gradients. */
  private readonly gradients: Native[][];
  /** This one's again, each with one more axis, so that it can be written as the first row. */
  private readonly rows: Native[];
  private readonly zero = binding.createTensor([], binding.TF_INT32, Int32Array.of(0));
  private readonly first = binding.createTensor([1], binding.TF_INT32, Int32Array.of(0));

  /** The memory that gradients of these shapes need. What can grow begins with a page of memory. */
  static memory(replicas: number, shapes: number[][]): SharedArrayBuffer {
    const bytes = replicas * bytesOf(shapes);
    const growing = { maxByteLength: bytes } as object; // newer than TypeScript's own types
    return new (SharedArrayBuffer as new (bytes: number, of: object) => SharedArrayBuffer)(
      bytes,
      growing,
    );
  }

  constructor(
    memory: SharedArrayBuffer,
    private readonly shapes: number[][],
    private readonly replica: number,
    private readonly control: Control,
  ) {
    const bytes = bytesOf(shapes);
    const sizes = shapes.map((shape) => tf.util.sizeFromShape(shape));
    const tensorsAt = (start: number, shapeOf: (weight: number) => number[]) => {
      let offset = start;
      return sizes.map((size, weight) => {
        const values = new Float32Array(memory, offset, size);
        offset += alignedBytes(size);
        return binding.createTensor(shapeOf(weight), binding.TF_FLOAT, values);
      });
    };
    this.gradients = Array.from({ length: memory.byteLength / bytes }, (_, i) =>
      tensorsAt(i * bytes, (weight) => shapes[weight]),
    );
    const own = replica * bytes;
    this.rows = tensorsAt(own, (weight) => [1, ...shapes[weight]]);
    const [number] = new Float32Array(memory, own, 1).fill(1);
    if (binding.tensorDataSync(this.rows[0])[0] === number) return;
    this.dispose();
    throw new Error("train: TensorFlow does not take memory of this Node. Leave workers out.");
  }

  /**
   * The sums of all replicas' gradients. Each replica adds them up for itself, in the same order,
   * so that all get the same bits.
   */
  allReduce(own: tf.Tensor[]): tf.Tensor[] {
    const missing = this.shapes.length - own.length;
    if (missing > 0) {
      throw new Error(
        `train: ${missing} of the weights that were trainable at the start have no gradient, so ` +
          "workers cannot share theirs. Freeze weights before the training, or leave workers out.",
      );
    }
    if (this.replica < this.sharing) {
      this.publish(own);
      this.control.reach("gradients", this.replica, this.step);
    }
    for (let other = 0; other < this.sharing; other++) {
      this.control.wait("gradients", other, this.step);
    }
    return this.shapes.map((shape, weight) => toTensor(this.sumOf(weight), shape));
  }

  private publish(own: tf.Tensor[]): void {
    own.forEach((gradient, weight) => {
      const row = runOperation("ExpandDims", ROW, [toNative(gradient), this.zero]);
      // Its result is the memory that was written.
      const written = runOperation("InplaceUpdate", OF_FLOATS, [
        this.rows[weight],
        this.first,
        row,
      ]);
      free([row, written]);
    });
  }

  /** Of a single replica it is that one's own memory, so whoever asks uses it within the step. */
  private sumOf(weight: number): Native {
    const gradients = this.gradients.slice(0, this.sharing).map((all) => all[weight]);
    const count = { name: "N", type: binding.TF_ATTR_INT, value: this.sharing };
    return runOperation("AddN", [...OF_FLOATS, count], gradients);
  }

  /** Lets go of the memory. */
  dispose(): void {
    free([...this.gradients.flat(), ...this.rows, this.zero, this.first]);
  }
}

/** How many bytes tensors of these shapes take together. */
function bytesOf(shapes: number[][]): number {
  return shapes.reduce((sum, shape) => sum + alignedBytes(tf.util.sizeFromShape(shape)), 0);
}

function alignedBytes(size: number): number {
  return ALIGNED_BYTES * Math.ceil((4 * size) / ALIGNED_BYTES);
}
