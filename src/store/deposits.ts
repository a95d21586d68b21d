import { sql } from "kysely";
import type { Db } from "./store.ts";

export function listCurrencies(db: Db) {
  return db.selectFrom("currencies").selectAll().orderBy("currency").execute();
}

export function listTokens(db: Db) {
  return db.selectFrom("deposit_tokens").selectAll().orderBy("currency").orderBy("bank").execute();
}

export function findToken(db: Db, address: string) {
  return db.selectFrom("deposit_tokens").selectAll().where("address", "=", address).executeTakeFirst();
}

export function findTokenOf(db: Db, bank: number, currency: string) {
  return db
    .selectFrom("deposit_tokens")
    .selectAll()
    .where("bank", "=", bank)
    .where("currency", "=", currency)
    .executeTakeFirst();
}

/** What an account holds, one row per token. */
export function listBalances(db: Db, holder: string) {
  return db
    .selectFrom("balances")
    .innerJoin("deposit_tokens", "deposit_tokens.address", "balances.token")
    .select(["balances.token", "balances.amount", "balances.frozen", "deposit_tokens.bank", "deposit_tokens.currency"])
    .select((eb) =>
      eb
        .selectFrom("redemptions")
        .innerJoin("participants", "participants.id", "redemptions.holder")
        .select(sql<string>`coalesce(sum(redemptions.amount), 0)`.as("sum"))
        .whereRef("participants.account", "=", "balances.holder")
        .whereRef("redemptions.token", "=", "balances.token")
        .where("redemptions.status", "=", "requested")
        .as("setAside"),
    )
    .where("balances.holder", "=", holder)
    .orderBy("balances.token")
    .execute();
}

/** Holders of a bank's money some of which is frozen. */
export function listFrozen(
  db: Db,
  bank: number,
  { after, limit }: { after: { token: string; holder: string } | undefined; limit: number },
) {
  return db
    .selectFrom("balances")
    .innerJoin("deposit_tokens", "deposit_tokens.address", "balances.token")
    .innerJoin("participants", "participants.account", "balances.holder")
    .select(["balances.token", "balances.holder", "balances.amount", "balances.frozen"])
    .select(["deposit_tokens.currency", "participants.id as holderId"])
    .where("deposit_tokens.bank", "=", bank)
    .where("balances.frozen", ">", "0")
    .$if(after !== undefined, (query) =>
      query.where(({ eb, refTuple, tuple }) =>
        eb(refTuple("balances.token", "balances.holder"), ">", tuple(after?.token ?? "", after?.holder ?? "")),
      ),
    )
    .orderBy("balances.token")
    .orderBy("balances.holder")
    .limit(limit + 1)
    .execute();
}

/** A bank's own tokens. */
export function listTokensOf(db: Db, bank: number) {
  return db.selectFrom("deposit_tokens").selectAll().where("bank", "=", bank).orderBy("currency").execute();
}

/** Lines of a statement in order of booking, from after `cursor` (`block:log`). */
export function listPostings(
  db: Db,
  account: { holder: string; token: string },
  page: { after: { block: number; log: number } | undefined; limit: number },
) {
  const { after } = page;
  return db
    .selectFrom("postings")
    .leftJoin("participants", "participants.account", "postings.counterparty")
    .selectAll("postings")
    .select("participants.id as counterpartyId")
    .where("holder", "=", account.holder)
    .where("token", "=", account.token)
    .$if(after !== undefined, (query) =>
      query.where(({ eb, refTuple, tuple }) =>
        eb(refTuple("block_number", "log_index"), ">", tuple(after?.block ?? 0, after?.log ?? 0)),
      ),
    )
    .orderBy("block_number")
    .orderBy("log_index")
    .limit(page.limit + 1)
    .execute();
}
