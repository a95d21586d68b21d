import { sql } from "kysely";
import { firstOf, roundedUp } from "./pages.ts";
import type { Db, Transaction } from "./store.ts";

/** What a payment says beyond the ledger. */
export interface NewPaymentContent {
  readonly orderId: string;
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

/** What the payer said is known by the transaction that made the payment; of payments made elsewhere nothing is. */
function withContent(db: Db) {
  return db
    .selectFrom("payments")
    .leftJoin("transactions", "transactions.hash", "payments.transaction_hash")
    .leftJoin("payment_contents", "payment_contents.order_id", "transactions.order_id")
    .selectAll("payments")
    .select(["payment_contents.end_to_end_id", "payment_contents.purpose", "payment_contents.remittance"]);
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
