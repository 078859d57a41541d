import type { Random } from "../../random";
import type { CalendarDate } from "./calendar";
import type { Words } from "./words";

/** The three parts of a date, as they appear in the target. */
export type Part = "year" | "month" | "day";

/** A stretch of the source; `part` says which part of the target it gives, if any. */
export interface Piece {
  text: string;
  part?: Part;
}

/** How one placeholder of a form, such as `{month}`, is written for a date. */
export interface Placeholder {
  write(date: CalendarDate, words: Words, random: Random): Piece[];
  /** Whether the placeholder can say this date at all; always, when left out. */
  fits?(date: CalendarDate): boolean;
}

/** A placeholder that writes one piece, the one that `part` of the target comes from. */
export function partPlaceholder(
  part: Part,
  text: (date: CalendarDate, words: Words, random: Random) => string,
  fits?: (date: CalendarDate) => boolean,
): Placeholder {
  return { write: (...given) => [{ text: text(...given), part }], fits };
}

/** A placeholder for what the target does not show: weekdays, times, endings. */
export function otherPlaceholder(
  text: (date: CalendarDate, words: Words, random: Random) => string,
  fits?: (date: CalendarDate) => boolean,
): Placeholder {
  return { write: (...given) => [{ text: text(...given) }], fits };
}

const twoDigits = (number: number): string => String(number % 100).padStart(2, "0");

const hasTwoDigitYear = ({ year }: CalendarDate): boolean => year >= 1969 && year <= 2068;

const romanMonths = "I II III IV V VI VII VIII IX X XI XII".split(" ");

/** Mostly the first of several names for one thing, and sometimes any of them. */
function anyName(names: readonly string[], random: Random): string {
  return random.next() < 0.6 ? names[0] : random.pick(names);
}

/** The placeholders that mean the same in every language. */
export const placeholders: Readonly<Record<string, Placeholder>> = {
  yyyy: partPlaceholder("year", ({ year }) => String(year)),
  yy: partPlaceholder("year", ({ year }) => twoDigits(year), hasTwoDigitYear),
  yearWords: partPlaceholder("year", ({ year }, words, random) => yearInWords(year, words, random)),
  m: partPlaceholder("month", ({ month }) => String(month)),
  mm: partPlaceholder("month", ({ month }) => twoDigits(month)),
  month: partPlaceholder("month", ({ month }, { months }, random) =>
    anyName(months[month - 1].names, random),
  ),
  mmm: partPlaceholder("month", ({ month }, { months }) => months[month - 1].short[0]),
  mon: partPlaceholder("month", ({ month }, { months }, random) =>
    anyName(months[month - 1].short, random),
  ),
  "mon.": {
    write({ month }, { months }, random) {
      const { names, short } = months[month - 1];
      const text = anyName(short, random);
      const stop = names.includes(text) ? [] : [{ text: "." }];
      return [{ text, part: "month" }, ...stop];
    },
  },
  ROMAN: partPlaceholder("month", ({ month }) => romanMonths[month - 1]),
  roman: partPlaceholder("month", ({ month }) => romanMonths[month - 1].toLowerCase()),
  d: partPlaceholder("day", ({ day }) => String(day)),
  dd: partPlaceholder("day", ({ day }) => twoDigits(day)),
  dayWords: partPlaceholder("day", ({ day }, { days }, random) =>
    random.next() < 0.8 ? days[day - 1] : days[day - 1].replaceAll("-", " "),
  ),
  th: otherPlaceholder(({ day }, _words, random) => ordinalEnding(day, random)),
  /** "er" after the first day of a French month, and nothing after the others. */
  er: otherPlaceholder(({ day }) => (day === 1 ? "er" : "")),
  /** What follows the 1 of the first day of a Spanish month. */
  º: otherPlaceholder(({ day }, _words, random) =>
    day === 1 ? random.pick(["º", ".º", "°", "ro", "ero"]) : "",
  ),
  /** The space that pads a day of one digit, as in the log line "Thu Jan  1". */
  pad: otherPlaceholder(({ day }) => (day < 10 ? " " : "")),
  weekday: otherPlaceholder(({ weekday }, { weekdays }, random) =>
    anyName(weekdays[weekday].names, random),
  ),
  www: otherPlaceholder(({ weekday }, { weekdays }) => weekdays[weekday].short[0]),
  wkd: otherPlaceholder(({ weekday }, { weekdays }, random) =>
    anyName(weekdays[weekday].short, random),
  ),
  hms: otherPlaceholder((_date, _words, random) => secondsOfDay(random).join(":")),
  hhmmss: otherPlaceholder((_date, _words, random) => secondsOfDay(random).join("")),
  hm: otherPlaceholder((_date, words, random) => timeOfDay(words, random)),
  zone: otherPlaceholder((_date, _words, random) =>
    random.pick(["GMT", "UTC", "+0000", "+0100", "+0200", "-0500", "-0700", "+0900"]),
  ),
};

/** "st", "nd", "rd" or "th", as it follows a number in English; old letters have 2d and 3d. */
function ordinalEnding(number: number, random: Random): string {
  if (number >= 11 && number <= 13) return "th";
  const ending = ["th", "st", "nd", "rd"][number % 10] ?? "th";
  return ending.endsWith("d") && random.next() < 0.05 ? "d" : ending;
}

/** Hours, minutes and seconds of two digits each. */
function secondsOfDay(random: Random): string[] {
  return [random.integer(0, 23), random.integer(0, 59), random.integer(0, 59)].map(twoDigits);
}

/** A time as people put it beside a date: 14:05, 8.30 pm, 20h, 午後6時. */
function timeOfDay({ times, halves }: Words, random: Random): string {
  const hour = random.integer(0, 23);
  const values: Record<string, string> = {
    H: String(hour),
    HH: twoDigits(hour),
    h: String(hour % 12 === 0 ? 12 : hour % 12),
    MM: twoDigits(random.integer(0, 59)),
    half: halves[hour < 12 ? 0 : 1],
  };
  return random.pick(times).replace(/\{(\w+)\}/g, (_all, name: string) => values[name]);
}

/** A year as English says it: "nineteen ninety-seven", "two thousand and eight". */
function yearInWords(year: number, words: Words, random: Random): string {
  const hundreds = Math.floor(year / 100);
  const rest = year % 100;
  const saidInThousands = hundreds === 20 && (rest < 10 || random.next() < 0.4);
  if (saidInThousands) {
    if (rest === 0) return "two thousand";
    return `two thousand ${random.pick(["", "and "])}${numberInWords(rest, words)}`;
  }
  const century = numberInWords(hundreds, words);
  if (rest === 0) return `${century} hundred`;
  if (rest < 10)
    return `${century} ${random.pick(["oh ", "hundred and "])}${words.numbers![rest - 1]}`;
  return `${century} ${random.pick(["", "", "hundred and "])}${numberInWords(rest, words)}`;
}

/** A number from 1 to 99 in English words. */
function numberInWords(number: number, { numbers = [], tens = [] }: Words): string {
  if (number < 20) return numbers[number - 1];
  const unit = number % 10 === 0 ? "" : `-${numbers[(number % 10) - 1]}`;
  return tens[Math.floor(number / 10) - 2] + unit;
}
