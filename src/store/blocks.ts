import type { BlockStore } from "../domain/blockStore.ts";
import type { DecodedBlock, LedgerEvent } from "../domain/ledgerEvent.ts";
import { appendEvent } from "./eventLog.ts";
import type { Store, Transaction } from "./store.ts";
import { creditViews } from "./views/creditViews.ts";
import { escrowViews } from "./views/escrowViews.ts";
import { partyViews } from "./views/partyViews.ts";

const projections = { ...partyViews, ...creditViews, ...escrowViews };

function project(tx: Transaction, event: LedgerEvent): Promise<readonly number[]> {
  const apply = projections[event.type] as (tx: Transaction, event: LedgerEvent) => Promise<readonly number[]>;
  return apply(tx, event);
}

async function commitBlock(tx: Transaction, { block, events, transactions }: DecodedBlock): Promise<void> {
  await tx
    .insertInto("blocks")
    .values({ number: block.number, hash: block.hash, parent_hash: block.parentHash, timestamp: block.timestamp })
    .execute();
  for (const event of events) await appendEvent(tx, event, await project(tx, event));
  for (const { hash, succeeded, error } of transactions) {
    await tx
      .updateTable("transactions")
      .set({ status: succeeded ? "mined" : "reverted", block_number: block.number, block_hash: block.hash, error })
      .where("hash", "=", hash)
      .execute();
  }
}

/** The indexer's truth: blocks, events, views and the state of our transactions, in one commit. */
export function createBlockStore(store: Store): BlockStore {
  return {
    checkpoint() {
      return store.db
        .selectFrom("blocks")
        .select(["number", "hash"])
        .orderBy("number", "desc")
        .limit(1)
        .executeTakeFirst();
    },
    async commitBlocks(blocks) {
      await store.transaction(async (tx) => {
        for (const block of blocks) await commitBlock(tx, block);
      });
    },
  };
}
