import * as z from "zod";
import type { Finality } from "../../domain/blockStore.ts";
import { AppError } from "../../shared/errors.ts";
import { quantity, type Rpc, type RpcCall, RpcError } from "../rpc.ts";

/** What the ledger's latest block says of a lane. */
export interface LedgerState {
  /** Transactions of the lane in blocks: the lowest nonce that is not used. Of the latest block, never of a pool. */
  readonly count: number;
  readonly headHash: string;
  readonly headNumber: number;
  readonly baseFeePerGas: bigint;
}

const hex = z.string().regex(/^0x[0-9a-f]+$/i);
const headSchema = z.object({ hash: hex, number: hex, baseFeePerGas: hex.nullish() });

/** @throws AppError `chain.unavailable` */
export async function readLedgerState(rpc: Rpc, address: string): Promise<LedgerState> {
  const [head, count] = await rpc.batch([
    { method: "eth_getBlockByNumber", params: ["latest", false] },
    { method: "eth_getTransactionCount", params: [address, "latest"] },
  ]);
  const block = headSchema.safeParse(head);
  const used = hex.safeParse(count);
  if (!block.success || !used.success) {
    const cause = [head, count].find((result) => result instanceof RpcError);
    throw new AppError("chain.unavailable", {}, { cause });
  }
  const { hash, number, baseFeePerGas } = block.data;
  return {
    count: Number(used.data),
    headHash: hash,
    headNumber: Number(number),
    baseFeePerGas: BigInt(baseFeePerGas ?? "0x0"),
  };
}

/**
 * Transactions of the lane in blocks that nothing takes back any more; 0 where the node does not say. How many heads were
 * seen does not tell that: they may have been of several branches, each with somebody else's transaction near its end.
 */
export async function readFinalCount(
  rpc: Rpc,
  address: string,
  at: { finality: Finality; head: LedgerState },
): Promise<number> {
  const { finality, head } = at;
  if (finality.kind === "instant") return head.count;
  if (finality.kind === "depth" && head.headNumber < finality.depth) return 0;
  const block = finality.kind === "tagged" ? "finalized" : quantity(head.headNumber - finality.depth);
  const [count] = await rpc.batch([{ method: "eth_getTransactionCount", params: [address, block] }]);
  const used = hex.safeParse(count);
  return used.success ? Number(used.data) : 0;
}

/** In slices that every node takes. */
export async function batchInSlices(
  rpc: Rpc,
  calls: readonly RpcCall[],
  sliceLength: number,
): Promise<readonly (unknown | RpcError)[]> {
  const results: (unknown | RpcError)[] = [];
  for (let from = 0; from < calls.length; from += sliceLength) {
    results.push(...(await rpc.batch(calls.slice(from, from + sliceLength))));
  }
  return results;
}
