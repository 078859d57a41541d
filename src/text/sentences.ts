import type { Pair } from "./pairs";
import { isWord, words } from "./words";

export interface SentencesOptions {
  /** Whether the second language is the source: French → English from a file of English, French. */
  reverse?: boolean;
  /** Pairs with more words than this on either side are left out; none unless given. */
  maxLength?: number;
  /** Pairs with fewer words than this on either side are left out; 1 unless given. */
  minLength?: number;
}

/** The pairs of a file, and how many of its lines were left out, and why. */
export interface Sentences {
  pairs: Pair[];
  /** The same source and target as on an earlier line. */
  duplicates: number;
  /** More words than `maxLength`, fewer than `minLength`. */
  tooLong: number;
  tooShort: number;
}

/**
 * The sentence pairs in a file as Tatoeba and Anki have them: two languages, and an attribution or
 * nothing, with tabs between; or Tatoeba's own four columns, a number before each sentence.
 *
 * Sentences are normalised as `normalizeText` does; blank lines are passed over, and so are lines
 * that occur twice.
 * @param text The whole file.
 * @param fileName Named in error messages, as in `fra.txt:12`.
 * @throws Fails with an Error when a line has no tab or an empty sentence, when a limit is no whole
 *   number of at least 1, or when no pair is left.
 */
export function parseSentences(
  text: string,
  fileName: string,
  options: SentencesOptions = {},
): Sentences {
  const { reverse = false, maxLength = Infinity, minLength = 1 } = options;
  for (const [name, limit] of Object.entries({ maxLength, minLength })) {
    if (limit >= 1 && (Number.isInteger(limit) || limit === Infinity)) continue;
    throw new Error(`parseSentences: ${name} is ${limit}; give a whole number of at least 1.`);
  }
  const sentences: Sentences = { pairs: [], duplicates: 0, tooLong: 0, tooShort: 0 };
  const seen = new Set<string>();
  const isLimited = maxLength < Infinity || minLength > 1; // to count words takes its time
  text.split(/\r\n|\n|\r/).forEach((line, index) => {
    const [first, second] = columns(line, `${fileName}:${index + 1}`) ?? [];
    if (first === undefined || second === undefined) return;
    const key = `${first}\t${second}`;
    const lengths = isLimited ? [first, second].map(countWords) : [];
    if (seen.has(key)) sentences.duplicates++;
    else if (Math.max(...lengths) > maxLength) sentences.tooLong++;
    else if (Math.min(...lengths) < minLength) sentences.tooShort++;
    else {
      const [source, target] = reverse ? [second, first] : [first, second];
      sentences.pairs.push({ source, target });
    }
    seen.add(key);
  });
  if (sentences.pairs.length > 0) return sentences;
  const { duplicates, tooLong, tooShort } = sentences;
  const leftOut =
    duplicates + tooLong + tooShort > 0
      ? `none of its pairs has ${minLength} to ${maxLength} words on both sides.`
      : "no sentences in it. Write two sentences with a tab between them on each line.";
  throw new Error(`${fileName}: ${leftOut}`);
}

/**
 * A text in one way of writing: Unicode's composed form (NFC), without characters that cannot be
 * seen (zero-width spaces, byte order marks, soft hyphens, marks of direction), with the straight
 * apostrophe ' inside words, with single plain spaces, and none at its ends.
 *
 * The joiners U+200C and U+200D stay: they change how a word reads in Persian and Hindi.
 * Source: Unicode Standard Annex 15.
 */
export function normalizeText(text: string): string {
  return text
    .normalize("NFC")
    .replace(/[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g, "")
    .replace(/(?<=[\p{L}\p{M}])’(?=\p{L})/gu, "'")
    .replace(/\s+/g, " ")
    .trim();
}

/** The two sentences of a line; none where it is blank. */
function columns(line: string, where: string): [string, string] | undefined {
  if (normalizeText(line) === "") return undefined;
  const parts = line.split("\t");
  const numbered = parts.length >= 4 && [parts[0], parts[2]].every((part) => /^\s*\d+$/.test(part));
  const [first, second] = (numbered ? [parts[1], parts[3]] : parts).map(normalizeText);
  if (second === undefined) {
    throw new Error(
      `${where}: no tab in "${line}". Write two sentences with a tab between them on each line.`,
    );
  }
  if (first === "" || second === "") {
    const empty = first === "" ? "first" : "second";
    throw new Error(`${where}: the ${empty} sentence is empty. Fill it in or delete the line.`);
  }
  return [first, second];
}

/** How many words a text has, punctuation left out. */
function countWords(text: string): number {
  return words(text).filter(isWord).length;
}
