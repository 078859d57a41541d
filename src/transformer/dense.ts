import { tf } from "../backend";

/** A dense layer whose initial weights are drawn from a seed, as Glorot and Bengio 2010 draw them. */
export function seededDense(name: string, units: number, seed: number): tf.layers.Layer {
  const kernelInitializer = tf.initializers.glorotUniform({ seed });
  return tf.layers.dense({ units, kernelInitializer, name });
}
