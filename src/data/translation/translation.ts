import { Random } from "../../random";
import { joinWords } from "../../text/words";
import type { Pair } from "../../text/pairs";
import { chinese } from "./chinese";
import { drawMeaning } from "./draw";
import { english } from "./english";
import { french } from "./french";
import { combinationsOf, splitOfSentence, type Split } from "./splits";
import type { Alignment } from "../../measures/alignment";
import { alignmentOf, type Token } from "./token";

/** The languages that English sentences are translated into. */
export const translationLanguages = ["fr", "zh"] as const;
export type TranslationLanguage = (typeof translationLanguages)[number];

/** An English sentence and its translation, and which words belong together. */
export interface TranslationPair extends Pair {
  /** The words and marks of the source, and of the target: what the alignment counts. */
  sourceTokens: string[];
  targetTokens: string[];
  alignment: Alignment;
  /** The combinations of words in it that the split is made by: "black cat", "eat an apple". */
  combinations: string[];
}

export interface DrawTranslationsOptions {
  /** The language to translate into. */
  to: TranslationLanguage;
  /** How many pairs to draw. */
  count: number;
  /** Any integer; the same seed draws the same pairs, and the same sentences in both languages. */
  seed: number;
  /** Draw only sentences of this split; from all three when left out. */
  split?: Split;
}

/**
 * Draws English sentences with their translation and their word alignment, from the grammar in this
 * folder. All sentences of a draw are different.
 *
 * Chinese is written with a space between all words: make its vocabulary with `tokens: "spaced"`, that
 * of English and French with `tokens: "words"`.
 * @throws Fails with a RangeError when an option makes no sense.
 */
export function drawTranslations(options: DrawTranslationsOptions): TranslationPair[] {
  const { to, count, seed, split } = options;
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`count is ${count}. Give the number of pairs to draw, such as 1000.`);
  }
  if (!translationLanguages.includes(to)) {
    throw new RangeError(`to is "${to}". Choose from ${translationLanguages.join(", ")}.`);
  }
  const random = new Random(seed);
  const pairs = new Map<string, TranslationPair>();
  while (pairs.size < count) {
    const meaning = drawMeaning(random);
    const combinations = combinationsOf(meaning);
    if (split !== undefined && splitOfSentence(combinations) !== split) continue;
    const source = english(meaning);
    const text = joinWords(textsOf(source));
    if (pairs.has(text)) continue;
    const target = to === "fr" ? french(meaning) : chinese(meaning);
    pairs.set(text, {
      source: text,
      target: to === "fr" ? joinWords(textsOf(target)) : textsOf(target).join(" "),
      sourceTokens: textsOf(source),
      targetTokens: textsOf(target),
      alignment: alignmentOf(source, target),
      combinations,
    });
  }
  return [...pairs.values()];
}

function textsOf(tokens: readonly Token[]): string[] {
  return tokens.map(({ text }) => text);
}
