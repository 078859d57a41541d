import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The languages that the course's dates are written in. */
export const languages = ["en", "zh", "fr", "de", "es", "ja"] as const;

export type Language = (typeof languages)[number];

/** The words of one language that stand in and around dates: a file of `datasets/words`. */
export interface Words {
  /** For each month its name, the abbreviation that Intl writes, and others (no full stop). */
  months: readonly (readonly string[])[];
  /** For each weekday, Sunday first: its name, Intl's abbreviation, and others. */
  weekdays: readonly (readonly string[])[];
  /** The days of the month as ordinal words, the first of them first; where the language has them. */
  ordinals?: readonly string[];
  /** The number words from one on, and the tens, for years in words; where there are such forms. */
  numbers?: readonly string[];
  tens?: readonly string[];
  /** What people write before a date, with its space: "Invoice date: ". */
  openings: readonly string[];
  /** What people write right after a date. */
  closings: readonly string[];
  /** What people put around a date. */
  brackets: readonly (readonly [string, string])[];
}

/** The folder of word lists, samples and test dates, seen from `src/dist/data`. */
export const datasetsFolder = join(__dirname, "../../../datasets");

const loaded = new Map<Language, Words>();

/** The word list of a language, read from its file once. */
export function wordsOf(language: Language): Words {
  let words = loaded.get(language);
  if (words === undefined) {
    const file = join(datasetsFolder, "words", `${language}.json`);
    words = JSON.parse(readFileSync(file, "utf8")) as Words;
    loaded.set(language, words);
  }
  return words;
}
