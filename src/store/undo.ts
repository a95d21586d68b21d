import { sql } from "kysely";
import type { Transaction } from "./store.ts";

/**
 * From here to the end of the transaction, what changes in views and in columns that follow from the ledger can be
 * taken back as this block's. Triggers keep the old values (migration 0006); for blocks that are final they do not run.
 */
export async function recordUndo(tx: Transaction, blockNumber: number): Promise<void> {
  await sql`select set_config('hansa.undo_block', ${String(blockNumber)}, true)`.execute(tx);
}

/** Takes back what all blocks above a number changed, the last change first. */
export async function undoBlocks(tx: Transaction, above: number): Promise<void> {
  await sql`select undo_blocks(${above}::bigint)`.execute(tx);
}

/** Forgets how to take back blocks up to a number, because they are final. */
export async function pruneUndo(tx: Transaction, upTo: number): Promise<void> {
  await tx.deleteFrom("undo").where("block_number", "<=", upTo).execute();
}
