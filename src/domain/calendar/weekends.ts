/**
 * Weekly closed days by country, from the date on which they hold. A seed for a bank's own calendar, never the
 * last word: the bank publishes what it keeps.
 */
import { type PlainDate, plainDate, type Weekday, weekday } from "../../shared/calendar.ts";

interface WeekendRow {
  /** First day on which the row holds; absent for "always before the next row". */
  readonly from?: PlainDate;
  readonly closed: readonly Weekday[];
}

const saturdaySunday: readonly Weekday[] = [6, 7];
const fridaySaturday: readonly Weekday[] = [5, 6];
const thursdayFriday: readonly Weekday[] = [4, 5];

const fridaySaturdayCountries = "BD BH DZ EG IL IQ JO KW LY OM QA SD SY YE".split(" ");

const weekends: ReadonlyMap<string, readonly WeekendRow[]> = new Map<string, readonly WeekendRow[]>([
  ...fridaySaturdayCountries.map((country): [string, readonly WeekendRow[]] => [country, [{ closed: fridaySaturday }]]),
  // The kingdom moved its weekend from Thursday and Friday at the end of June 2013.
  ["SA", [{ closed: thursdayFriday }, { from: "2013-06-29", closed: fridaySaturday }]],
  // The Emirates moved theirs to Saturday and Sunday with the year 2022.
  ["AE", [{ closed: fridaySaturday }, { from: "2022-01-01", closed: saturdaySunday }]],
]);

/** Whether a day is a weekly closed day in a country (ISO 3166-1 alpha-2). Elsewhere Saturday and Sunday are. */
export function isWeekend(country: string, day: number): boolean {
  let closed = saturdaySunday;
  for (const row of weekends.get(country) ?? []) {
    if (row.from !== undefined && plainDate(day) < row.from) break;
    closed = row.closed;
  }
  return closed.includes(weekday(day));
}
