import { tf } from "../backend";
import type { Memory } from "../layers/attention";
import type { Choices, Chooser } from "../layers/decoder";
import { padRows } from "./batches";
import { decoderOf, encoderOf } from "./model";

/** The most probable next tokens of each row, as `Chooser` gives them, and where the row looked. */
export interface NextTokens extends Omit<Choices, "states" | "weights"> {
  /** The attention weights of a row, for each token of its source. */
  weightsOf(row: number): number[];
}

/** When so small a share of the rows is still of use, it pays to copy those and go on with them. */
export const WORTH_COPYING = 0.75;

/**
 * The decoder at work: rows that it writes side by side, each with its source and its state.
 *
 * It lives within one `tf.tidy`.
 */
export class DecoderRows {
  private readonly choose: Chooser;
  private memory: Memory;
  private states: tf.Tensor2D[];
  /** The source of each row. */
  private rows: readonly (readonly number[])[];
  /** How many tokens each row has. */
  private written = 0;

  /** Reads the sources; there is a row for each. */
  constructor(model: tf.LayersModel, sources: readonly (readonly number[])[]) {
    const decoder = decoderOf(model);
    const encoded = encoderOf(model).apply(paddedToFewLengths(sources)) as tf.Tensor[];
    const [outputs, mask, ...states] = encoded;
    this.choose = decoder.chooser();
    this.memory = decoder.remember(outputs as tf.Tensor3D, mask as tf.Tensor2D);
    this.states = states as tf.Tensor2D[];
    this.rows = sources;
  }

  get count(): number {
    return this.rows.length;
  }

  /** Writes one token in each row, and gives the `count` most probable tokens to follow it. */
  next(tokens: readonly number[], count: number): NextTokens {
    const last = tf.tensor1d(tokens as number[], "int32");
    const position = this.written++;
    const next = this.choose(last, this.states, this.memory, count, position);
    const { states, weights, ...choices } = next;
    tf.dispose([last, this.states]);
    this.states = states;
    const [{ rows }, time] = [this, this.memory.mask.shape[1]];
    const weightsOf = (row: number) =>
      Array.from(weights.subarray(row * time, row * time + rows[row].length));
    return { ...choices, weightsOf };
  }

  /** Goes on with these rows only, in this order; one row may go on as several. */
  select(indices: readonly number[]): void {
    const rows = indices.map((index) => this.rows[index]);
    const unchanged = rows.length === this.rows.length && indices.every((index, i) => index === i);
    if (unchanged || rows.length === 0) return;
    const sameSources =
      rows.length === this.rows.length && rows.every((source, i) => source === this.rows[i]);
    const taken = tf.tensor1d(indices as number[], "int32");
    this.states = this.states.map((state) => replace(state, taken));
    if (!sameSources) {
      const { keys, values, mask } = this.memory;
      const newValues = tf.gather(values, taken);
      const newKeys = keys === values ? newValues : tf.gather(keys, taken);
      this.memory = { keys: newKeys, values: newValues, mask: tf.gather(mask, taken) };
      tf.dispose([keys, values, mask]);
      this.rows = rows;
    }
    taken.dispose();
  }
}

/** TensorFlow's graphs of the encoder are made for each length; so a few do for all texts. */
const LENGTHS = 8;

/** The sources as `[rows, time]`, where time is a multiple of 8. */
function paddedToFewLengths(sources: readonly (readonly number[])[]): tf.Tensor2D {
  const tokens = padRows(sources);
  const more = (LENGTHS - (tokens.shape[1] % LENGTHS)) % LENGTHS;
  return tokens.pad([
    [0, 0],
    [0, more],
  ]);
}

function replace<T extends tf.Tensor>(tensor: T, rows: tf.Tensor1D): T {
  const selected = tf.gather(tensor, rows);
  tensor.dispose();
  return selected;
}
