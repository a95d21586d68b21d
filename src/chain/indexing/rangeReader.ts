import { EndpointFault } from "../endpoints.ts";
import { quantity, type Rpc } from "../rpc.ts";
import { unavailable } from "../rpcTransport.ts";
import { type VerifyOptions, verifyBlock } from "../verify/verifyBlock.ts";
import { type BlockReader, createBlockReaders } from "./blockReader.ts";
import type { BlockSource, ReadFault } from "./blockSource.ts";
import { malformedField, type ReadBlock, type WireBlock, type WireReceipt } from "./wireBlock.ts";

/** Blocks of one endpoint that follow each other and are verified. */
export interface ReadRange {
  readonly endpoint: string;
  /** Hash of the block before the first, as the same endpoint has it; undefined at block 0. */
  readonly previousHash: string | undefined;
  /** At least one; fewer than asked where the ledger was reorganised during the reading. */
  readonly blocks: readonly ReadBlock[];
}

export type RangeReader = (from: number, to: number) => Promise<ReadRange>;

/** A receipt may come a moment after its block; after so many looks its absence is a fault. */
const looksForReceiptsMax = 20;

interface Reading extends Pick<VerifyOptions, "mode" | "headerKind" | "sampleEvery"> {
  readonly source: BlockSource;
  /** Whether blocks that were visible may go again: then one that changed during the reading is nobody's fault. */
  readonly mayReorganise: boolean;
  /** Every fault, of any endpoint. */
  readonly onFault: (fault: ReadFault) => void;
}

/**
 * Reads ranges, each from one endpoint.
 * @throws EndpointFault when every endpoint gave something that does not verify, with the block's number as fact of the
 * fault; AppError `chain.unavailable` when none has the range.
 */
export function createRangeReader(reading: Reading): RangeReader {
  const readers = createBlockReaders();
  const looks = new Map<number, number>();

  function accuse(fault: ReadFault): never {
    reading.onFault(fault);
    throw new EndpointFault(fault);
  }

  /** Undefined when the endpoint has another block there by now. */
  async function check(rpc: Rpc, read: ReadBlock, fault: ReadFault): Promise<undefined> {
    if (reading.mayReorganise) {
      // Two headers of one answer may stand on both sides of a reorganisation.
      if (fault.check === "parent") return undefined;
      const now = await rpc.call<WireBlock | null>("eth_getBlockByNumber", [quantity(fault.number), false]);
      if (now?.hash !== read.block.hash) return undefined;
    }
    if (fault.check === "receipt_missing") {
      const looked = (looks.get(fault.number) ?? 0) + 1;
      looks.set(fault.number, looked);
      if (looked < looksForReceiptsMax) throw unavailable("behind");
    }
    return accuse(fault);
  }

  /** The blocks up to the first that does not follow or changed meanwhile. */
  async function verifyRange(rpc: Rpc, range: UnverifiedRange): Promise<readonly ReadBlock[]> {
    const verified: ReadBlock[] = [];
    for (const [index, { block, receipts }] of range.blocks.entries()) {
      const number = range.from + index;
      const read = { block, receipts: receipts as readonly WireReceipt[] };
      const parentHash = verified.at(-1)?.block.hash ?? range.previousHash;
      const found = verifyBlock(block, receipts, {
        ...reading,
        number,
        ...(parentHash !== undefined && { parentHash }),
      });
      if (found) {
        await check(rpc, read, { ...found, number });
        return verified;
      }
      verified.push(read);
    }
    looks.clear();
    return verified;
  }

  return (from, to) =>
    reading.source.sticky(async (rpc, endpoint) => {
      const range = await readRange(readers(rpc, endpoint), { from, to, accuse });
      const blocks = await verifyRange(rpc, range);
      if (blocks.length === 0) throw unavailable("behind");
      return { endpoint, previousHash: range.previousHash, blocks };
    });
}

interface UnverifiedRange {
  readonly from: number;
  readonly previousHash: string | undefined;
  readonly blocks: readonly { block: WireBlock; receipts: Awaited<ReturnType<BlockReader["readReceipts"]>>[number] }[];
}

async function readRange(
  reader: BlockReader,
  { from, to, accuse }: { from: number; to: number; accuse: (fault: ReadFault) => never },
): Promise<UnverifiedRange> {
  // With the block before, so that it shows at once whether this endpoint goes on from the same block as we.
  const first = Math.max(0, from - 1);
  const read = await reader.readBlocks(first, to);
  for (const [index, block] of read.entries()) {
    const field = malformedField(block);
    if (field !== undefined) accuse({ check: "malformed", number: Math.max(from, first + index) });
  }
  const [before] = from > first ? read : [];
  const blocks = read.slice(from - first);
  const receipts = await reader.readReceipts(blocks);
  return {
    from,
    previousHash: before?.hash,
    blocks: blocks.map((block, index) => ({ block, receipts: receipts[index] ?? [] })),
  };
}
