import { sql } from "kysely";
import type { Transaction } from "../store.ts";
import type { EventOf, Projections } from "./view.ts";

type MoneyEvent = "currency.listed" | "deposit_token.created" | "deposit.created" | "deposit.moved";

const nobody = `0x${"0".repeat(40)}`;

/** Books one side of a movement: the balance and the line of the statement. */
async function book(
  tx: Transaction,
  event: EventOf<"deposit.moved">,
  side: { holder: string; counterparty: string; sign: "" | "-" },
): Promise<void> {
  // A transfer to oneself moves nothing and has no line: there could be only one for both sides.
  if (side.holder === nobody || side.holder === side.counterparty) return;
  const { token, value } = event.data;
  const amount = `${side.sign}${value}`;
  // The row comes first: an insert of a negative amount would break the balance's constraint before it could add up.
  await tx
    .insertInto("balances")
    .values({ token, holder: side.holder, amount: "0" })
    .onConflict((conflict) => conflict.columns(["holder", "token"]).doNothing())
    .execute();
  const balance = await tx
    .updateTable("balances")
    .set({ amount: sql`amount + ${amount}::numeric` })
    .where("token", "=", token)
    .where("holder", "=", side.holder)
    .returning("amount")
    .executeTakeFirstOrThrow();
  await tx
    .insertInto("postings")
    .values({
      token,
      holder: side.holder,
      block_number: event.blockNumber,
      log_index: event.logIndex,
      amount,
      balance: balance.amount,
      counterparty: side.counterparty === nobody ? null : side.counterparty,
      ground: null,
      reference: null,
      transaction_hash: event.transactionHash,
      booked_at: event.occurredAt,
    })
    .execute();
}

async function holders(tx: Transaction, accounts: readonly string[]): Promise<readonly number[]> {
  const rows = await tx
    .selectFrom("participants")
    .select("id")
    .where("account", "in", [...accounts])
    .execute();
  return rows.map(({ id }) => id);
}

export const moneyViews: Projections<MoneyEvent> = {
  async "currency.listed"(tx, { data }) {
    await tx.insertInto("currencies").values(data).execute();
    return [];
  },
  async "deposit_token.created"(tx, { data }) {
    const { exponent } = await tx
      .selectFrom("currencies")
      .select("exponent")
      .where("currency", "=", data.currency)
      .executeTakeFirstOrThrow();
    await tx
      .insertInto("deposit_tokens")
      .values({ address: data.token, bank: data.bank, currency: data.currency, exponent })
      .execute();
    return [data.bank];
  },
  async "deposit.created"(tx, { data, blockNumber, transactionHash }) {
    // The movement from nowhere stands just before in the same transaction; this names its ground.
    await tx
      .updateTable("postings")
      .set({ ground: data.ground, reference: data.ref })
      .where("holder", "=", data.to)
      .where("token", "=", data.token)
      .where("block_number", "=", blockNumber)
      .where("transaction_hash", "=", transactionHash)
      .where("counterparty", "is", null)
      .where("ground", "is", null)
      .execute();
    const token = await tx.selectFrom("deposit_tokens").select("bank").where("address", "=", data.token).execute();
    return [...token.map(({ bank }) => bank), ...(await holders(tx, [data.to]))];
  },
  async "deposit.moved"(tx, event) {
    const { from, to } = event.data;
    await book(tx, event, { holder: from, counterparty: to, sign: "-" });
    await book(tx, event, { holder: to, counterparty: from, sign: "" });
    return holders(tx, [from, to]);
  },
};
