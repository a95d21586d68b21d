import type { BlockPlace, BlockStore } from "../../domain/blockStore.ts";
import { EndpointFault } from "../endpoints.ts";
import { quantity, type Rpc, RpcError } from "../rpc.ts";
import { unavailable } from "../rpcTransport.ts";

const firstLook = 8;
const lookMost = 128;

/** The hash of a block as one endpoint has it. @throws AppError `chain.unavailable` when it has none. */
export async function readHash(rpc: Rpc, number: number): Promise<string> {
  const [hash] = await readHashes(rpc, number, number);
  if (hash === undefined) throw unavailable("behind");
  return hash;
}

/**
 * Walks back among the stored blocks, from this number on, to the last one that the endpoint has too.
 * @throws EndpointFault `finality` when that would be below what is final.
 */
export async function findAncestor(
  rpc: Rpc,
  store: Pick<BlockStore, "blocks">,
  { from: first, finalized }: { from: number; finalized: BlockPlace | undefined },
): Promise<BlockPlace> {
  const floor = finalized?.number ?? 0;
  let look = firstLook;
  for (let to = first; to >= floor; ) {
    const from = Math.max(floor, to - look + 1);
    const stored = await store.blocks(from, to);
    const found = await readHashes(rpc, from, to);
    const common = stored.findLast(({ number, hash }) => found[number - from] === hash);
    if (common) return common;
    to = from - 1;
    look = Math.min(lookMost, look * 2);
  }
  throw new EndpointFault({ check: "finality" });
}

/** Undefined above the endpoint's head. */
async function readHashes(rpc: Rpc, from: number, to: number): Promise<readonly (string | undefined)[]> {
  const calls = Array.from({ length: to - from + 1 }, (_, index) => {
    return { method: "eth_getBlockByNumber", params: [quantity(from + index), false] };
  });
  const blocks = await rpc.batch(calls);
  return blocks.map((block) => {
    if (block instanceof RpcError) throw unavailable("not_json_rpc", block);
    return (block as { hash?: string } | null)?.hash;
  });
}
