import { sql } from "kysely";
import { AppError } from "../shared/errors.ts";
import type { Db, Transaction } from "./store.ts";
import { pruneUndo } from "./undo.ts";

export interface ChainState {
  /** The last final block, -1 before the first. */
  readonly finalized: number;
}

/**
 * Locks the state of the index against other writers.
 * @throws AppError `start.reindex_unfinished` while the views are being rebuilt: then they are not whole.
 */
export async function lockChainState(tx: Transaction): Promise<ChainState> {
  const row = await tx.selectFrom("chain_state").selectAll().forUpdate().executeTakeFirstOrThrow();
  if (row.rebuild_position !== null) throw new AppError("start.reindex_unfinished", { block: row.rebuild_position });
  return { finalized: row.finalized_number ?? -1 };
}

/** @throws AppError `start.reindex_unfinished` when a rebuild of the views was begun and not ended. */
export async function refuseUnfinishedReindex(db: Db): Promise<void> {
  const row = await db.selectFrom("chain_state").select("rebuild_position").executeTakeFirstOrThrow();
  if (row.rebuild_position !== null) throw new AppError("start.reindex_unfinished", { block: row.rebuild_position });
}

/**
 * Stored blocks up to `number` are final from now on, and our transactions in them. Blocks after `before` were not;
 * those from `firstNew` on come with the same commit, which has written them as what they are.
 */
export async function finalizeBlocks(
  tx: Transaction,
  number: number,
  { before, firstNew }: { before: number; firstNew: number },
): Promise<void> {
  const { rows } = await sql<{ number: number }>`update chain_state
    set finalized_number = last.number, finalized_hash = last.hash
    from (select number, hash from blocks where number <= ${number} order by number desc limit 1) as last
    where last.number > ${before} returning last.number`.execute(tx);
  const [moved] = rows;
  // On an instant ledger there was never a block that was not final.
  if (!moved || firstNew <= before + 1) return;
  await tx
    .updateTable("transactions")
    .set({ status: "final" })
    .where("status", "=", "mined")
    .where("block_number", "<=", moved.number)
    .execute();
  await pruneUndo(tx, moved.number);
}
