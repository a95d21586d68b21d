import { type AuditEntry, appendAudits, lockAudit } from "./audit.ts";
import { insertOrders, insertTransactions, type NewOrder, type NewTransaction } from "./orders.ts";
import { assertQueueRoom, type QueueLimits } from "./queue.ts";
import type { Transaction } from "./store.ts";

/** A new act as rows: its order, the intent where it is complete, and what the audit log says of it. */
export interface NewAct {
  readonly order: NewOrder;
  /** Undefined while it awaits approval. */
  readonly transaction: NewTransaction | undefined;
  readonly audit: AuditEntry;
  /** A row of another table that belongs to it. */
  readonly row?: RowOfAct | undefined;
  /** Other changes that belong to it, made in the same commit. */
  readonly also?: ((tx: Transaction) => Promise<void>) | undefined;
}

/** Rows of acts with the same `insert` are stored by one call of it. */
export interface RowOfAct {
  readonly insert: (tx: Transaction, rows: readonly never[]) => Promise<void>;
  readonly row: unknown;
}

/** Ties a row to the function that stores rows of its kind. */
export function rowOfAct<T>(insert: (tx: Transaction, rows: readonly T[]) => Promise<void>, row: T): RowOfAct {
  return { insert, row };
}

/**
 * Stores acts in their order, each table with one statement, so that five hundred acts take no longer than a few. Either
 * all are stored or, when this throws, none should be: the caller undoes the transaction or its savepoint.
 * @throws AppError `queue.full`, and whatever `also` throws
 */
export async function insertNewActs(tx: Transaction, acts: readonly NewAct[], queue: QueueLimits): Promise<void> {
  const sent = acts.flatMap(({ transaction }) => (transaction ? [transaction] : []));
  await lockAudit(tx);
  await assertRoom(tx, sent, queue);
  await insertOrders(
    tx,
    acts.map(({ order, transaction }) => ({ order, transactionId: transaction?.id ?? null })),
  );
  if (sent.length > 0) await insertTransactions(tx, sent);
  const rows = acts.flatMap(({ row }) => (row ? [row] : []));
  for (const [insert, group] of Map.groupBy(rows, (row) => row.insert)) {
    // Each row came with this very function (`rowOfAct`).
    await insert(
      tx,
      group.map(({ row }) => row as never),
    );
  }
  for (const { also } of acts) await also?.(tx);
  await appendAudits(
    tx,
    acts.map(({ audit }) => audit),
  );
}

/** Room for all of them at once; those of another organisation count against the bound of all. */
async function assertRoom(tx: Transaction, sent: readonly NewTransaction[], queue: QueueLimits): Promise<void> {
  for (const [organisationId, own] of Map.groupBy(sent, (transaction) => transaction.organisationId)) {
    const overall = queue.overall - (sent.length - own.length);
    await assertQueueRoom(tx, organisationId, { ...queue, overall, adding: own.length });
  }
}
