/** When a credit ends at a bank, on that bank's own calendar. */
import {
  type BankingCalendar,
  endOfDay,
  examinationPeriod,
  type OnCalendar,
  offsetAt,
  rollForward,
  startOfDay,
} from "../calendar/bankingCalendar.ts";

export interface ExpiryAtBank {
  /** The expiry day, or the bank's next banking day when it is closed (U50). */
  readonly lastDay: number;
  /** End of banking hours on the last day: what arrives from here on counts for the next day and is late (U57). */
  readonly presentBySeconds: number;
  /** First second after the last day, as the contract counts it (U12). */
  readonly expiresAtSeconds: number;
}

/** The end of banking hours of a local day, never after the day itself. */
function cutOffSeconds(calendar: BankingCalendar, day: number): number {
  const start = startOfDay(calendar, day);
  const counted = start + calendar.cutOffMinutes * 60;
  // A clock that changes between midnight and the cut-off makes the day longer or shorter.
  const shifted = counted - (offsetAt(calendar, counted) - offsetAt(calendar, start)) * 60;
  return Math.min(shifted, endOfDay(calendar, day));
}

/** Expiry of a credit at the bank to which documents are presented (U12, U50, U57). Days count since 1970-01-01. */
export function expiryAt(calendar: BankingCalendar, expiryDay: number): OnCalendar<ExpiryAtBank> {
  const rolled = rollForward(calendar, expiryDay);
  if (!rolled.published) return rolled;
  const lastDay = rolled.value;
  const presentBySeconds = cutOffSeconds(calendar, lastDay);
  return { published: true, value: { lastDay, presentBySeconds, expiresAtSeconds: endOfDay(calendar, lastDay) } };
}

/**
 * The hour by which a bank should decide: the end of its banking hours on the fifth banking day, which is earlier than
 * the ledger's deadline (U28, U40). The deadline itself when the calendar has changed since the clock started.
 */
export function decideBy(
  calendar: BankingCalendar | undefined,
  examination: { receivedAtSeconds: number; deadlineSeconds: number },
): number {
  const { receivedAtSeconds, deadlineSeconds } = examination;
  const period = calendar && examinationPeriod(calendar, receivedAtSeconds);
  const isSame = period?.published === true && period.value.deadlineSeconds === deadlineSeconds;
  return isSame ? period.value.shownSeconds : deadlineSeconds;
}
