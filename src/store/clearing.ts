import type { Db } from "./store.ts";

interface LineKey {
  readonly currency: string;
  readonly creditor: number;
  readonly debtor: number;
}

/** What a bank granted to others and was granted by others, and what they owe each other, from after `after`. */
export function listClearingLines(
  db: Db,
  bank: number,
  { after, limit }: { after: LineKey | undefined; limit: number },
) {
  return db
    .selectFrom("clearing_lines")
    .innerJoin("participants", "participants.id", "clearing_lines.debtor")
    .selectAll("clearing_lines")
    .select("participants.status as debtorStatus")
    .where((eb) => eb.or([eb("creditor", "=", bank), eb("debtor", "=", bank)]))
    .$if(after !== undefined, (query) =>
      query.where(({ eb, refTuple, tuple }) =>
        eb(
          refTuple("currency", "creditor", "debtor"),
          ">",
          tuple(after?.currency ?? "", after?.creditor ?? 0, after?.debtor ?? 0),
        ),
      ),
    )
    .orderBy("currency")
    .orderBy("creditor")
    .orderBy("debtor")
    .limit(limit + 1)
    .execute();
}
