import { bleuTokenizerFor } from "../measures/bleu-tokens";
import type { VocabulariesOptions } from "../seq2seq/batches";
import type { SentenceRecipe } from "../seq2seq/sentence-recipe";
import { sentenceRecipe } from "../seq2seq/sentence-recipe";
import { type Pair, parsePairs } from "../text/pairs";
import {
  firstOf,
  isNumbered,
  parseSentences,
  type Sentences,
  type SentencesOptions,
} from "../text/sentences";
import { tokenKinds, type VocabularyOptions } from "../text/vocabulary";
import { isWord, words } from "../text/words";
import { input, number, oneOf, readText, UsageError } from "./command";

/** The options that are for a file of the user's own. */
export const FILE_OPTIONS = [
  "plain",
  "reverse",
  "max-length",
  "tokens",
  "source-tokens",
  "target-tokens",
  "vocabulary",
  "min-count",
  "test",
] as const;

/** Longer sentences are left out, unless the user says another length. */
export const MAX_LENGTH = 30;

/** What a file of the user's own says about the training. */
export interface FileSettings {
  /** Where the file holds sentences: how they are read, and what to train with. */
  sentences?: SentencesOptions;
  recipe?: SentenceRecipe;
  vocabularies?: VocabulariesOptions;
  /** What was found in it, in a line for the user, and the pairs themselves. */
  summary?: string;
  pairs?: readonly Pair[];
}

/** Looks into the user's file, and reads the options that depend on what it holds. */
export function lookInto(file: string, values: Record<string, unknown>): FileSettings {
  const text = readText(file);
  if (!holdsSentences(text, file, values)) {
    const pairs = input(() => parsePairs(text, file), file);
    const summary = `${file}: ${pairs.length} plain pairs, their texts taken as they stand`;
    return { vocabularies: vocabularies(values, pairs), pairs, summary };
  }
  const sentences = {
    reverse: values.reverse === true,
    maxLength: number(values, "max-length", MAX_LENGTH, { min: 1 }),
  };
  const read = input(() => parseSentences(text, file, sentences), file);
  const recipe = sentenceRecipe(read.pairs.length);
  return {
    sentences,
    recipe,
    vocabularies: vocabularies(values, read.pairs, recipe),
    pairs: read.pairs,
    summary: `${file}: ${summaryOf(read, sentences.maxLength)}`,
  };
}

/** Whether a file is read as sentences: the user says so, or a look at some of its lines does. */
function holdsSentences(text: string, file: string, values: Record<string, unknown>): boolean {
  const lines = someLines(text);
  const numbered = lines.filter(isNumbered).length > lines.length / 2;
  const ofSentences = (["reverse", "max-length"] as const).find((name) => name in values);
  if (!values.plain) return numbered || ofSentences !== undefined || areSentences(lines);
  if (ofSentences) throw new UsageError(`--${ofSentences} is for sentences; leave --plain out.`);
  if (!numbered) return false;
  throw new UsageError(
    `${file}: its columns are number, sentence, number, sentence, as Tatoeba has them. ` +
      `Leave --plain out: plain pairs would be numbers and sentences.`,
  );
}

function summaryOf(read: Sentences, maxLength: number): string {
  const { pairs, duplicates, tooLong, unusable } = read;
  const leftOut = [
    ...(duplicates > 0 ? [`${duplicates} that came twice`] : []),
    ...(tooLong > 0 ? [`${tooLong} with more than ${maxLength} words`] : []),
    ...(unusable.length > 0 ? [`${unusable.length} unusable (${firstOf(unusable)})`] : []),
  ];
  const without = leftOut.length > 0 ? `; left out: ${leftOut.join(", ")}` : "";
  return `${pairs.length} pairs of sentences${without}`;
}

/** What each side is cut into: characters, unless they are sentences with spaces between words. */
function vocabularies(
  values: Record<string, unknown>,
  pairs: readonly Pair[],
  recipe?: SentenceRecipe,
): VocabulariesOptions {
  const both = oneOf(values, "tokens", tokenKinds);
  const side = (name: "source" | "target"): VocabularyOptions => {
    const chosen = oneOf(values, `${name}-tokens`, tokenKinds) ?? both;
    const hasSpaces = () => bleuTokenizerFor(pairs.map((pair) => pair[name])) === "13a";
    const tokens = chosen ?? (recipe && hasSpaces() ? "words" : "characters");
    if (tokens === "characters") return { tokens };
    return {
      tokens,
      minCount: number(values, "min-count", recipe?.minCount ?? 1, { min: 1 }),
      maxSize: number(values, "vocabulary", recipe?.maxSize ?? 8000, { min: 5 }),
    };
  };
  const sides = { source: side("source"), target: side("target") };
  const limit = (["min-count", "vocabulary"] as const).find((name) => values[name] !== undefined);
  if (limit && [sides.source, sides.target].every(({ tokens }) => tokens === "characters")) {
    throw new UsageError(`--${limit} limits words, but the tokens are characters.`);
  }
  return sides;
}

/** How many lines are looked at to tell what a file holds. */
const LOOKED_AT = 1000;

/** Lines from all over a text, the blank ones left out. */
function someLines(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== "");
  const step = Math.ceil(lines.length / LOOKED_AT);
  return lines.filter((_, index) => index % step === 0);
}

/** Whether lines are sentences: of both columns most have two words or more. */
function areSentences(lines: readonly string[]): boolean {
  return [0, 1].every((column) => {
    const texts = lines.map((line) => line.split("\t")[column] ?? "");
    const several = texts.filter((text) => words(text).filter(isLetters).length >= 2);
    return several.length > lines.length / 2;
  });
}

function isLetters(token: string): boolean {
  return isWord(token) && !/\p{N}/u.test(token);
}
