import { sql } from "kysely";
import { firstOf, roundedUp } from "./pages.ts";
import type { Db, Transaction } from "./store.ts";

/** What a payment says beyond the ledger. */
export interface NewPaymentContent {
  readonly orderId: string;
  readonly paymentId: string;
  readonly organisationId: string;
  readonly endToEndId: string;
  readonly purpose: string | null;
  readonly remittance: string | null;
  readonly createdAtMs: number;
}

export async function insertPaymentContent(tx: Transaction, content: NewPaymentContent): Promise<void> {
  await tx
    .insertInto("payment_contents")
    .values({
      order_id: content.orderId,
      payment_id: content.paymentId,
      organisation_id: content.organisationId,
      end_to_end_id: content.endToEndId,
      purpose: content.purpose,
      remittance: content.remittance,
      created_at_ms: content.createdAtMs,
    })
    .execute();
}

/** Parties of a payment: each sees it, and nobody else. */
const parties = ["payer", "payee", "payer_bank", "payee_bank"] as const;

/**
 * What the payer said is that of the order whose transaction made the payment. An order may have been relayed by somebody
 * else's transaction: then it is that of the last order which was sent. Of payments made elsewhere nothing is known.
 */
function withContent(db: Db) {
  return db
    .selectFrom("payments")
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom("payment_contents")
          .innerJoin("orders", "orders.id", "payment_contents.order_id")
          .leftJoin("transactions", "transactions.id", "orders.transaction_id")
          .select(["end_to_end_id", "purpose", "remittance"])
          .whereRef("payment_contents.payment_id", "=", "payments.id")
          .where("orders.status", "=", "submitted")
          .orderBy(
            sql`coalesce(transactions.hash = payments.transaction_hash, false) desc, payment_contents.created_at_ms desc`,
          )
          .limit(1)
          .as("content"),
      (join) => join.onTrue(),
    )
    .selectAll("payments")
    .select(["content.end_to_end_id", "content.purpose", "content.remittance"]);
}

export function findPayment(db: Db, participantId: number, id: string) {
  return withContent(db)
    .where("payments.id", "=", id)
    .where((eb) => eb.or(parties.map((party) => eb(`payments.${party}`, "=", participantId))))
    .executeTakeFirst();
}

/** Payments of a participant, newest first: one row more than the page has, when there are more. */
export function listPayments(
  db: Db,
  participantId: number,
  { before, limit }: { before: { block: number; log: number } | undefined; limit: number },
) {
  const ways = parties.map((party) =>
    db
      .selectFrom("payments")
      .select(["id", "block_number", "log_index"])
      .where(party, "=", participantId)
      .$if(before !== undefined, (query) =>
        query.where(({ eb, refTuple, tuple }) =>
          eb(refTuple("block_number", "log_index"), "<", tuple(before?.block ?? 0, before?.log ?? 0)),
        ),
      )
      .orderBy("block_number", "desc")
      .orderBy("log_index", "desc")
      .limit(sql.lit(roundedUp(limit + 1))),
  );
  const order = sql`block_number desc, log_index desc`;
  return withContent(db)
    .innerJoin(firstOf(ways, { limit: limit + 1, order }).as<"page">(sql`page`), "page.id", "payments.id")
    .orderBy("payments.block_number", "desc")
    .orderBy("payments.log_index", "desc")
    .execute();
}
