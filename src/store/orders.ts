import { sql } from "kysely";
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
export function insertOrder(tx: Transaction, order: NewOrder, transactionId: string | null): Promise<void> {
  return insertOrders(tx, [{ order, transactionId }]);
}

export function insertTransaction(tx: Transaction, transaction: NewTransaction): Promise<void> {
  return insertTransactions(tx, [transaction]);
}

/** Several orders with one statement. */
export async function insertOrders(
  tx: Transaction,
  orders: readonly { readonly order: NewOrder; readonly transactionId: string | null }[],
): Promise<void> {
  const rows = orders.map(({ order, transactionId }) => ({
    id: order.id,
    organisation_id: order.organisationId,
    kind: order.kind,
    subject: order.subject,
    deals: order.deals,
    summary: order.summary,
    account: order.account,
    calls: order.calls,
    nonce: order.nonce,
    deadline: order.deadline,
    order_hash: order.orderHash,
    approvals: order.approvals,
    status: transactionId ? "submitted" : "awaiting_approval",
    proposed_by: order.proposedBy,
    transaction_id: transactionId,
    created_at_ms: order.createdAtMs,
  }));
  await sql`
    insert into orders (id, organisation_id, kind, subject, deals, summary, account, calls, nonce, deadline, order_hash,
      approvals, status, proposed_by, transaction_id, created_at_ms)
    select id, organisation_id, kind, subject, deals, summary, account, calls, nonce, deadline, order_hash,
      approvals, status, proposed_by, transaction_id, created_at_ms
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row (id text, organisation_id text, kind text,
      subject text, deals jsonb, summary jsonb, account text, calls jsonb, nonce text, deadline bigint,
      order_hash text, approvals jsonb, status text, proposed_by text, transaction_id text, created_at_ms bigint)
  `.execute(tx);
}

/** Several transactions with one statement. Their `position`, the order in which a lane sends, is the order given. */
export async function insertTransactions(tx: Transaction, transactions: readonly NewTransaction[]): Promise<void> {
  const rows = transactions.map(({ deals, ...transaction }, index) => {
    const [deal = transaction.subject, otherDeal] = deals;
    return {
      place: index,
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
      trace_parent: transaction.traceParent,
      created_at_ms: transaction.createdAtMs,
    };
  });
  await sql`
    insert into transactions (id, organisation_id, order_id, kind, subject, deal, other_deal, slot, target, data, status,
      trace_parent, created_at_ms)
    select id, organisation_id, order_id, kind, subject, deal, other_deal, slot, target, data, 'accepted',
      trace_parent, created_at_ms
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row (place int, id text, organisation_id text,
      order_id text, kind text, subject text, deal text, other_deal text, slot int, target text, data text,
      trace_parent text, created_at_ms bigint)
    order by place
  `.execute(tx);
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

/**
 * Orders of an organisation in order of their ids. `lapsed` is awaiting approval past its deadline. A status stands in
 * the text, because indexes of the rare ones are found by it.
 */
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
      query.where("status", "=", sql.lit(status === "lapsed" || status === undefined ? "awaiting_approval" : status)),
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
    .$if(status !== undefined, (query) => query.where("status", "=", sql.lit(status ?? "accepted")))
    .$if(before !== undefined, (query) => query.where("position", "<", before ?? 0))
    .orderBy("position", "desc")
    .limit(filter.limit + 1)
    .execute();
}
