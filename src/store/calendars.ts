import { type Selectable, sql } from "kysely";
import type { BankingCalendar } from "../domain/calendar/bankingCalendar.ts";
import type { CalendarRow } from "./schema/deals.ts";
import type { Db } from "./store.ts";

/** Published calendars of these banks, by participant id. A bank without one is absent. */
export async function findCalendars(db: Db, banks: readonly number[]): Promise<ReadonlyMap<number, BankingCalendar>> {
  if (banks.length === 0) return new Map();
  const rows = await db
    .selectFrom("calendars")
    .selectAll()
    .where(sql<boolean>`bank = any(${[...new Set(banks)]}::integer[])`)
    .execute();
  return toCalendars(rows);
}

export function toCalendars(rows: readonly Selectable<CalendarRow>[]): ReadonlyMap<number, BankingCalendar> {
  return new Map(
    rows.map((row) => [
      row.bank,
      {
        closedWords: new Map(row.words.map((word, index) => [row.first_word + index, BigInt(word)])),
        offsetChanges: row.offsets.map(({ from, offsetMinutes }) => ({ fromSeconds: from, offsetMinutes })),
        cutOffMinutes: row.cut_off_minutes,
      },
    ]),
  );
}
