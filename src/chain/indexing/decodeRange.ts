import type { DecodedBlock, LedgerEvent, MinedTransaction } from "../../domain/ledgerEvent.ts";
import { type AddressBook, decodeLog } from "../decode.ts";
import type { ReadBlock } from "./wireBlock.ts";

/**
 * Events of ours and what became of transactions, block by block in order: an account or token that appears in one log
 * is known from the next one on.
 */
export function decodeRange(
  blocks: readonly ReadBlock[],
  book: AddressBook,
  failures: ReadonlyMap<string, string>,
): readonly DecodedBlock[] {
  return blocks.map(({ block, receipts }) => {
    const header = {
      ...{ number: Number(block.number), hash: block.hash },
      ...{ parentHash: block.parentHash, timestamp: Number(block.timestamp) },
    };
    const events: LedgerEvent[] = [];
    const transactions = receipts.map(({ transactionHash: hash, status, logs }): MinedTransaction => {
      for (const log of logs) {
        const name = book.nameOf(log.address);
        const event = name ? decodeLog(log, name, header) : undefined;
        if (!event) continue;
        book.learn(event);
        events.push(event);
      }
      return { hash, succeeded: status === "0x1", error: failures.get(hash) ?? null };
    });
    return { block: header, events, transactions };
  });
}
