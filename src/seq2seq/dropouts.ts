import type { tf } from "../backend";
import { Composite } from "../layers/composite";

/** Sets which masks the model's dropout layers draw next: of which step, and from which row on. */
export function setDropouts(
  model: tf.LayersModel,
  masks: { step: number; firstRow: number },
): void {
  for (const layer of model.layers) {
    if (!(layer instanceof Composite)) continue;
    for (const dropout of layer.dropouts) Object.assign(dropout, masks);
  }
}
