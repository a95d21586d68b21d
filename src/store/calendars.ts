import type { BankingCalendar } from "../domain/calendar/bankingCalendar.ts";
import type { Db } from "./store.ts";

/** Published calendars of these banks, by participant id. A bank without one is absent. */
export async function findCalendars(db: Db, banks: readonly number[]): Promise<ReadonlyMap<number, BankingCalendar>> {
  if (banks.length === 0) return new Map();
  const rows = await db
    .selectFrom("calendars")
    .selectAll()
    .where("bank", "in", [...new Set(banks)])
    .execute();
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
