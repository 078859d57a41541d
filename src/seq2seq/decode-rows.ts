import { tf } from "../backend";
import type { Memory } from "../layers/attention";
import type { Choices, Chooser } from "../layers/decoder";
import { padRows } from "./batches";
import { decoderOf, encoderOf } from "./model";

/** The most probable next tokens of each row, as `Chooser` gives them, and where the row looked. */
export interface NextTokens extends Omit<Choices, "states" | "weights"> {
  /** The attention weights of a row on its first `length` source positions. */
  weightsOf(row: number, length: number): number[];
}

/**
 * The decoder at work: rows that it writes side by side, each with its source and its state.
 *
 * It lives within one `tf.tidy`.
 */
export class DecoderRows {
  private readonly choose: Chooser;
  private memory: Memory;
  private states: tf.Tensor2D[];

  /** Reads the sources: a row for each. */
  constructor(model: tf.LayersModel, sources: readonly (readonly number[])[]) {
    const decoder = decoderOf(model);
    const encoded = encoderOf(model).apply(padRows(sources)) as tf.Tensor[];
    const [outputs, mask, ...states] = encoded;
    this.choose = decoder.chooser();
    this.memory = decoder.remember(outputs as tf.Tensor3D, mask as tf.Tensor2D);
    this.states = states as tf.Tensor2D[];
  }

  /** Writes one token in each row, and gives the `count` most probable tokens to follow it. */
  next(tokens: readonly number[], count: number): NextTokens {
    const written = tf.tensor1d(tokens as number[], "int32");
    const { states, weights, ...choices } = this.choose(written, this.states, this.memory, count);
    tf.dispose([written, this.states]);
    this.states = states;
    const time = this.memory.mask.shape[1];
    const weightsOf = (row: number, length: number) =>
      Array.from(weights.subarray(row * time, row * time + length));
    return { ...choices, weightsOf };
  }
}
