import { dayOfDate, type CalendarDate } from "./calendar";
import { otherPlaceholder, partPlaceholder, type Placeholder } from "./placeholders";

const numerals = "〇一二三四五六七八九";
const chequeNumerals = "零壹贰叁肆伍陆柒捌玖";

/**
 * The Japanese eras since the country took over the Gregorian calendar (1873, Meiji 6), each from
 * its first day on: the newer era wins on the day of a change. Reiwa is drawn up to 2050.
 */
const eras = (
  [
    ["2019-05-01", "令和", "R", 2019],
    ["1989-01-08", "平成", "H", 1989],
    ["1926-12-25", "昭和", "S", 1926],
    ["1912-07-30", "大正", "T", 1912],
    ["1873-01-01", "明治", "M", 1868],
  ] as const
).map(([from, name, letter, first]) => ({ from: dayOfDate(from), name, letter, first }));

/** A year counted in an era. */
interface EraYear {
  name: string;
  letter: string;
  year: number;
}

function eraYear({ iso, year }: CalendarDate): EraYear | undefined {
  const day = dayOfDate(iso);
  const era = eras.find(({ from }) => day >= from);
  return era && year <= 2050 ? { ...era, year: year - era.first + 1 } : undefined;
}

/** A year in its era: the name and the number together give the year of the target. */
function eraPlaceholder(write: (eraYear: EraYear) => string): Placeholder {
  return partPlaceholder(
    "year",
    (date) => write(eraYear(date)!),
    (date) => eraYear(date) !== undefined,
  );
}

/** The year of the Republic of China, whose first is 1912. */
function republicPlaceholder(write: (year: number) => string): Placeholder {
  return partPlaceholder(
    "year",
    ({ year }, _words, random) =>
      random.pick(["民国", "民國", "中華民國", "中华民国"]) + write(year - 1911),
    ({ year }) => year >= 1912 && year <= 2050,
  );
}

/** A number from 1 to 199 as it is counted: 二十三, 一百零八, 一百一十二. */
function counted(number: number): string {
  if (number >= 100) {
    const rest = number - 100;
    const joint = rest === 0 || rest >= 20 ? "" : rest < 10 ? "零" : "一";
    return `一百${joint}${counted(rest)}`;
  }
  const tens = Math.floor(number / 10);
  const ten = tens === 0 ? "" : tens === 1 ? "十" : `${numerals[tens]}十`;
  return ten + (number % 10 === 0 ? "" : numerals[number % 10]);
}

/** The first year of an era is 元年, and the others have numbers. */
const firstYear = (write: (year: number) => string) => (year: number) =>
  year === 1 ? "元" : write(year);

/** A year as it is counted, 千九百四十五, and not digit by digit. */
function countedYear(year: number): string {
  const thousands = Math.floor(year / 1000);
  const hundreds = Math.floor((year % 1000) / 100);
  const hundred = hundreds === 0 ? "" : hundreds === 1 ? "百" : `${numerals[hundreds]}百`;
  const rest = year % 100 === 0 ? "" : counted(year % 100);
  return `${thousands === 1 ? "" : numerals[thousands]}千${hundred}${rest}`;
}

/** A month or a day as a Chinese cheque has it, safe from alteration: 零叁, 壹拾贰, 叁拾. */
function onCheque(number: number, zeroBefore: boolean): string {
  const unit = number % 10 === 0 ? "" : chequeNumerals[number % 10];
  const ten = number < 10 ? "" : `${chequeNumerals[Math.floor(number / 10)]}拾`;
  return (zeroBefore ? "零" : "") + ten + unit;
}

/** The placeholders that only Chinese and Japanese forms have. */
export const chineseAndJapanese: Readonly<Record<string, Placeholder>> = {
  /** 二〇二四, with any of three zeros. */
  〇〇〇〇: partPlaceholder("year", ({ year }, _words, random) => {
    const zero = random.pick(["〇", "〇", "零", "○"]);
    return [...String(year)].map((digit) => (digit === "0" ? zero : numerals[+digit])).join("");
  }),
  千: partPlaceholder("year", ({ year }) => countedYear(year)),
  /** 廿三 and 卅一, the short ways to write the days from the twentieth on. */
  廿: partPlaceholder(
    "day",
    ({ day }) => (day < 30 ? "廿" : "卅") + (day % 10 === 0 ? "" : numerals[day % 10]),
    ({ day }) => day >= 20,
  ),
  支票年: partPlaceholder("year", ({ year }) =>
    [...String(year)].map((digit) => chequeNumerals[+digit]).join(""),
  ),
  支票月: partPlaceholder("month", ({ month }, _words, random) =>
    onCheque(month, month < 3 || (month <= 10 && random.next() < 0.5)),
  ),
  支票日: partPlaceholder("day", ({ day }) => onCheque(day, day < 10 || day % 10 === 0)),
  号: otherPlaceholder((_date, _words, random) => random.pick(["号", "號"])),
  令和6: eraPlaceholder(({ name, year }) => name + firstYear(String)(year)),
  "令和 6": eraPlaceholder(({ name, year }) => `${name} ${year}`),
  令和六: eraPlaceholder(({ name, year }) => name + firstYear(counted)(year)),
  令6: eraPlaceholder(({ name, year }) => name[0] + year),
  R6: eraPlaceholder(({ letter, year }) => letter + year),
  R06: eraPlaceholder(({ letter, year }) => letter + String(year).padStart(2, "0")),
  "R.6": eraPlaceholder(({ letter, year }) => `${letter}.${year}`),
  民国97: republicPlaceholder(firstYear(String)),
  民国九十七: republicPlaceholder(firstYear(counted)),
};
