import * as z from "zod";
import { pendingStatuses, transactionStatuses } from "../domain/transaction.ts";
import { findOrder, findTransaction } from "../store/orders.ts";
import type { Store } from "../store/store.ts";

export const TransactionStatus = z.enum(transactionStatuses);

/**
 * What became of an act: it waits for a second person, it is on its way to the ledger, or the ledger has decided.
 * `subject` is the id of the deal or thing that it concerns.
 */
export const ActReply = z.strictObject({
  orderId: z.string(),
  kind: z.string(),
  subject: z.string(),
  status: z.enum(["awaiting_approval", "submitted", "rejected", "withdrawn", "voided"]),
  transaction: z
    .strictObject({
      id: z.string(),
      status: TransactionStatus,
      hash: z.string().nullable(),
      blockNumber: z.int().nullable(),
      error: z.string().nullable(),
    })
    .nullable(),
});
export type ActReply = z.infer<typeof ActReply>;

/** The act as it stands now. */
export async function readAct(store: Store, organisationId: string, orderId: string): Promise<ActReply | undefined> {
  const order = await findOrder(store.db, organisationId, orderId);
  if (!order) return undefined;
  const transaction = order.transaction_id
    ? await findTransaction(store.db, organisationId, order.transaction_id)
    : undefined;
  return {
    orderId: order.id,
    kind: order.kind,
    subject: order.subject,
    status: order.status,
    transaction: transaction
      ? {
          id: transaction.id,
          status: transaction.status,
          hash: transaction.hash,
          blockNumber: transaction.block_number,
          error: transaction.error,
        }
      : null,
  };
}

/** The ledger has decided, or a person has to. */
export function isSettled(act: ActReply): boolean {
  if (act.status !== "submitted") return true;
  if (act.transaction === null) return false;
  const { status } = act.transaction;
  return !pendingStatuses.some((pending) => pending === status);
}
