import type { SenderStore, SignedTransaction } from "../domain/transaction.ts";
import { invariant } from "../shared/errors.ts";
import type { Store } from "./store.ts";

/** The sender's truth: which intent has which nonce and bytes. */
export function createSenderStore(store: Store): SenderStore {
  return {
    openLane: (lane, countOnLedger) =>
      store.transaction(async (tx) => {
        await tx
          .insertInto("lanes")
          .values({ address: lane, next_nonce: countOnLedger })
          .onConflict((conflict) => conflict.column("address").doNothing())
          .execute();
        const row = await tx.selectFrom("lanes").selectAll().where("address", "=", lane).executeTakeFirstOrThrow();
        // More nonces used on the ledger than this store gave out: another sender has this key, or the store is an old copy.
        invariant(row.next_nonce >= countOnLedger, `lane ${lane} is behind the ledger`);
        return { nextNonce: row.next_nonce };
      }),
    accepted: (limit) =>
      store.db
        .selectFrom("transactions")
        .select(["id", "target", "data"])
        .where("status", "=", "accepted")
        .orderBy("position")
        .limit(limit)
        .execute(),
    saveSigned: (lane, firstNonce, signed) =>
      store.transaction(async (tx) => {
        const moved = await tx
          .updateTable("lanes")
          .set({ next_nonce: firstNonce + signed.length })
          .where("address", "=", lane)
          .where("next_nonce", "=", firstNonce)
          .executeTakeFirst();
        invariant(moved.numUpdatedRows === 1n, `lane ${lane} was moved by another sender`);
        for (const { id, nonce, raw, hash } of signed) {
          const saved = await tx
            .updateTable("transactions")
            .set({ status: "signed", lane, nonce, raw, hash })
            .where("id", "=", id)
            .where("status", "=", "accepted")
            .executeTakeFirst();
          invariant(saved.numUpdatedRows === 1n, `transaction ${id} was signed twice`);
        }
      }),
    async markBroadcast(ids) {
      await store.transaction(async (tx) => {
        // The indexer may have seen it in a block already; then it stays mined.
        await tx
          .updateTable("transactions")
          .set({ status: "broadcast" })
          .where("id", "in", [...ids])
          .where("status", "=", "signed")
          .execute();
      });
    },
    async unmined(lane) {
      const rows = await store.db
        .selectFrom("transactions")
        .select(["id", "nonce", "raw", "hash"])
        .where("lane", "=", lane)
        .where("status", "in", ["signed", "broadcast"])
        .orderBy("nonce")
        .execute();
      return rows as SignedTransaction[];
    },
  };
}
