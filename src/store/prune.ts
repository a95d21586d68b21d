import { sql } from "kysely";
import { limits } from "../shared/limits.ts";
import type { Store, Transaction } from "./store.ts";

const dayMs = 86_400_000;

/** How long a stored reply can be asked for again, at least. */
export const idempotencyRetentionDays = 30;

/** So many rows go in one transaction, which is a matter of milliseconds. */
const batchRows = 2_000;
/** A run ends after so many batches, and the next one goes on. */
const batchesMax = 25;

/**
 * Removes stored replies that nobody can need any more: older than the retention, and older than every transaction that
 * is still on its way, so that a client which waits for the end of an act can repeat its request all the while. An order
 * may have waited for its approval before it became a transaction; its validity is added for that.
 *
 * Of the rest nothing is removed: intents, attempts with their bytes, orders, events and the audit log are what a dispute
 * is decided by.
 * @returns how many rows went
 */
export async function pruneIdempotency(store: Store, nowMs: number): Promise<number> {
  let removed = 0;
  for (let batch = 0; batch < batchesMax; batch += 1) {
    const rows = await store.transaction((tx) => pruneBatch(tx, nowMs));
    removed += rows;
    if (rows < batchRows) break;
  }
  return removed;
}

async function pruneBatch(tx: Transaction, nowMs: number): Promise<number> {
  const beforeMs = nowMs - idempotencyRetentionDays * dayMs;
  const result = await sql`delete from idempotency where ctid = any(array(
    select ctid from idempotency
    where created_at_ms < least(${beforeMs}::bigint, (
      select min(created_at_ms) - ${limits.orderValiditySeconds * 1_000}::bigint from transactions
      where status in ('accepted', 'assigned', 'signed', 'broadcast', 'mined')))
    order by created_at_ms limit ${batchRows} for update skip locked))`.execute(tx);
  return Number(result.numAffectedRows ?? 0);
}
