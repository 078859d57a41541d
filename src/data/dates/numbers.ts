import { isIsoDate } from "./calendar";

/**
 * The year that two digits stand for: 69–99 are 1969–1999, 00–68 are 2000–2068 (as in POSIX).
 */
export function fullYear(twoDigits: number): number {
  return twoDigits + (twoDigits >= 69 ? 1900 : 2000);
}

/**
 * Reads three bare numbers as a date: the one rule for what is ambiguous, as 03/04/2008 is.
 *
 * A year of four digits may stand first (then month, day) or last. Otherwise the readings are
 * tried in this order, and the first that is a date wins: day month year and month day year (the
 * other way round if `monthFirst`), and, with a year of two digits, year month day.
 * @param numbers The three numbers as they are written: `["03", "04", "2008"]`.
 * @param monthFirst Whether 03/04 is March 4th, as in the United States, or the 3rd of April.
 * @returns The date as `YYYY-MM-DD`, or undefined when no reading is a date.
 * @throws Fails with a RangeError when there are not three numbers.
 */
export function readNumbers(numbers: readonly string[], monthFirst: boolean): string | undefined {
  if (numbers.length !== 3) {
    throw new RangeError(
      `numbers is [${numbers.join(", ")}], but a date has three: year, month and day in some order.`,
    );
  }
  const dayOrMonthFirst = monthFirst ? ["mdy", "dmy"] : ["dmy", "mdy"];
  const orders = numbers[0].length === 4 ? ["ymd"] : [...dayOrMonthFirst, "ymd"];
  return orders.map((order) => readInOrder(numbers, order)).find((iso) => iso !== undefined);
}

function readInOrder(numbers: readonly string[], order: string): string | undefined {
  const year = numbers[order.indexOf("y")];
  const month = numbers[order.indexOf("m")];
  const day = numbers[order.indexOf("d")];
  if (month.length > 2 || day.length > 2) return undefined;
  const years = year.length === 4 ? year : year.length === 2 ? String(fullYear(+year)) : "";
  const iso = `${years}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  return isIsoDate(iso) ? iso : undefined;
}
