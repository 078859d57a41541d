/** A day of the Gregorian calendar, with the weekday that belongs to it. */
export interface CalendarDate {
  year: number;
  /** 1 (January) to 12. */
  month: number;
  /** 1 to 31. */
  day: number;
  /** 0 (Sunday) to 6. */
  weekday: number;
  /** The date as ISO 8601 writes it: `YYYY-MM-DD`. */
  iso: string;
}

const MILLISECONDS_A_DAY = 86_400_000;

/** The date that lies `dayNumber` days after 1970-01-01. */
export function dateOfDay(dayNumber: number): CalendarDate {
  const date = new Date(dayNumber * MILLISECONDS_A_DAY);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    iso: date.toISOString().slice(0, 10),
  };
}

/** Whether a text is a date that exists, written `YYYY-MM-DD`. */
export function isIsoDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/**
 * How many days a date lies after 1970-01-01 (negative before it).
 * @throws Fails with a RangeError when `iso` is not a date that exists, written `YYYY-MM-DD`.
 */
export function dayOfDate(iso: string): number {
  if (!isIsoDate(iso)) {
    throw new RangeError(
      `"${iso}" is not a date written YYYY-MM-DD that exists. Write, say, "2008-05-03".`,
    );
  }
  return Date.parse(`${iso}T00:00:00Z`) / MILLISECONDS_A_DAY;
}
