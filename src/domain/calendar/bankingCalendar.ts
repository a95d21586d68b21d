/**
 * Banking days of one bank at its place, the same arithmetic as the contract BankingCalendar.
 * Days are day numbers (days since 1970-01-01) of the bank's local calendar, times are seconds since the epoch.
 * A day outside the published words is neither open nor closed: the answer says so, and nobody guesses.
 */
import { invariant } from "../../shared/errors.ts";

/** From `fromSeconds` on, local time is UTC plus `offsetMinutes`, until the next change. */
export interface OffsetChange {
  readonly fromSeconds: number;
  readonly offsetMinutes: number;
}

export interface BankingCalendar {
  /** Word w covers the days 256 w to 256 w + 255; bit i set means that day 256 w + i is closed. */
  readonly closedWords: ReadonlyMap<number, bigint>;
  /** At least one, ascending. The first also holds before its time. */
  readonly offsetChanges: readonly OffsetChange[];
  /** Minute of the local day from which an arrival counts as the next day's (U57). */
  readonly cutOffMinutes: number;
}

/** An answer of a calendar, or the first day that it would have needed and that is not published. */
export type OnCalendar<T> =
  | { readonly published: true; readonly value: T }
  | { readonly published: false; readonly day: number };

export const daysPerWord = 256;
export const secondsPerDay = 86_400;

/** Banking days that a bank has to examine a presentation (U28). */
export const examinationBankingDays = 5;

/** The local offset in minutes at a time. */
export function offsetAt(calendar: BankingCalendar, seconds: number): number {
  const { offsetChanges } = calendar;
  invariant(offsetChanges[0] !== undefined, "a calendar needs an offset");
  let offsetMinutes = offsetChanges[0].offsetMinutes;
  for (const change of offsetChanges) {
    if (change.fromSeconds > seconds) break;
    offsetMinutes = change.offsetMinutes;
  }
  return offsetMinutes;
}

/** The local calendar day at the bank's place. */
export function localDay(calendar: BankingCalendar, seconds: number): number {
  return Math.floor((seconds + offsetAt(calendar, seconds) * 60) / secondsPerDay);
}

/** The minute of the local day, 0 to 1439. */
export function localMinute(calendar: BankingCalendar, seconds: number): number {
  const local = seconds + offsetAt(calendar, seconds) * 60;
  return Math.floor((local - Math.floor(local / secondsPerDay) * secondsPerDay) / 60);
}

/** Whether the bank is open on a local day. */
export function isBankingDay(calendar: BankingCalendar, day: number): OnCalendar<boolean> {
  const word = Math.floor(day / daysPerWord);
  const closed = calendar.closedWords.get(word);
  if (closed === undefined) return { published: false, day };
  return { published: true, value: ((closed >> BigInt(day - word * daysPerWord)) & 1n) === 0n };
}

/** The day itself when the bank is open, else its next banking day (U50, U67). */
export function rollForward(calendar: BankingCalendar, day: number): OnCalendar<number> {
  for (let candidate = day; ; candidate += 1) {
    const open = isBankingDay(calendar, candidate);
    if (!open.published) return open;
    if (open.value) return { published: true, value: candidate };
  }
}

/** The n-th banking day strictly after `day` (U28). `bankingDays` is at least 1. */
export function addBankingDays(calendar: BankingCalendar, day: number, bankingDays: number): OnCalendar<number> {
  invariant(Number.isInteger(bankingDays) && bankingDays >= 1, "count banking days from 1");
  let reached = day;
  for (let counted = 0; counted < bankingDays; counted += 1) {
    const next = rollForward(calendar, reached + 1);
    if (!next.published) return next;
    reached = next.value;
  }
  return { published: true, value: reached };
}

/**
 * The banking day on which something that arrived at `seconds` counts as received (U57): the local day, or the
 * next one from the cut-off on, and then the first day on which the bank is open.
 */
export function presentationDay(calendar: BankingCalendar, seconds: number): OnCalendar<number> {
  const day = localDay(calendar, seconds);
  const late = localMinute(calendar, seconds) >= calendar.cutOffMinutes;
  return rollForward(calendar, late ? day + 1 : day);
}

/** The first instant at which local time, in seconds since the local 1970-01-01, has reached `localSeconds`. */
function instantOf(calendar: BankingCalendar, localSeconds: number): number {
  const { offsetChanges } = calendar;
  for (const [index, change] of offsetChanges.entries()) {
    const from = index === 0 ? Number.NEGATIVE_INFINITY : change.fromSeconds;
    const until = offsetChanges[index + 1]?.fromSeconds ?? Number.POSITIVE_INFINITY;
    const instant = Math.max(from, localSeconds - change.offsetMinutes * 60);
    if (instant < until) return instant;
  }
  throw new Error("invariant: a calendar needs an offset");
}

/**
 * The first second of the next local day: the instant from which `day` is over. Where the clock jumps over
 * midnight it is the jump; where a whole day is left out, the end of that day is the end of the day before.
 */
export function endOfDay(calendar: BankingCalendar, day: number): number {
  return instantOf(calendar, (day + 1) * secondsPerDay);
}

/** The first second of a local day. */
export function startOfDay(calendar: BankingCalendar, day: number): number {
  return endOfDay(calendar, day - 1);
}

export interface ExaminationPeriod {
  /** Banking day on which the presentation counts as received (U57). */
  readonly receivedOn: number;
  /** Fifth banking day after it, the last day for the decision (U28). */
  readonly lastDay: number;
  /** The instant from which the time to decide is over: local midnight after the last day, exclusive. */
  readonly deadlineSeconds: number;
  /** What banks are shown: the cut-off of the last day, earlier than the deadline. */
  readonly shownSeconds: number;
}

/** The time that a bank has to examine what it received at `receivedSeconds` (U28, U57). */
export function examinationPeriod(calendar: BankingCalendar, receivedSeconds: number): OnCalendar<ExaminationPeriod> {
  const received = presentationDay(calendar, receivedSeconds);
  if (!received.published) return received;
  const last = addBankingDays(calendar, received.value, examinationBankingDays);
  if (!last.published) return last;
  const deadlineSeconds = endOfDay(calendar, last.value);
  const cutOffSeconds = instantOf(calendar, last.value * secondsPerDay + calendar.cutOffMinutes * 60);
  const shownSeconds = Math.min(cutOffSeconds, deadlineSeconds);
  return { published: true, value: { receivedOn: received.value, lastDay: last.value, deadlineSeconds, shownSeconds } };
}

/**
 * The first second at which the decision is too late: the end, at local midnight, of the fifth banking day
 * after the day of presentation (U28, U42). Refusal and preclusion are tested against this one instant.
 */
export function examinationDeadline(calendar: BankingCalendar, receivedSeconds: number): OnCalendar<number> {
  const period = examinationPeriod(calendar, receivedSeconds);
  return period.published ? { published: true, value: period.value.deadlineSeconds } : period;
}

/** The day on which a tenor of calendar days from `baseDay` is due, rolled to a banking day (U05, U67). */
export function maturity(calendar: BankingCalendar, baseDay: number, tenorDays: number): OnCalendar<number> {
  invariant(Number.isInteger(tenorDays) && tenorDays >= 0, "a tenor is a number of calendar days");
  return rollForward(calendar, baseDay + tenorDays);
}
