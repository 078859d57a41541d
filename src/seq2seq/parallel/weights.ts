import type { tf } from "../../backend";

/**
 * All weights of a model, in an order that is the same for a copy of the model in another thread.
 * That of `model.weights` depends on which of them are trainable.
 */
export function orderedWeights(model: tf.LayersModel): tf.LayerVariable[] {
  return [...model.layers]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((layer) => [...layer.weights].sort((a, b) => a.id - b.id));
}
