import type { tf } from "../backend";
import type { SeededDropout } from "../layers/dropout";
import { decoderOf, encoderOf } from "./model";

/** Sets which masks the model's dropout layers draw next: of which step, and from which row on. */
export function setDropouts(
  model: tf.LayersModel,
  masks: { step: number; firstRow: number },
): void {
  for (const dropout of dropoutsOf(model)) Object.assign(dropout, masks);
}

function dropoutsOf(model: tf.LayersModel): SeededDropout[] {
  const decoder = decoderOf(model);
  return [encoderOf(model).dropout, decoder.dropout, decoder.outputDropout];
}
