import { tf } from "../backend";
import type { Memory } from "../layers/attention";
import type { Choices, Chooser, Wanted } from "../layers/decoder";
import { padRows } from "./batches";
import { decoderOf, encoderOf } from "./model";

/** The most probable next tokens of each row, as `Chooser` gives them, and where the row looked. */
export interface NextTokens extends Pick<Choices, "tokens" | "logProbabilities"> {
  /** The attention weights of a row, for each token of its source. */
  weightsOf(row: number): number[];
}

/** When so small a share of the rows is still of use, it pays to copy those and go on with them. */
export const WORTH_COPYING = 0.75;

/**
 * How many steps greedy decoding takes in one call of TensorFlow. A call costs as much as some steps
 * of one row; but rows that end in the middle go on until its end.
 */
const STEPS_AT_ONCE = 6;

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
    const [outputs, mask, ...states] = encoderOf(model).read(padRows(sources));
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
    return this.steps(tokens, { count, steps: 1 })[0];
  }

  /**
   * Writes one token in each row and goes on with the most probable one, for some steps, `most` at
   * the most: the most probable next token at each.
   */
  greedy(tokens: readonly number[], most: number): NextTokens[] {
    return this.steps(tokens, { count: 1, steps: Math.min(most, STEPS_AT_ONCE) });
  }

  private steps(tokens: readonly number[], wanted: Wanted): NextTokens[] {
    const last = tf.tensor1d(tokens as number[], "int32");
    const next = this.choose(last, this.states, this.memory, wanted, this.written);
    tf.dispose([last, this.states]);
    this.states = next.states;
    this.written += next.steps;
    return Array.from({ length: next.steps }, (_, step) => this.stepOf(next, step));
  }

  /** One step of those that were taken at once. */
  private stepOf({ steps, weights, ...all }: Choices, step: number): NextTokens {
    const [{ rows }, time] = [this, this.memory.mask.shape[1]];
    const count = all.tokens.length / (rows.length * steps);
    const isOfStep = (_: number, i: number) => Math.floor(i / count) % steps === step;
    const weightsOf = (row: number) => {
      const first = (row * steps + step) * time;
      return numbersOf(weights.subarray(first, first + rows[row].length));
    };
    return {
      tokens: all.tokens.filter(isOfStep),
      logProbabilities: all.logProbabilities.filter(isOfStep),
      weightsOf,
    };
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

/** As `Array.from` gives them, which takes twenty times as long: a tenth of decoding 256 rows. */
function numbersOf(floats: Float32Array): number[] {
  const numbers = new Array<number>(floats.length);
  for (let i = 0; i < floats.length; i++) numbers[i] = floats[i];
  return numbers;
}

function replace<T extends tf.Tensor>(tensor: T, rows: tf.Tensor1D): T {
  const selected = tf.gather(tensor, rows);
  tensor.dispose();
  return selected;
}
