import { pendingStatuses } from "../domain/transaction.ts";
import type { Db } from "./store.ts";

/** Orders with the transactions that carry them, as far as a person or the ledger has decided. */
export function findActs(db: Db, orderIds: readonly string[], { onlySettled }: { onlySettled: boolean }) {
  return db
    .selectFrom("orders")
    .leftJoin("transactions", "transactions.id", "orders.transaction_id")
    .select([
      "orders.id as orderId",
      "orders.organisation_id as organisationId",
      "orders.kind",
      "orders.subject",
      "orders.status",
      "transactions.id as transactionId",
      "transactions.status as transactionStatus",
      "transactions.hash",
      "transactions.block_number as blockNumber",
      "transactions.error",
    ])
    .where("orders.id", "in", [...orderIds])
    .$if(onlySettled, (query) =>
      query.where(({ eb, or }) =>
        or([eb("orders.status", "!=", "submitted"), eb("transactions.status", "not in", [...pendingStatuses])]),
      ),
    )
    .execute();
}
