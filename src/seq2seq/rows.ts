import type { tf } from "../backend";
import { TransformerRows } from "../transformer/decoder-rows";
import { transformerParts } from "../transformer/transformer";
import { DecoderRows } from "./decode-rows";

/** The decoder of a model of either kind, ready to write the answers to the sources, a row each. */
export function startRows(
  model: tf.LayersModel,
  sources: readonly (readonly number[])[],
): Pick<DecoderRows, "count" | "next" | "greedy" | "select"> {
  const Rows = transformerParts(model) ? TransformerRows : DecoderRows;
  return new Rows(model, sources);
}
