import { sql } from "kysely";
import type { DecodedBlock } from "../domain/ledgerEvent.ts";
import type { Db, Transaction } from "./store.ts";

/** Which of these transactions are attempts of our lanes. */
export async function findOwnAttempts(db: Db, hashes: readonly string[]): Promise<ReadonlySet<string>> {
  if (hashes.length === 0) return new Set();
  const { rows } = await sql<{ hash: string }>`select hash from attempts
    where hash = any(${[...hashes]}::text[])`.execute(db);
  return new Set(rows.map(({ hash }) => hash));
}

/**
 * What became of our transactions in these blocks, whichever of their attempts was mined. A no-op that was mined says
 * why it was sent. Rows are locked in the order of the ledger, as the sender locks them.
 */
export async function recordMined(tx: Transaction, blocks: readonly DecodedBlock[], finalized: number): Promise<void> {
  const mined = blocks.flatMap(({ block, transactions }) =>
    transactions.map(({ hash, succeeded, error }) => {
      return { hash, succeeded, error, block_number: block.number, block_hash: block.hash };
    }),
  );
  if (mined.length === 0) return;
  const rows = mined.map((one, place) => ({ ...one, place }));
  await sql`with mined as materialized (
      select attempts.transaction_id, attempts.kind, entry.*
      from json_to_recordset(${JSON.stringify(rows)}::json) as entry (place integer, hash text, succeeded boolean,
        error text, block_number bigint, block_hash text)
      join attempts on attempts.hash = entry.hash
    ), locked as materialized (
      select transactions.id from transactions join mined on mined.transaction_id = transactions.id
      order by mined.place for update of transactions
    )
    update transactions set
      status = case
        when mined.kind = 'noop' then coalesce(transactions.noop_means, 'cancelled')
        when not mined.succeeded then 'reverted'
        when mined.block_number <= ${finalized} then 'final'
        else 'mined' end,
      hash = mined.hash, block_number = mined.block_number, block_hash = mined.block_hash,
      error = case when mined.kind = 'act' then mined.error end
    from mined join locked on locked.id = mined.transaction_id
    where transactions.id = mined.transaction_id`.execute(tx);
}

/** Transactions of blocks that are gone are on their way again; their last attempt is the one to look for. */
export async function unrecordMined(tx: Transaction, above: number): Promise<void> {
  await sql`update transactions set status = 'broadcast', block_number = null, block_hash = null, error = null,
      hash = (select attempts.hash from attempts where attempts.transaction_id = transactions.id
        order by attempts.signed_at_ms desc, attempts.kind desc, attempts.hash limit 1)
    where block_number > ${above} and status in ('mined', 'reverted', 'cancelled', 'dead')`.execute(tx);
}
