import { tf } from "../backend";
import { Random } from "../random";
import type { Pair } from "../text/pairs";
import { END, PAD, START, Vocabulary, type VocabularyOptions } from "../text/vocabulary";
import { checkPositiveWhole } from "./check";
import { averageTokens, targets } from "./loss";

/** The two vocabularies of a sequence-to-sequence model: they share no ids but the reserved four. */
export interface Vocabularies {
  source: Vocabulary;
  target: Vocabulary;
}

/** Options for both vocabularies; `source` and `target` go before them, for one side alone. */
export interface VocabulariesOptions extends VocabularyOptions {
  source?: VocabularyOptions;
  target?: VocabularyOptions;
}

/**
 * The vocabularies of all characters in the pairs, or of their words with `{ tokens: "words" }`.
 * @param options As for `Vocabulary.fromTexts`; one side can differ, as in
 *   `{ tokens: "words", target: { tokens: "characters" } }`.
 */
export function vocabulariesOf(
  pairs: readonly Pair[],
  options: VocabulariesOptions = {},
): Vocabularies {
  const { source, target, ...both } = options;
  const of = (side: "source" | "target", own?: VocabularyOptions) =>
    Vocabulary.fromTexts(
      pairs.map((pair) => pair[side]),
      { ...both, ...own },
    );
  return { source: of("source", source), target: of("target", target) };
}

/** A pair as ids: the bare tokens, without START and END. */
export interface EncodedPair {
  source: number[];
  target: number[];
}

/**
 * The ids of each pair's tokens. A token of a source that the vocabulary lacks is UNKNOWN, and so
 * is a word of a target: a vocabulary of words may leave the rare ones out.
 * @param options With `heldOut` the pairs are there to measure by, and their targets may have
 *   unknown characters too, which no answer can get right.
 * @throws Error when there are no pairs, when a source is empty (attention has then nothing to look
 *   at), or when a vocabulary of characters lacks one of a target: the model would learn to write
 *   UNKNOWN.
 */
export function encodePairs(
  pairs: readonly Pair[],
  vocabularies: Vocabularies,
  options: { heldOut?: boolean } = {},
): EncodedPair[] {
  if (pairs.length === 0) throw new Error("encodePairs: pairs is empty. Pass at least one pair.");
  return pairs.map(({ source, target }, index) => {
    if (source === "") {
      throw new Error(
        `encodePairs: the source of pairs[${index}] is empty, so there is nothing to attend to. ` +
          `Leave the pair out.`,
      );
    }
    const { ids, unknown } = vocabularies.target.encode(target);
    if (unknown.length > 0 && !options.heldOut && vocabularies.target.kind === "characters") {
      throw new Error(
        `encodePairs: the target of pairs[${index}], "${target}", has "${unknown[0]}", which is ` +
          `not in the target vocabulary. Make the vocabularies of all pairs trained on.`,
      );
    }
    return { source: vocabularies.source.encode(source).ids, target: ids };
  });
}

/**
 * Rows of ids as one tensor `[batch, time]`, filled up with PAD on the right; time is the longest
 * row's length.
 */
export function padRows(rows: readonly (readonly number[])[]): tf.Tensor2D {
  const time = Math.max(...rows.map((row) => row.length));
  const ids = new Int32Array(rows.length * time).fill(PAD);
  rows.forEach((row, index) => ids.set(row, index * time));
  return tf.tensor2d(ids, [rows.length, time], "int32");
}

/** One batch as `model.fitDataset` and `model.trainOnBatch` take it. */
export interface Batch {
  /** Encoder inputs `[batch, source time]` and decoder inputs `[batch, target time]`, int32. */
  xs: [tf.Tensor2D, tf.Tensor2D];
  /** Target tokens and their weights `[batch, target time, 2]`, as `targets` makes them. */
  ys: tf.Tensor3D;
}

/**
 * A batch for teacher forcing: at each step the decoder reads the right previous token (START
 * first) and has to say the next one (END last), whatever it said itself.
 *
 * The source gets no END: a mask tells the model where it stops, and each column of an attention
 * map is then a character or word that the reader wrote.
 * Source: Williams and Zipser 1989, Neural Computation 1 (2).
 * @param tokensPerRow `tokensPerTarget` of the whole set that the batch is a part of (see `targets`).
 */
export function teacherForcing(
  pairs: readonly EncodedPair[],
  tokensPerRow = tokensPerTarget(pairs),
): Batch {
  return {
    xs: [
      padRows(pairs.map((pair) => pair.source)),
      padRows(pairs.map((pair) => [START, ...pair.target])),
    ],
    ys: targets(withEnd(pairs), tokensPerRow),
  };
}

/** How many tokens the targets of a set have on average, END included. */
export function tokensPerTarget(pairs: readonly EncodedPair[]): number {
  return averageTokens(withEnd(pairs));
}

/** Without gradients there is memory for more rows than in training, but for so many at the most. */
const MOST_ROWS = 256;
/** How many numbers the largest tensor of a batch may have: 64 megabytes. */
const MOST_NUMBERS = 16e6;

/** How many rows go through a model together where each row takes so many numbers. */
export function rowsInMemory(numbersPerRow: number): number {
  return Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_NUMBERS / numbersPerRow)));
}

/**
 * The batches on which a model is measured under teacher forcing, shortest sources first. Between
 * them an interrupt gets through.
 *
 * The logits `[batch, target time, target vocabulary]` are by far the largest tensor; they set how
 * many rows a batch has.
 */
export async function* measuringBatches(
  pairs: readonly EncodedPair[],
  targetVocabSize: number,
): AsyncGenerator<Batch> {
  const sorted = [...pairs].sort((a, b) => a.source.length - b.source.length);
  const tokensPerRow = tokensPerTarget(sorted);
  for (let start = 0, end = 0; start < sorted.length; start = end) {
    let longest = 0;
    while (end < sorted.length) {
      longest = Math.max(longest, sorted[end].target.length + 1); // END included
      if (end > start && end - start >= rowsInMemory(longest * targetVocabSize)) break;
      end++;
    }
    yield teacherForcing(sorted.slice(start, end), tokensPerRow);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function withEnd(pairs: readonly EncodedPair[]): number[][] {
  return pairs.map((pair) => [...pair.target, END]);
}

/** How many batches are sorted by length together, in `batchOrder`. */
const WINDOW = 40;

/**
 * Which pairs make up each batch of an epoch; the same seed and epoch give the same batches.
 *
 * The pairs are shuffled, then sorted by the length of the source within windows of 40 batches, so
 * that a batch's texts are about as long as each other and little of it is padding; then the
 * batches are shuffled. Without `bucketing` the pairs are shuffled only.
 * @returns The pairs' indices, `batchSize` a batch (the last one cut may be smaller).
 */
export function batchOrder(
  pairs: readonly EncodedPair[],
  options: { batchSize: number; seed: number; epoch: number; bucketing?: boolean },
): number[][] {
  const { batchSize, seed, epoch, bucketing = true } = options;
  checkPositiveWhole("batchOrder", { batchSize });
  const random = new Random(Math.imul(seed + 1, 0x9e3779b1) + epoch);
  const shuffled = random.shuffle(pairs.map((_, index) => index));
  const batches: number[][] = [];
  for (let start = 0; start < shuffled.length; start += WINDOW * batchSize) {
    const window = shuffled.slice(start, start + WINDOW * batchSize);
    if (bucketing) window.sort((a, b) => pairs[a].source.length - pairs[b].source.length);
    for (let cut = 0; cut < window.length; cut += batchSize) {
      batches.push(window.slice(cut, cut + batchSize));
    }
  }
  return random.shuffle(batches);
}
