/** Builds a bank's calendar from its country and time zone, as a first draft that the bank corrects and publishes. */
import Holidays, { type HolidaysTypes } from "date-holidays";
import { Temporal } from "temporal-polyfill";
import { dayNumber, type PlainDate, plainDate } from "../../shared/calendar.ts";
import { invariant } from "../../shared/errors.ts";
import {
  type BankingCalendar,
  daysPerWord,
  endOfDay,
  type OffsetChange,
  secondsPerDay,
  startOfDay,
} from "./bankingCalendar.ts";
import { isWeekend } from "./weekends.ts";

/** Why a day is closed. `left_out` is a date that the place skipped when it changed its side of the date line. */
export type Closure =
  | { readonly kind: "weekend" }
  | { readonly kind: "holiday"; readonly name: string }
  | { readonly kind: "left_out" }
  | { readonly kind: "declared" };

export interface CalendarSeed {
  /** ISO 3166-1 alpha-2; its public and bank holidays and its weekends are taken. */
  readonly country: string;
  /** IANA time zone of the place, such as `Europe/Amsterdam`. */
  readonly zone: string;
  /** First and last year, both whole; words at both ends are filled beyond them. */
  readonly years: { readonly from: number; readonly to: number };
  /** Minute of the local day from which an arrival counts as the next day's (U57). */
  readonly cutOffMinutes: number;
  /** Days closed beyond the seed. */
  readonly closed?: readonly PlainDate[];
  /** Weekend days and holidays on which the bank works all the same (China's working weekends). */
  readonly open?: readonly PlainDate[];
}

export interface BuiltCalendar {
  readonly calendar: BankingCalendar;
  /** Each closed day of the words and why. */
  readonly closures: ReadonlyMap<number, Closure>;
  /** The same words as the contract takes them: consecutive, from this index. */
  readonly firstWord: number;
  readonly words: readonly bigint[];
}

const firstBuildableYear = 1973;

/** The hour by which a bank must be closed for the day to be a holiday: half-days that start at noon stay open. */
const holidayHour = 11;

function offsetChangesOf(zone: string, fromSeconds: number, toSeconds: number): OffsetChange[] {
  const minutes = (at: Temporal.ZonedDateTime): number => {
    const offsetMinutes = at.offsetNanoseconds / 60e9;
    invariant(Number.isInteger(offsetMinutes), `${zone} has an offset with seconds at ${at.toString()}`);
    return offsetMinutes;
  };
  let at = Temporal.Instant.fromEpochMilliseconds(fromSeconds * 1000).toZonedDateTimeISO(zone);
  const changes: OffsetChange[] = [{ fromSeconds: 0, offsetMinutes: minutes(at) }];
  for (;;) {
    const next = at.getTimeZoneTransition("next");
    if (next === null || next.epochMilliseconds > toSeconds * 1000) return changes;
    const offsetMinutes = minutes(next);
    if (changes.at(-1)?.offsetMinutes !== offsetMinutes) {
      changes.push({ fromSeconds: Math.ceil(next.epochMilliseconds / 1000), offsetMinutes });
    }
    at = next;
  }
}

/** Days of public and bank holidays, by day number. A holiday counts on each day on whose eleventh hour it lies. */
function holidaysOf(seed: CalendarSeed, years: readonly number[]): Map<number, string> {
  const holidays = new Holidays(seed.country, { timezone: seed.zone, types: ["bank", "public"] });
  const found = new Map<number, string>();
  const localDate = (date: Date): Temporal.ZonedDateTime =>
    Temporal.Instant.fromEpochMilliseconds(date.getTime()).toZonedDateTimeISO(seed.zone);
  const add = (holiday: HolidaysTypes.Holiday): void => {
    const start = localDate(holiday.start);
    const end = localDate(holiday.end);
    let date = start.hour < holidayHour ? start.toPlainDate() : start.toPlainDate().add({ days: 1 });
    for (;;) {
      const hour = date.toZonedDateTime({ timeZone: seed.zone, plainTime: { hour: holidayHour } });
      if (Temporal.ZonedDateTime.compare(hour, end) >= 0) return;
      found.set(dayNumber(date.toString()), holiday.name);
      date = date.add({ days: 1 });
    }
  };
  for (const year of years) for (const holiday of holidays.getHolidays(year, "en")) add(holiday);
  return found;
}

/** The closed days from the first to the last word of the years. */
export function buildCalendar(seed: CalendarSeed): BuiltCalendar {
  const { years, zone, cutOffMinutes } = seed;
  invariant(years.from >= firstBuildableYear && years.to >= years.from, "years run from 1973 upwards");
  invariant(cutOffMinutes > 0 && cutOffMinutes <= 1440, "a cut-off is a minute of the day");
  const firstWord = Math.floor(dayNumber(`${years.from}-01-01`) / daysPerWord);
  const lastWord = Math.floor(dayNumber(`${years.to}-12-31`) / daysPerWord);
  const firstDay = firstWord * daysPerWord;
  const endDay = (lastWord + 1) * daysPerWord;
  const offsetChanges = offsetChangesOf(zone, (firstDay - 2) * secondsPerDay, (endDay + 2) * secondsPerDay);
  const yearOf = (day: number): number => Number(plainDate(day).slice(0, 4));
  const yearList: number[] = [];
  for (let year = yearOf(firstDay) - 1; year <= yearOf(endDay); year += 1) yearList.push(year);

  const holidays = holidaysOf(seed, yearList);
  const declaredClosed = new Set((seed.closed ?? []).map(dayNumber));
  const declaredOpen = new Set((seed.open ?? []).map(dayNumber));
  const bare: BankingCalendar = { closedWords: new Map(), offsetChanges, cutOffMinutes };
  const closureOf = (day: number): Closure | undefined => {
    if (startOfDay(bare, day) === endOfDay(bare, day)) return { kind: "left_out" };
    if (declaredClosed.has(day)) return { kind: "declared" };
    if (declaredOpen.has(day)) return undefined;
    const name = holidays.get(day);
    if (name !== undefined) return { kind: "holiday", name };
    return isWeekend(seed.country, day) ? { kind: "weekend" } : undefined;
  };

  const closures = new Map<number, Closure>();
  const words: bigint[] = [];
  for (let word = firstWord; word <= lastWord; word += 1) {
    let closed = 0n;
    for (let bit = 0; bit < daysPerWord; bit += 1) {
      const closure = closureOf(word * daysPerWord + bit);
      if (closure === undefined) continue;
      closures.set(word * daysPerWord + bit, closure);
      closed |= 1n << BigInt(bit);
    }
    words.push(closed);
  }
  const closedWords = new Map(words.map((closed, index) => [firstWord + index, closed]));
  return { calendar: { closedWords, offsetChanges, cutOffMinutes }, closures, firstWord, words };
}
