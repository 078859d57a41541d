import { Random } from "../../random";
import { characters } from "../../text/vocabulary";
import type { Pair } from "../../text/pairs";
import { dateOfDay, dayOfDate, type CalendarDate } from "./calendar";
import { DateForm, type FormTable } from "./form";
import { english } from "./forms/en";
import { french } from "./forms/fr";
import { german } from "./forms/de";
import { spanish } from "./forms/es";
import { chinese } from "./forms/zh";
import { japanese } from "./forms/ja";
import { withManners } from "./manners";
import type { Part, Piece } from "./placeholders";
import { splitOf, type Split } from "./splits";
import { languages, wordsOf, type Language } from "./words";

/** A date as somebody wrote it, the same date as `YYYY-MM-DD`, and how the two belong together. */
export interface DatePair extends Pair {
  language: Language;
  /** The form that wrote the source: "{d} {month} {yyyy}". */
  form: string;
  /**
   * For each character of the target, the stretch `[start, end)` of the source it comes from,
   * counted in characters (code points). It is empty, `[0, 0]`, for the two hyphens.
   */
  alignment: [start: number, end: number][];
}

/** The forms of each language: weight and form. */
export const dateForms: Readonly<Record<Language, FormTable>> = {
  en: english,
  zh: chinese,
  fr: french,
  de: german,
  es: spanish,
  ja: japanese,
};

/** The longest source that is drawn, in characters. */
const LONGEST_DATE = 40;

/** The years that dates are drawn from, and how often: most are from living memory. */
const periods: readonly [weight: number, firstDay: number, lastDay: number][] = (
  [
    [70, "1950-01-01", "2049-12-31"],
    [16, "1900-01-01", "1949-12-31"],
    [8, "1700-01-01", "1899-12-31"],
    [6, "2050-01-01", "2099-12-31"],
  ] as const
).map(([weight, from, to]) => [weight, dayOfDate(from), dayOfDate(to)]);

/** What `drawDates` is to draw. */
export interface DrawDatesOptions {
  /** How many pairs to draw. */
  count: number;
  /** Any integer; the same seed draws the same pairs. */
  seed: number;
  /** English alone when left out. The order does not matter. */
  languages?: readonly Language[];
  /** Draw only dates of this split; from all three when left out. */
  split?: Split;
  /**
   * The first and the last date, `YYYY-MM-DD`; every date between them is as likely as any other.
   * When both are left out the years are 1700 to 2099, and seven in ten dates are from 1950 to 2049.
   */
  from?: string;
  to?: string;
}

/**
 * Draws dates as people write them, each with its ISO 8601 form and the alignment of the two.
 *
 * What is ambiguous follows `readNumbers`: with slashes the month stands first if English is
 * drawn alone, and in every other case the day does. Two digits of a year follow `fullYear`.
 * The same date or source may come twice.
 * @throws Fails with a RangeError when an option makes no sense; the message says which.
 */
export function drawDates(options: DrawDatesOptions): DatePair[] {
  const { count, seed, split } = options;
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`count is ${count}. Give the number of pairs to draw, such as 1000.`);
  }
  const chosen = languages.filter((language) => (options.languages ?? ["en"]).includes(language));
  if (chosen.length === 0 || chosen.length < new Set(options.languages).size) {
    throw new RangeError(
      `languages is [${options.languages?.join(", ")}]. Choose from ${languages.join(", ")}.`,
    );
  }
  const monthFirst = chosen.every((language) => language === "en");
  const random = new Random(seed);
  const drawDay = dayDrawer(options);
  return Array.from({ length: count }, () =>
    writeDate(drawInSplit(drawDay, split, random), random.pick(chosen), monthFirst, random),
  );
}

/** Draws a form that fits the date and stays short enough, and writes the date in it. */
function writeDate(
  date: CalendarDate,
  language: Language,
  monthFirst: boolean,
  random: Random,
): DatePair {
  const words = wordsOf(language);
  for (;;) {
    const form = drawForm(language, random);
    if (!form.fits(date, words, random, monthFirst)) continue;
    const pieces = withManners(form.write(date, words, random), words, random);
    const source = pieces.map(({ text }) => text).join("");
    if (characters(source).length > LONGEST_DATE) continue;
    return { language, form: form.form, source, target: date.iso, alignment: alignmentOf(pieces) };
  }
}

/** For each character of `YYYY-MM-DD`, the span of the piece that gives it. */
function alignmentOf(pieces: readonly Piece[]): DatePair["alignment"] {
  const spans = new Map<Part, [number, number]>();
  let start = 0;
  for (const { text, part } of pieces) {
    const end = start + characters(text).length;
    // A year that is said twice, as in 平成20(2008)年, is one span from the first to the second.
    if (part !== undefined) spans.set(part, [spans.get(part)?.[0] ?? start, end]);
    start = end;
  }
  const parts: (Part | undefined)[] = [
    ...Array<Part>(4).fill("year"),
    undefined,
    ...Array<Part>(2).fill("month"),
    undefined,
    ...Array<Part>(2).fill("day"),
  ];
  return parts.map((part) => (part === undefined ? [0, 0] : [...spans.get(part)!]));
}

/** A language's forms, compiled, each with the running total of the weights up to it. */
const compiled = new Map<Language, { form: DateForm; upTo: number }[]>();

function drawForm(language: Language, random: Random): DateForm {
  let forms = compiled.get(language);
  if (forms === undefined) {
    let upTo = 0;
    forms = dateForms[language].map(([weight, form]) => {
      upTo += weight;
      return { form: new DateForm(form), upTo };
    });
    compiled.set(language, forms);
  }
  const at = random.next() * forms.at(-1)!.upTo;
  return forms.find(({ upTo }) => at < upTo)!.form;
}

/** A function that draws one day, as a number of days after 1970-01-01. */
function dayDrawer({ from, to }: DrawDatesOptions): (random: Random) => number {
  if (from === undefined && to === undefined) return dayFromPeriods;
  const earliest = periods.reduce((least, [, first]) => Math.min(least, first), Infinity);
  const latest = periods.reduce((most, [, , last]) => Math.max(most, last), -Infinity);
  const first = from === undefined ? earliest : dayOfDate(from);
  const last = to === undefined ? latest : dayOfDate(to);
  if (first < earliest || last > latest || first > last) {
    throw new RangeError(
      `from is ${from}, to is ${to}. Both lie between ${dateOfDay(earliest).iso} and ` +
        `${dateOfDay(latest).iso}, and from is not after to.`,
    );
  }
  return (random) => random.integer(first, last);
}

function dayFromPeriods(random: Random): number {
  let at = random.next() * 100;
  const [, first, last] = periods.find(([weight]) => (at -= weight) < 0)!;
  return random.integer(first, last);
}

function drawInSplit(
  drawDay: (random: Random) => number,
  split: Split | undefined,
  random: Random,
): CalendarDate {
  for (let attempt = 0; attempt < 10_000; attempt++) {
    const date = dateOfDay(drawDay(random));
    if (split === undefined || splitOf(date.iso) === split) return date;
  }
  throw new RangeError(`Between from and to there is no date of the ${split} split. Widen them.`);
}
