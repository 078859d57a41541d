import { tf } from "../backend";
import { mostProbable } from "../layers/decoder";
import { padRows } from "../seq2seq/batches";
import type { DecoderRows, NextTokens } from "../seq2seq/decode-rows";
import type { TransformerDecoder } from "./decoder";
import type { BlockMemory } from "./decoder-block";
import { transformerParts } from "./transformer";

/**
 * The transformer's decoder at work: rows that it writes side by side. Each block keeps the keys and
 * values of what was written ("KV cache"), so that a step reads one token and not all of them again.
 *
 * It lives within one `tf.tidy`.
 */
export class TransformerRows implements Pick<DecoderRows, "count" | "next" | "greedy" | "select"> {
  private readonly decoder: TransformerDecoder;
  /** What each block of the decoder looks at. */
  private memories: BlockMemory[];
  /** The source of each row. */
  private rows: readonly (readonly number[])[];

  /** Reads the sources; there is a row for each. */
  constructor(model: tf.LayersModel, sources: readonly (readonly number[])[]) {
    const { encoder, decoder } = transformerParts(model)!;
    const { outputs, mask } = encoder.encode(padRows(sources));
    this.decoder = decoder;
    this.memories = decoder.remember(outputs, mask);
    this.rows = sources;
  }

  get count(): number {
    return this.rows.length;
  }

  /**
   * Writes one token in each row, and gives the `count` most probable tokens to follow it. Where a
   * row looked is told by the last block, as the mean of its heads.
   */
  next(tokens: readonly number[], count: number): NextTokens {
    const step = tf.tidy(() => {
      const written = tf.tensor2d([...tokens], [tokens.length, 1], "int32");
      const { logits, blocks } = this.decoder.decode(written, this.memories);
      const weights = blocks[blocks.length - 1].crossWeights.mean(1).squeeze([1]); // [rows, n]
      return {
        logits: logits.squeeze([1]),
        weights,
        written: blocks.map(({ written }) => written),
      };
    });
    tf.dispose(this.memories.map(({ written }) => written ?? []));
    this.memories = this.memories.map((memory, i) => ({ ...memory, written: step.written[i] }));
    const [{ rows }, time] = [this, step.weights.shape[1]!];
    const weights = step.weights.dataSync() as Float32Array;
    const choices = mostProbable(step.logits as tf.Tensor2D, count);
    tf.dispose([step.logits, step.weights]);
    const weightsOf = (row: number) =>
      Array.from(weights.subarray(row * time, row * time + rows[row].length));
    return { ...choices, weightsOf };
  }

  /** One step, each row's most probable next token; `DecoderRows` takes several at once. */
  greedy(tokens: readonly number[]): NextTokens[] {
    return [this.next(tokens, 1)];
  }

  /** Goes on with these rows only, in this order; one row may go on as several. */
  select(indices: readonly number[]): void {
    const unchanged = indices.length === this.count && indices.every((index, row) => index === row);
    if (unchanged || indices.length === 0) return;
    const old = this.memories;
    this.memories = tf.tidy(() => {
      const taken = tf.tensor1d([...indices], "int32");
      return old.map(({ source, sourceMask, written }) => ({
        source: { keys: tf.gather(source.keys, taken), values: tf.gather(source.values, taken) },
        sourceMask: tf.gather(sourceMask, taken),
        written: written && {
          keys: tf.gather(written.keys, taken),
          values: tf.gather(written.values, taken),
        },
      }));
    });
    tf.dispose(old as unknown as tf.TensorContainer);
    this.rows = indices.map((index) => this.rows[index]);
  }
}
