import * as tf from "@tensorflow/tfjs-node";

/** How many tensors TensorFlow itself holds. */
export function countNatives(): number {
  const { binding } = tf.backend() as unknown as { binding: { getNumOfTensors(): number } };
  return binding.getNumOfTensors();
}
