import { tf } from "../backend";
import { characters, END, START } from "../text/vocabulary";
import type { Vocabularies } from "./batches";
import { checkPositiveWhole } from "./check";
import { DecoderRows } from "./decode-rows";
import { doubtsAbout, type Confidence } from "./doubt";

/** A model with what is needed to use it on texts; `loadCheckpoint` gives one. */
export interface Translator {
  model: tf.LayersModel;
  vocabularies: Vocabularies;
  /** The longest answer, in characters (default 100); a longer one is cut off. */
  maxLength?: number;
  /** What a sure answer looks like, as `measureConfidence` found it; without it none is doubted. */
  confidence?: Confidence;
}

/** What the model makes of one text. */
export interface Translation {
  text: string;
  /** The characters of the source: the columns of `weights`. */
  source: string[];
  /** The characters of the answer: the rows of `weights`. */
  target: string[];
  /** How much each character of the answer looked at each one of the source: `[target][source]`. */
  weights: number[][];
  /** ln of the probability of the whole answer, its end included. */
  logProbability: number;
  /** The probability of each token when it was chosen; the last one is that of the end. */
  tokenProbabilities: number[];
  /** The characters of the source that the model has never seen. */
  unknown: string[];
  /** Whether the answer ended by itself, before `maxLength`. */
  ended: boolean;
  /** Whether the answer should not be relied on; `doubts` says why. */
  uncertain: boolean;
  doubts: string[];
}

/**
 * Translates texts with greedy decoding: at each step the most probable next character.
 *
 * What comes out for a text does not depend on the texts beside it.
 * @param options `batchSize` texts go through the model together (default 64): more is faster, up
 *   to a point, and takes more memory.
 * @throws Error when `batchSize` or the translator's `maxLength` is no whole number of at least 1.
 */
export async function translate(
  translator: Translator,
  texts: readonly string[],
  options: { batchSize?: number } = {},
): Promise<Translation[]> {
  const { batchSize = 64 } = options;
  checkPositiveWhole("translate", { batchSize });
  const translations: Translation[] = [];
  // Texts of like length go together: their batch needs little padding.
  const order = [...texts.keys()].sort((a, b) => texts[a].length - texts[b].length);
  for (let start = 0; start < order.length; start += batchSize) {
    const indices = order.slice(start, start + batchSize);
    const batch = indices.map((index) => texts[index]);
    const translated = translateBatch(translator, batch);
    indices.forEach((index, row) => (translations[index] = translated[row]));
    await new Promise((resolve) => setImmediate(resolve)); // lets an interrupt through
  }
  return translations;
}

function translateBatch(translator: Translator, texts: readonly string[]): Translation[] {
  const { model, vocabularies, maxLength = 100, confidence } = translator;
  const encoded = texts.map((text) => vocabularies.source.encode(text));
  const sources = encoded.map(({ ids }) => ids).filter((ids) => ids.length > 0);
  const answers = decodeGreedy(model, sources, maxLength)[Symbol.iterator]();
  return texts.map((text, row) => {
    const { ids, unknown } = encoded[row];
    // There is nothing to attend to in an empty text; its answer is empty too.
    const answer = ids.length > 0 ? (answers.next().value as Answer) : NO_ANSWER;
    const { tokens, weights, logProbabilities, ended } = answer;
    const evidence = {
      source: characters(text),
      target: tokens.map((id) => vocabularies.target.decode([id])),
      unknown,
      tokenProbabilities: logProbabilities.map(Math.exp),
      ended,
    };
    const doubts = doubtsAbout(evidence, confidence);
    return {
      text: vocabularies.target.decode(tokens),
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
  /** ln of each choice's probability; one more than `tokens` where the answer has ended. */
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
    const rows = new DecoderRows(model, sources);
    let tokens = sources.map(() => START);
    // One step more than the longest answer has tokens, for its END.
    for (let length = 0; length <= maxLength; length++) {
      const next = rows.next(tokens, 1);
      tokens = [...next.tokens];
      answers.forEach((answer, row) => {
        if (answer.ended) return;
        answer.logProbabilities.push(next.logProbabilities[row]);
        answer.ended = tokens[row] === END;
        if (answer.ended || length === maxLength) return;
        answer.tokens.push(tokens[row]);
        answer.weights.push(next.weightsOf(row, sources[row].length));
      });
      if (answers.every(({ ended }) => ended)) break;
    }
  });
  return answers;
}

function newAnswer(): Answer {
  return { tokens: [], logProbabilities: [], weights: [], ended: false };
}
