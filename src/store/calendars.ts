import { sql } from "kysely";
import type { BankingCalendar } from "../domain/calendar/bankingCalendar.ts";
import type { EventData } from "../domain/ledgerEvent.ts";
import type { Db, Transaction } from "./store.ts";

/** Keeps a calendar as its bank published it. */
export async function insertCalendar(tx: Transaction, data: EventData<"calendar.published">): Promise<void> {
  await tx
    .insertInto("calendars")
    .values({
      bank: data.bank,
      first_word: data.firstWord,
      words: JSON.stringify(data.words),
      cut_off_minutes: data.cutOffMinutes,
      offsets: JSON.stringify(data.offsets),
    })
    .execute();
}

/** A bank added words after those that it has. */
export async function extendCalendar(tx: Transaction, data: EventData<"calendar.extended">): Promise<void> {
  await tx
    .updateTable("calendars")
    .set({ words: sql`words || ${JSON.stringify(data.words)}::jsonb` })
    .where("bank", "=", data.bank)
    .execute();
}

/** A bank changed days of one word. */
export async function changeCalendarWord(tx: Transaction, data: EventData<"calendar.days_changed">): Promise<void> {
  const row = await tx
    .selectFrom("calendars")
    .select(["first_word", "words"])
    .where("bank", "=", data.bank)
    .executeTakeFirstOrThrow();
  const words = row.words.map((word, index) => (row.first_word + index === data.word ? data.isNow : word));
  await tx
    .updateTable("calendars")
    .set({ words: JSON.stringify(words) })
    .where("bank", "=", data.bank)
    .execute();
}

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
