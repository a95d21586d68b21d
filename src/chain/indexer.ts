import type { BlockStore } from "../domain/blockStore.ts";
import type { DecodedBlock, LedgerEvent } from "../domain/ledgerEvent.ts";
import type { Context } from "../shared/context.ts";
import { failpoint } from "../shared/failpoint.ts";
import { createBlockReader, type WireBlock, type WireReceipt } from "./blockReader.ts";
import { type AddressBook, decodeLog } from "./decode.ts";
import { quantity, type Rpc } from "./rpc.ts";
import { createWorker, type Worker } from "./worker.ts";

const rangeMax = 50;

/**
 * Reads blocks in order, checks that each names its predecessor and that its receipts belong to exactly this block,
 * and commits decoded events, views, sequence and checkpoint in one transaction. Chain kind *instant*: a visible block
 * is final, so a broken link is a broken invariant and stops the indexer.
 */
export function createIndexer(options: {
  context: Context;
  rpc: Rpc;
  book: AddressBook;
  store: BlockStore;
  onCommitted: (blocks: readonly DecodedBlock[]) => void;
}): Worker {
  const { context, rpc, book, store } = options;
  const reader = createBlockReader(rpc);
  let last: { number: number; hash: string } | undefined;
  /** Blocks to a commit: fewer after a fault, since a commit that is too long would be too long again. */
  let range = rangeMax;

  /** Where to go on. The ledger must still have the block that was committed last, or store and ledger are strangers. */
  async function openAtCheckpoint(): Promise<{ number: number; hash: string } | undefined> {
    const checkpoint = await store.checkpoint();
    if (!checkpoint) return undefined;
    const { number, hash } = checkpoint;
    const block = await rpc.call<WireBlock | null>("eth_getBlockByNumber", [quantity(number), false]);
    if (block?.hash !== hash) throw new Error(`invariant: the ledger does not have the indexed block ${number}`);
    return { number, hash };
  }

  function decodeBlock(
    block: WireBlock,
    receipts: Map<string, WireReceipt>,
    failures: Map<string, string>,
  ): DecodedBlock {
    const number = Number(block.number);
    if (last && block.parentHash !== last.hash) throw new Error(`invariant: block ${number} does not follow`);
    const header = { number, hash: block.hash, parentHash: block.parentHash, timestamp: Number(block.timestamp) };
    const events: LedgerEvent[] = [];
    const transactions = block.transactions.map((hash) => {
      const receipt = receipts.get(hash);
      if (receipt?.blockHash !== block.hash) throw new Error(`invariant: a receipt of block ${number} is of another`);
      for (const log of receipt.logs) {
        const name = book.nameOf(log.address);
        const event = name ? decodeLog(log, name, header) : undefined;
        if (!event) continue;
        book.learn(event);
        events.push(event);
      }
      return { hash, succeeded: receipt.status === "0x1", error: failures.get(hash) ?? null };
    });
    last = { number, hash: block.hash };
    return { block: header, events, transactions };
  }

  return createWorker({
    context,
    name: "indexer",
    async step() {
      last ??= await openAtCheckpoint();
      const from = last ? last.number + 1 : 0;
      const head = Number(await rpc.call<string>("eth_blockNumber"));
      if (head < from) return "idle";
      const blocks = await reader.readBlocks(from, Math.min(head, from + range - 1));
      const receipts = await reader.readReceipts(blocks);
      const failures = await reader.readFailures(receipts);
      const decoded = blocks.map((block) => decodeBlock(block, receipts, failures));
      failpoint("index.read");
      await store.commitBlocks(decoded);
      range = Math.min(rangeMax, range * 2);
      failpoint("index.committed");
      options.onCommitted(decoded);
      return "busy";
    },
    // What was read but not committed is read again from the last commit.
    recover() {
      last = undefined;
      range = Math.max(1, Math.floor(range / 4));
    },
  });
}
