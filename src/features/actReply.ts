import * as z from "zod";
import { pendingStatuses, transactionStatuses } from "../domain/transaction.ts";
import type { findActs } from "../store/actOutcomes.ts";

export const TransactionStatus = z.enum(transactionStatuses);

/**
 * What became of an act: it waits for a second person, it is on its way to the ledger, or the ledger has decided. A
 * consent that is *signed* waits for those of other parties.
 * `subject` is the id of the deal or thing that it concerns. `transaction.status` says what is reached: *mined* is in a
 * block that may still be taken back where the ledger's kind allows it, *final* is not.
 */
export const ActReply = z.strictObject({
  orderId: z.string(),
  kind: z.string(),
  subject: z.string(),
  status: z.enum(["awaiting_approval", "submitted", "signed", "rejected", "withdrawn", "voided"]),
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

/** The act as the store has it. */
export function toActReply(row: Awaited<ReturnType<typeof findActs>>[number]): ActReply {
  const { orderId, kind, subject, status, transactionId, transactionStatus, hash, blockNumber, error } = row;
  const transaction =
    transactionId === null || transactionStatus === null
      ? null
      : { id: transactionId, status: transactionStatus, hash, blockNumber, error };
  return { orderId, kind, subject, status, transaction };
}

/** The ledger has decided, or a person has to. */
export function isSettled(act: ActReply): boolean {
  if (act.status !== "submitted") return true;
  if (act.transaction === null) return false;
  const { status } = act.transaction;
  return !pendingStatuses.some((pending) => pending === status);
}
