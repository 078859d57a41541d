/**
 * Reads what the generator wrote, knowing nothing of how it was written: the tests compare what
 * they read in the aligned span with the target.
 */
import type { Language } from "attention-lab";
import { wordsOf } from "attention-lab/dist/data/dates/words";

export function readDay(text: string, language: Language): number {
  const plain = simplified(text);
  return (
    readNumeral(plain) ??
    nearest(
      plain,
      wordsOf(language).days.map((word) => [word]),
    )
  );
}

export function readMonth(text: string, language: Language): number {
  const plain = simplified(text);
  const roman = "i ii iii iv v vi vii viii ix x xi xii".split(" ").indexOf(plain);
  if (roman >= 0) return roman + 1;
  const { months } = wordsOf(language);
  return (
    readNumeral(plain) ??
    nearest(
      plain,
      months.map(({ names, short }) => [...names, ...short]),
    )
  );
}

/** The year before the first one of each era, by the first letter of its name. */
const eras: Record<string, number> = {
  ...{ 令: 2018, 平: 1988, 昭: 1925, 大: 1911, 明: 1867 },
  ...{ r: 2018, h: 1988, s: 1925, t: 1911, m: 1867 },
};

export function readYear(text: string): number | undefined {
  const plain = simplified(text).replaceAll(" ", "");
  const both = /^(.+)\((.+)$/.exec(plain);
  if (both !== null) {
    const [one, other] = both.slice(1).map(readYear);
    return one === other ? one : undefined;
  }
  if (/^\d\d$/.test(plain)) return +plain + (+plain < 69 ? 2000 : 1900);
  const republic = /^(?:中[華华])?民[国國](.+)$/.exec(plain);
  if (republic !== null) return 1911 + readNumeral(republic[1])!;
  const era = /^([令平昭大明rhstm])[和成正治]?\.?(\d+|[元一二三四五六七八九十]+)$/.exec(plain);
  if (era !== null) return eras[era[1]] + readNumeral(era[2])!;
  return readNumeral(plain) ?? readYearWords(simplified(text));
}

/** "nineteen hundred and five", "twenty oh five", "two thousand and eight". */
function readYearWords(text: string): number {
  const { numbers = [], tens = [] } = wordsOf("en");
  const silent = ["and", "oh", "hundred", "thousand", ""];
  const [first, ...rest] = text
    .split(/[^a-z]+/)
    .filter((word) => !silent.includes(word))
    .map((word) =>
      tens.includes(word) ? 20 + 10 * tens.indexOf(word) : numbers.indexOf(word) + 1,
    );
  return first * (text.includes("thousand") ? 1000 : 100) + rest.reduce((sum, n) => sum + n, 0);
}

/** A number in digits, in Chinese characters, or in those of a cheque. */
function readNumeral(text: string): number | undefined {
  if (/^\d+$/.test(text)) return +text;
  const spelt = [...text]
    .map(
      (character) =>
        "〇一二三四五六七八九十"["零壹贰叁肆伍陆柒捌玖拾".indexOf(character)] ?? character,
    )
    .map((character) => ({ "○": "〇", 元: "一", 廿: "二十", 卅: "三十" })[character] ?? character)
    .join("");
  if (/^[〇一二三四五六七八九]{4}$/.test(spelt)) {
    return +[...spelt].map((c) => "〇一二三四五六七八九".indexOf(c)).join("");
  }
  if (!/^[〇一二三四五六七八九十百千]+$/.test(spelt)) return undefined;
  let sum = 0;
  let digit = 0;
  for (const character of spelt) {
    const power = { 十: 10, 百: 100, 千: 1000 }[character];
    if (power === undefined) digit = "〇一二三四五六七八九".indexOf(character);
    else {
      sum += power * (digit || 1);
      digit = 0;
    }
  }
  return sum + digit;
}

/** Small letters without accents; full-width characters as narrow ones. */
function simplified(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "");
}

/** The place, from 1 on, of the word that is spelt most like the text. */
function nearest(text: string, choices: readonly (readonly string[])[]): number {
  const plain = (word: string): string => simplified(word).replaceAll("-", " ");
  const exact = choices.findIndex((words) => words.some((word) => plain(word) === plain(text)));
  if (exact >= 0) return exact + 1;
  const distances = choices.map((words) =>
    Math.min(...words.map((word) => editDistance(plain(text), plain(word)))),
  );
  const least = Math.min(...distances);
  return least > 2 ? NaN : distances.indexOf(least) + 1;
}

/** How many letters have to be put in, left out or changed to get from one word to another. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line++) {
    const next = [line];
    for (let column = 1; column <= to.length; column++) {
      const change = from[line - 1] === to[column - 1] ? 0 : 1;
      next.push(Math.min(row[column] + 1, next[column - 1] + 1, row[column - 1] + change));
    }
    row = next;
  }
  return row[to.length];
}
