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
    .select(["balances.token", "balances.amount", "deposit_tokens.bank", "deposit_tokens.currency"])
    .where("balances.holder", "=", holder)
    .orderBy("balances.token")
    .execute();
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
