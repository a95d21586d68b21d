import type { BlockStore, Finality } from "../../domain/blockStore.ts";
import type { DecodedBlock } from "../../domain/ledgerEvent.ts";
import { AppError } from "../../shared/errors.ts";
import type { AddressBook } from "../decode.ts";
import type { VerifyOptions } from "../verify/verifyBlock.ts";
import type { BlockSource } from "./blockSource.ts";
import { decodeRange } from "./decodeRange.ts";
import { createRangeReader } from "./rangeReader.ts";
import { createReadAhead } from "./readAhead.ts";
import type { ReadBlock } from "./wireBlock.ts";

export interface ReplayOptions {
  readonly source: BlockSource;
  /** Knows what was known before the first block of the replay. */
  readonly book: AddressBook;
  readonly store: Pick<BlockStore, "blocks">;
  readonly finality: Finality;
  readonly verify: Pick<VerifyOptions, "mode" | "headerKind" | "sampleEvery">;
}

/**
 * Blocks that are stored, read and decoded once more, in order.
 * @throws AppError `chain.index_stopped` when the ledger has another block than the one that is stored.
 */
export async function* replay(
  options: ReplayOptions,
  { from, to }: { from: number; to: number },
): AsyncGenerator<readonly DecodedBlock[], void, void> {
  const { source, book, store, finality, verify } = options;
  const mayReorganise = finality.kind !== "instant";
  const ahead = createReadAhead(createRangeReader({ ...verify, source, mayReorganise, onFault() {} }));
  for (let next = from; next <= to; ) {
    const { blocks } = await ahead.next({ from: next, head: to, final: -1 });
    await expectStored(store, blocks, next);
    // Why a transaction failed stays as it was found out then.
    yield decodeRange(blocks, book, new Map());
    next += blocks.length;
  }
}

async function expectStored(store: Pick<BlockStore, "blocks">, blocks: readonly ReadBlock[], from: number) {
  const stored = await store.blocks(from, from + blocks.length - 1);
  for (const [index, { block }] of blocks.entries()) {
    if (stored[index]?.hash === block.hash) continue;
    throw new AppError("chain.index_stopped", { block: from + index, hash: block.hash });
  }
}
