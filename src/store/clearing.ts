import type { Db } from "./store.ts";

/** What a bank granted to others and was granted by others, and what they owe each other. */
export function listClearingLines(db: Db, bank: number) {
  return db
    .selectFrom("clearing_lines")
    .innerJoin("participants", "participants.id", "clearing_lines.debtor")
    .selectAll("clearing_lines")
    .select("participants.status as debtorStatus")
    .where((eb) => eb.or([eb("creditor", "=", bank), eb("debtor", "=", bank)]))
    .orderBy("currency")
    .orderBy("creditor")
    .orderBy("debtor")
    .execute();
}
