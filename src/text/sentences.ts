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
  /** Where and why, of each line without a tab or with an empty sentence. */
  unusable: string[];
}

/**
 * The sentence pairs in a file as Tatoeba and Anki have them: two languages, and an attribution or
 * nothing, with tabs between; or Tatoeba's own four columns, a number before each sentence.
 *
 * Sentences are normalised as `normalizeText` does; blank lines are passed over, and so are lines
 * that occur twice, and lines without a tab or with an empty sentence, as long as they are few.
 * @param text The whole file.
 * @param fileName Named in error messages, as in `fra.txt:12`.
 * @throws Fails with an Error when more than a tenth of the lines have no tab or an empty sentence,
 *   when a limit is no whole number of at least 1, or when no pair is left.
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
  const sentences: Sentences = { pairs: [], duplicates: 0, tooLong: 0, tooShort: 0, unusable: [] };
  const { unusable } = sentences;
  let lines = 0;
  const seen = new Set<string>();
  const isLimited = maxLength < Infinity || minLength > 1; // to count words takes its time
  text.split(/\r\n|\n|\r/).forEach((line, index) => {
    if (normalizeText(line) === "") return;
    lines++;
    const [first, second] = columnsOf(line);
    if (!first || !second) {
      unusable.push(`${fileName}:${index + 1}: ${fault(line, first, second)}`);
      return;
    }
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
  if (unusable.length > MOST_UNUSABLE * lines) {
    throw new Error(
      `${firstOf(unusable)}. Write two sentences with a tab between them on each line.`,
    );
  }
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

/** The share of unusable lines above which a file is taken for one of another kind. */
const MOST_UNUSABLE = 0.1;

/** The first three faults of a file, and how many more there are. */
export function firstOf(faults: readonly string[]): string {
  const more = faults.length > 3 ? ` and ${faults.length - 3} more` : "";
  return `${faults.slice(0, 3).join("; ")}${more}`;
}

/** The two sentences of a line, as far as they are there. */
function columnsOf(line: string): (string | undefined)[] {
  const parts = line.split("\t");
  return (isNumbered(line) ? [parts[1], parts[3]] : parts.slice(0, 2)).map(normalizeText);
}

/** Whether a line has a number before each of its two sentences, as in Tatoeba's own files. */
export function isNumbered(line: string): boolean {
  const parts = line.split("\t");
  return parts.length >= 4 && [parts[0], parts[2]].every((part) => /^\s*\d+$/.test(part));
}

/** What is wrong with a line that has not two sentences. */
function fault(line: string, first?: string, second?: string): string {
  if (second === undefined) return `no tab in "${shortened(line)}"`;
  return `the ${first === "" ? "first" : "second"} sentence is empty`;
}

function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}

/** How many words a text has, punctuation left out. */
function countWords(text: string): number {
  return words(text).filter(isWord).length;
}
