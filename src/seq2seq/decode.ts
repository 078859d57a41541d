import { tf } from "../backend";
import { END, START } from "../text/vocabulary";
import type { Vocabularies } from "./batches";
import { type BeamOptions, decodeBeam } from "./beam";
import { checkPositiveWhole } from "./check";
import { WORTH_COPYING } from "./decode-rows";
import { doubtsAbout, type Confidence } from "./doubt";
import { startRows } from "./rows";

/** A model with what is needed to use it on texts; `loadCheckpoint` gives one. */
export interface Translator {
  model: tf.LayersModel;
  vocabularies: Vocabularies;
  /** The longest answer, in tokens (default 100); a longer one is cut off. */
  maxLength?: number;
  /** What a sure answer looks like, as `measureConfidence` found it; without it none is doubted. */
  confidence?: Confidence;
}

/** What the model makes of one text. */
export interface Translation {
  text: string;
  /** The characters or words of the source: the columns of `weights`. */
  source: string[];
  /** The characters or words of the answer: the rows of `weights`. */
  target: string[];
  /**
   * How much each token of the answer looked at each one of the source: `[target][source]`. For a
   * transformer, the mean of the heads of its last block (`transformerWeights` gives them all).
   */
  weights: number[][];
  /** ln of the probability of the whole answer, its end (or the token cut off) included. */
  logProbability: number;
  /**
   * The probability of each token when it was chosen; the last one is that of the end or, where
   * `ended` is false, of the token that was cut off.
   */
  tokenProbabilities: number[];
  /** The tokens of the source that the model does not know. */
  unknown: string[];
  /** Whether the answer ended by itself, before `maxLength`. */
  ended: boolean;
  /** Whether the answer should not be relied on; `doubts` says why. */
  uncertain: boolean;
  doubts: string[];
}

export interface TranslateOptions extends Partial<BeamOptions> {
  /** How many texts go through the model together (default 64): more is faster, up to a point. */
  batchSize?: number;
}

/**
 * Translates texts with greedy decoding, at each step the most probable next token; or with beam
 * search, where `beamWidth` is above 1 (see `decodeBeam`).
 *
 * What comes out for a text does not depend on the texts beside it.
 * @throws Error when `batchSize`, `beamWidth` or the translator's `maxLength` is no whole number of
 *   at least 1, or `lengthPenalty` is negative or no number.
 */
export async function translate(
  translator: Translator,
  texts: readonly string[],
  options: TranslateOptions = {},
): Promise<Translation[]> {
  const { batchSize = 64, beamWidth = 1, lengthPenalty } = options;
  checkPositiveWhole("translate", { batchSize, beamWidth });
  const translations: Translation[] = [];
  // Texts of like length go together: their batch needs little padding.
  const order = [...texts.keys()].sort((a, b) => texts[a].length - texts[b].length);
  for (let start = 0; start < order.length; start += batchSize) {
    const indices = order.slice(start, start + batchSize);
    const batch = indices.map((index) => texts[index]);
    const translated = translateBatch(translator, batch, { beamWidth, lengthPenalty });
    indices.forEach((index, row) => (translations[index] = translated[row]));
    await new Promise((resolve) => setImmediate(resolve)); // lets an interrupt through
  }
  return translations;
}

function translateBatch(
  translator: Translator,
  texts: readonly string[],
  options: BeamOptions,
): Translation[] {
  const { model, vocabularies, maxLength = 100, confidence } = translator;
  const encoded = texts.map((text) => vocabularies.source.encode(text));
  const sources = encoded.map(({ ids }) => ids).filter((ids) => ids.length > 0);
  const answers =
    options.beamWidth === 1
      ? decodeGreedy(model, sources, maxLength).values()
      : decodeBeam(model, sources, maxLength, options).values();
  return texts.map((text, row) => {
    const { ids, unknown } = encoded[row];
    // There is nothing to attend to in an empty text; its answer is empty too.
    const answer = ids.length > 0 ? (answers.next().value as Answer) : NO_ANSWER;
    const { tokens, weights, logProbabilities, ended } = answer;
    const answered = vocabularies.target.decode(tokens);
    const evidence = { unknown, tokenProbabilities: logProbabilities.map(Math.exp), ended };
    const kinds = {
      sourceToken: vocabularies.source.tokenName,
      token: vocabularies.target.tokenName,
    };
    const texts = { source: text, target: answered };
    const doubts = doubtsAbout({ ...texts, ...kinds, ...evidence }, confidence);
    return {
      text: answered,
      source: vocabularies.source.split(text),
      target: tokens.map((id) => vocabularies.target.decode([id])),
      weights,
      logProbability: logProbabilities.reduce((sum, value) => sum + value, 0),
      ...evidence,
      uncertain: doubts.length > 0,
      doubts,
    };
  });
}

/** What greedy decoding gives for one row of source ids. */
export interface Answer {
  /** The ids chosen, without END. */
  tokens: number[];
  /** ln of each choice's probability: one more than `tokens`; none for an empty source. */
  logProbabilities: number[];
  /** The attention weights of each choice: `[tokens][source]`. */
  weights: number[][];
  ended: boolean;
}

const NO_ANSWER: Answer = { tokens: [], logProbabilities: [], weights: [], ended: true };

/**
 * Greedy decoding of one batch of source ids: the encoder runs once, then the decoder takes one
 * step for each token, until all rows have ended or have `maxLength` tokens.
 */
export function decodeGreedy(
  model: tf.LayersModel,
  sources: readonly (readonly number[])[],
  maxLength: number,
): Answer[] {
  checkPositiveWhole("decodeGreedy", { maxLength });
  if (sources.length === 0) return [];
  const answers = sources.map(newAnswer);
  tf.tidy(() => {
    const rows = startRows(model, sources);
    let running = answers; // the answer that each row writes
    let tokens = running.map(() => START);
    // One step more than the longest answer has tokens, for its END.
    for (let length = 0; length <= maxLength && running.length > 0;) {
      for (const next of rows.greedy(tokens, maxLength + 1 - length)) {
        tokens = [...next.tokens];
        running.forEach((answer, row) => {
          if (answer.ended) return;
          answer.logProbabilities.push(next.logProbabilities[row]);
          answer.ended = tokens[row] === END;
          if (answer.ended || length === maxLength) return;
          answer.tokens.push(tokens[row]);
          answer.weights.push(next.weightsOf(row));
        });
        length++;
      }
      const going = [...running.keys()].filter((row) => !running[row].ended);
      if (going.length > WORTH_COPYING * running.length) continue;
      rows.select(going);
      running = going.map((row) => running[row]);
      tokens = going.map((row) => tokens[row]);
    }
  });
  return answers;
}

function newAnswer(): Answer {
  return { tokens: [], logProbabilities: [], weights: [], ended: false };
}
