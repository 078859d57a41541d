import { readFileSync } from "node:fs";
import { join } from "node:path";
import { datasetsFolder } from "../folder";

/** The languages that the course's dates are written in. */
export const languages = ["en", "zh", "fr", "de", "es", "ja"] as const;

export type Language = (typeof languages)[number];

/** How a month or a weekday is called; the first of each is what Intl writes. */
export interface Name {
  names: readonly string[];
  /** Abbreviations, without a full stop. */
  short: readonly string[];
}

/** The words of one language that stand in and around dates: a file of `datasets/dates/words`. */
export interface Words {
  months: readonly Name[];
  /** Sunday first. */
  weekdays: readonly Name[];
  /** The days of the month in words: "first" to "thirty-first". */
  days: readonly string[];
  /** The numbers from one to nineteen and the tens; English alone has forms with years in words. */
  numbers?: readonly string[];
  tens?: readonly string[];
  /** Times of the day: {H} or {HH} of 24 hours, {h} of 12 with a {half}, {MM} minutes. */
  times: readonly string[];
  /** What before and after noon are called. */
  halves: readonly string[];
  /** What people write before a date, with its space: "Invoice date: ". */
  openings: readonly string[];
  /** What people write right after a date. */
  closings: readonly string[];
  /** What people put around a date. */
  brackets: readonly (readonly [string, string])[];
}

const loaded = new Map<Language, Words>();

/** The word list of a language, read from its file once. */
export function wordsOf(language: Language): Words {
  let words = loaded.get(language);
  if (words === undefined) {
    const file = join(datasetsFolder, "dates/words", `${language}.json`);
    words = JSON.parse(readFileSync(file, "utf8")) as Words;
    loaded.set(language, words);
  }
  return words;
}
