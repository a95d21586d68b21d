/** Reads blocks with their receipts as an indexer does: one batch for the blocks, one for their receipts. */
import { quantity, type Rpc } from "../../src/chain/rpc.ts";
import { normaliseLogs } from "../../src/chain/verify/normaliseLogs.ts";
import type { VerifiableBlock, VerifiableReceipt } from "../../src/chain/verify/wire.ts";

export interface ReadBlock {
  readonly block: VerifiableBlock;
  readonly receipts: readonly VerifiableReceipt[];
}

export async function readChain(rpc: Rpc, from: number, to: number): Promise<readonly ReadBlock[]> {
  const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const asked = numbers.map((number) => ({ method: "eth_getBlockByNumber", params: [quantity(number), false] }));
  const blocks = (await rpc.batch(asked)) as VerifiableBlock[];
  const hashes = blocks.flatMap((block) => (block?.transactions ?? []).map(String));
  const receipts = (await rpc.batch(
    hashes.map((hash) => ({ method: "eth_getTransactionReceipt", params: [hash] })),
  )) as VerifiableReceipt[];
  let next = 0;
  return blocks.map((block) => {
    const count = block?.transactions?.length ?? 0;
    next += count;
    return { block, receipts: normaliseLogs(receipts.slice(next - count, next)) };
  });
}
