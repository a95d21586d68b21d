/**
 * Calendar dates without clocks and time zones. A date is a `PlainDate` text for people and messages,
 * and a day number (days since 1970-01-01) for arithmetic and for the ledger.
 */
import { invariant } from "./errors.ts";

/** A calendar date `YYYY-MM-DD` of the proleptic Gregorian calendar, years 1900 to 9999. */
export type PlainDate = string;

/** ISO weekday: 1 is Monday, 7 is Sunday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** A two-digit year from this one on belongs to the 1900s, one below it to the 2000s. */
export const centuryPivot = 80;

const msPerDay = 86_400_000;
const firstYear = 1900;

/** The day number of year, month (1 to 12) and day of month, or undefined if there is no such date. */
export function dayOf(year: number, month: number, dayOfMonth: number): number | undefined {
  if (!Number.isInteger(year) || year < firstYear || year > 9999) return undefined;
  const date = new Date(Date.UTC(year, month - 1, dayOfMonth));
  const same = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === dayOfMonth;
  return same ? date.getTime() / msPerDay : undefined;
}

/** The day number of a text, or undefined if the text is not a date of the calendar. */
export function parsePlainDate(text: string): number | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return parts === null ? undefined : dayOf(Number(parts[1]), Number(parts[2]), Number(parts[3]));
}

/** Whether a text is a date `YYYY-MM-DD` that exists. */
export function isPlainDate(text: string): text is PlainDate {
  return parsePlainDate(text) !== undefined;
}

/** Days since 1970-01-01. The date must be valid: check texts from outside with `isPlainDate` first. */
export function dayNumber(date: PlainDate): number {
  const day = parsePlainDate(date);
  invariant(day !== undefined, `${date} is not a date`);
  return day;
}

/** The date of a day number (days since 1970-01-01). */
export function plainDate(day: number): PlainDate {
  invariant(Number.isInteger(day), `${day} is not a day number`);
  const text = new Date(day * msPerDay).toISOString().slice(0, 10);
  invariant(isPlainDate(text), `day ${day} is outside the calendar`);
  return text;
}

/** The date `days` calendar days later (earlier if negative). */
export function addDays(date: PlainDate, days: number): PlainDate {
  return plainDate(dayNumber(date) + days);
}

/** The weekday of a day number. Day 0 (1970-01-01) was a Thursday. */
export function weekday(day: number): Weekday {
  return (((((day + 3) % 7) + 7) % 7) + 1) as Weekday;
}

/** The full year of a two-digit year: 80 to 99 are 1980 to 1999, 00 to 79 are 2000 to 2079. */
export function fullYear(twoDigitYear: number): number {
  return twoDigitYear >= centuryPivot ? 1900 + twoDigitYear : 2000 + twoDigitYear;
}

/** The date of a SWIFT `YYMMDD`, or undefined if it is not one. */
export function parseSwiftDate(text: string): PlainDate | undefined {
  const parts = /^(\d{2})(\d{2})(\d{2})$/.exec(text);
  if (parts === null) return undefined;
  const day = dayOf(fullYear(Number(parts[1])), Number(parts[2]), Number(parts[3]));
  return day === undefined ? undefined : plainDate(day);
}

/** The SWIFT `YYMMDD` of a date between 1980 and 2079, or undefined: two digits cannot say other years. */
export function formatSwiftDate(date: PlainDate): string | undefined {
  const text = date.slice(2, 4) + date.slice(5, 7) + date.slice(8, 10);
  return parseSwiftDate(text) === date ? text : undefined;
}
