import type { Db } from "./store.ts";

/** Every signed attempt of these transactions, oldest first. */
export function listAttempts(db: Db, transactionIds: readonly string[]) {
  if (transactionIds.length === 0) return Promise.resolve([]);
  return db
    .selectFrom("attempts")
    .select(["hash", "transaction_id", "kind", "fee", "signed_at_ms", "broadcast_at_ms"])
    .where("transaction_id", "in", [...transactionIds])
    .orderBy("signed_at_ms")
    .orderBy("hash")
    .execute();
}

/** Number of the last block that is final, -1 before the first. */
export async function findFinalizedNumber(db: Db): Promise<number> {
  const row = await db.selectFrom("chain_state").select("finalized_number").executeTakeFirst();
  return row?.finalized_number ?? -1;
}
