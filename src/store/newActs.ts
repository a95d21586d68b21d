import type { AppError } from "../shared/errors.ts";
import { type AuditEntry, appendAudits, lockAudit } from "./audit.ts";
import { insertOrders, insertTransactions, type NewOrder, type NewTransaction } from "./orders.ts";
import { type QueueLimits, queueRefusals } from "./queue.ts";
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
 * Stores acts in their order, each table with one statement, so that five hundred acts take no longer than a few. Those
 * for which the queue has no room are left out: at their place stands the refusal, `queue.full`. The others are all
 * stored or, when this throws, none should be: the caller undoes the transaction or its savepoint.
 * @throws whatever `also` throws
 */
export async function insertActsWithRoom(
  tx: Transaction,
  acts: readonly NewAct[],
  queue: QueueLimits,
): Promise<readonly (AppError | undefined)[]> {
  await lockAudit(tx);
  const organisationIds = acts.map(({ transaction }) => transaction?.organisationId);
  const refusals = await queueRefusals(tx, organisationIds, queue);
  const within = acts.filter((_, place) => !refusals[place]);
  if (within.length > 0) await insertRows(tx, within);
  return refusals;
}

/**
 * As `insertActsWithRoom`, but throws where any of them has no room.
 * @throws AppError `queue.full`, and whatever `also` throws
 */
export async function insertNewActs(tx: Transaction, acts: readonly NewAct[], queue: QueueLimits): Promise<void> {
  const refusals = await insertActsWithRoom(tx, acts, queue);
  for (const refusal of refusals) if (refusal) throw refusal;
}

async function insertRows(tx: Transaction, acts: readonly NewAct[]): Promise<void> {
  const sent = acts.flatMap(({ transaction }) => (transaction ? [transaction] : []));
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
