import * as z from "zod";
import type { BlockPlace, BlockStore, Finality } from "../../domain/blockStore.ts";
import { RpcError } from "../rpc.ts";
import type { BlockSource } from "./blockSource.ts";

/** Knows which blocks can no longer be reorganised away. */
export interface FinalityReader {
  /** Number of the last final block when the head is at this one; -1 when none is known. */
  read(head: number, last: BlockPlace | undefined): Promise<number>;
}

const taggedSchema = z.object({ number: z.string().regex(/^0x[0-9a-f]{1,13}$/), hash: z.string() });

export function createFinalityReader(
  finality: Finality,
  { source, store }: { source: BlockSource; store: Pick<BlockStore, "blocks"> },
): FinalityReader {
  async function readTagged(last: BlockPlace | undefined): Promise<number> {
    const tagged = await source.sticky((rpc) =>
      // A node that has nothing final yet answers with an error or with nothing.
      rpc.call("eth_getBlockByNumber", ["finalized", false]).catch((error: unknown) => {
        if (error instanceof RpcError) return null;
        throw error;
      }),
    );
    const block = taggedSchema.safeParse(tagged);
    if (!block.success) return -1;
    const number = Number(block.data.number);
    if (last === undefined || number > last.number) return number;
    // The tag counts for our blocks only when it is one of them; another one shows as a reorganisation soon.
    const [stored] = await store.blocks(number, number);
    return stored?.hash === block.data.hash ? number : -1;
  }

  return {
    read(head, last) {
      if (finality.kind === "tagged") return readTagged(last);
      return Promise.resolve(finality.kind === "instant" ? Number.MAX_SAFE_INTEGER : head - finality.depth);
    },
  };
}
