import * as tf from "@tensorflow/tfjs-node";

/**
 * Why products of matrices are not always left to TensorFlow as they are.
 *
 * The products of oneDNN before version 3.12 put the stack pointer on the heap while they compute:
 * a signal that arrives then (■ and Ctrl+C send one) writes into other memory. For AVX2 they do so
 * where they add up more than 252 numbers in one go, for AVX-512 more than 84. So `backend.ts`
 * holds oneDNN to AVX2, and longer sums are computed in pieces. Where the first factor is
 * transposed oneDNN itself cuts the sums into pieces of 96, but not always: of such products,
 * called over and over under a stream of signals, [256, 512]·[512, 512] and [512, 1024]·[1024, 1024]
 * did damage within seconds, and [128, 2048]·[2048, 384] and all smaller ones tried did not. The
 * gradients of models with 256 hidden units have some of that size. They are not mended.
 * Source: oneDNN, issue 4845 and pull request 4855.
 */
const LONGEST_SAFE_SUM = 252;

/** The sizes of the pieces in which to compute sums of so many numbers. */
export function safeSums(length: number): number[] {
  const pieces = Math.ceil(length / LONGEST_SAFE_SUM);
  const end = (piece: number) => Math.floor((piece * length) / pieces);
  return Array.from({ length: pieces }, (_, piece) => end(piece + 1) - end(piece));
}

/** Lets `tf.matMul`, and all that is built on it, survive signals. */
export function surviveSignals(): void {
  const original = tf.getKernel(tf.BatchMatMul, "tensorflow");
  tf.unregisterKernel(tf.BatchMatMul, "tensorflow");
  tf.registerKernel({ ...original, kernelFunc: withSafeSums(original) });
}

function withSafeSums({ kernelFunc }: tf.KernelConfig): tf.KernelFunc {
  return (params) => {
    const { transposeA, transposeB } = params.attrs as { transposeA: boolean; transposeB: boolean };
    const { a, b } = params.inputs as { a: tf.Tensor; b: tf.Tensor };
    const sizes = safeSums(a.shape[a.rank - 1]);
    if (transposeA || sizes.length === 1) return kernelFunc(params);
    return tf.tidy(() => {
      const ofA = tf.split(a, sizes, a.rank - 1);
      const ofB = tf.split(b, sizes, b.rank - (transposeB ? 1 : 2));
      return ofA
        .map((a, i) => kernelFunc({ ...params, inputs: { a, b: ofB[i] } }) as tf.Tensor)
        .reduce((sum, piece) => tf.add(sum, piece));
    });
  };
}
