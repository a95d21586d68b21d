import type { Db } from "./store.ts";

/** When a transaction passed its stages, in wall milliseconds. */
export interface TransactionTimesRow {
  /** The attempt that was asked for. */
  readonly hash: string;
  readonly id: string;
  readonly traceParent: string | null;
  readonly acceptedAtMs: number;
  /** When its first attempt was signed, and when a node was first known to have any of them. */
  readonly signedAtMs: number | null;
  readonly broadcastAtMs: number | null;
}

/** Of each transaction that has one of these hashes among its attempts; hashes of others are left out. */
export async function readTransactionTimes(db: Db, hashes: readonly string[]): Promise<readonly TransactionTimesRow[]> {
  if (hashes.length === 0) return [];
  return await db
    .selectFrom("attempts as mined")
    .innerJoin("transactions", "transactions.id", "mined.transaction_id")
    .innerJoin("attempts as any", "any.transaction_id", "transactions.id")
    .where("mined.hash", "in", [...hashes])
    .groupBy(["mined.hash", "transactions.id"])
    .select(({ fn }) => [
      "mined.hash as hash",
      "transactions.id as id",
      "transactions.trace_parent as traceParent",
      "transactions.created_at_ms as acceptedAtMs",
      fn.min<number | null>("any.signed_at_ms").as("signedAtMs"),
      fn.min<number | null>("any.broadcast_at_ms").as("broadcastAtMs"),
    ])
    .execute();
}
