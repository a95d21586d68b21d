import { slotOf } from "../domain/transaction.ts";
import type { OrderRow, StoredApproval, StoredCall, TransactionRow } from "./schema/chain.ts";
import type { Db, Transaction } from "./store.ts";

export interface NewOrder {
  readonly id: string;
  readonly organisationId: string;
  readonly kind: string;
  readonly subject: string;
  /** One id or two that its place among other acts is kept for. */
  readonly deals: readonly string[];
  readonly summary: Record<string, unknown>;
  readonly account: string;
  readonly calls: readonly StoredCall[];
  readonly nonce: string;
  readonly deadline: number;
  readonly orderHash: string;
  readonly approvals: readonly StoredApproval[];
  readonly proposedBy: string;
  readonly createdAtMs: number;
}

export interface NewTransaction {
  readonly id: string;
  readonly organisationId: string;
  readonly orderId: string;
  readonly kind: string;
  readonly subject: string;
  readonly deals: readonly string[];
  readonly target: string;
  readonly data: string;
  /** W3C trace context of the request. */
  readonly traceParent: string | null;
  readonly createdAtMs: number;
}

/** Stores an order; with a transaction it is complete and submitted, without one it awaits approval. */
export async function insertOrder(tx: Transaction, order: NewOrder, transactionId: string | null): Promise<void> {
  await tx
    .insertInto("orders")
    .values({
      id: order.id,
      organisation_id: order.organisationId,
      kind: order.kind,
      subject: order.subject,
      deals: JSON.stringify(order.deals),
      summary: JSON.stringify(order.summary),
      account: order.account,
      calls: JSON.stringify(order.calls),
      nonce: order.nonce,
      deadline: order.deadline,
      order_hash: order.orderHash,
      approvals: JSON.stringify(order.approvals),
      status: transactionId ? "submitted" : "awaiting_approval",
      proposed_by: order.proposedBy,
      reason: null,
      transaction_id: transactionId,
      created_at_ms: order.createdAtMs,
    })
    .execute();
}

export async function insertTransaction(tx: Transaction, transaction: NewTransaction): Promise<void> {
  const [deal = transaction.subject, otherDeal] = transaction.deals;
  await tx
    .insertInto("transactions")
    .values({
      id: transaction.id,
      organisation_id: transaction.organisationId,
      order_id: transaction.orderId,
      kind: transaction.kind,
      subject: transaction.subject,
      deal,
      other_deal: otherDeal ?? null,
      slot: slotOf(deal),
      target: transaction.target,
      data: transaction.data,
      status: "accepted",
      lane: null,
      nonce: null,
      hash: null,
      block_number: null,
      block_hash: null,
      error: null,
      trace_parent: transaction.traceParent,
      cancel_requested_by: null,
      noop_means: null,
      created_at_ms: transaction.createdAtMs,
    })
    .execute();
}

/** An order of this organisation, or undefined: a foreign id is not found. */
export function findOrder(db: Db, organisationId: string, id: string) {
  return db
    .selectFrom("orders")
    .selectAll()
    .where("organisation_id", "=", organisationId)
    .where("id", "=", id)
    .executeTakeFirst();
}

export function findTransaction(db: Db, organisationId: string, id: string) {
  return db
    .selectFrom("transactions")
    .selectAll()
    .where("organisation_id", "=", organisationId)
    .where("id", "=", id)
    .executeTakeFirst();
}

/**
 * Ends an open order. Returns false when it is no longer open: somebody else was first, and nothing was changed.
 */
export async function closeOrder(
  tx: Transaction,
  id: string,
  change: {
    status: Exclude<OrderRow["status"], "awaiting_approval">;
    reason?: string;
    approvals?: readonly StoredApproval[];
    transactionId?: string;
  },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("orders")
    .set({
      status: change.status,
      ...(change.reason !== undefined && { reason: change.reason }),
      ...(change.approvals && { approvals: JSON.stringify(change.approvals) }),
      ...(change.transactionId && { transaction_id: change.transactionId }),
    })
    .where("id", "=", id)
    .where("status", "=", "awaiting_approval")
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** An edit voids every open approval of what was edited. */
export async function voidOpenOrders(tx: Transaction, organisationId: string, subject: string): Promise<void> {
  await tx
    .updateTable("orders")
    .set({ status: "voided" })
    .where("organisation_id", "=", organisationId)
    .where("subject", "=", subject)
    .where("status", "=", "awaiting_approval")
    .execute();
}

/** Orders of an organisation in order of their ids. `lapsed` is awaiting approval past its deadline. */
export function listOrders(
  db: Db,
  organisationId: string,
  filter: {
    status: OrderRow["status"] | "lapsed" | undefined;
    nowSeconds: number;
    cursor: string | undefined;
    limit: number;
  },
) {
  const { status, nowSeconds } = filter;
  return db
    .selectFrom("orders")
    .selectAll()
    .where("organisation_id", "=", organisationId)
    .where("id", ">", filter.cursor ?? "")
    .$if(status !== undefined, (query) =>
      query.where("status", "=", status === "lapsed" || status === undefined ? "awaiting_approval" : status),
    )
    .$if(status === "lapsed", (query) => query.where("deadline", "<=", nowSeconds))
    .$if(status === "awaiting_approval", (query) => query.where("deadline", ">", nowSeconds))
    .orderBy("id")
    .limit(filter.limit + 1)
    .execute();
}

/** Transactions of an organisation, newest first. */
export function listTransactions(
  db: Db,
  organisationId: string,
  filter: { status: TransactionRow["status"] | undefined; before: number | undefined; limit: number },
) {
  const { status, before } = filter;
  return db
    .selectFrom("transactions")
    .selectAll()
    .where("organisation_id", "=", organisationId)
    .$if(status !== undefined, (query) => query.where("status", "=", status ?? "accepted"))
    .$if(before !== undefined, (query) => query.where("position", "<", before ?? 0))
    .orderBy("position", "desc")
    .limit(filter.limit + 1)
    .execute();
}
