import * as z from "zod";
import { AppError } from "../../shared/errors.ts";
import { type Rpc, type RpcCall, RpcError } from "../rpc.ts";

/** What the ledger's latest block says of a lane. */
export interface LedgerState {
  /** Transactions of the lane in blocks: the lowest nonce that is not used. Of the latest block, never of a pool. */
  readonly count: number;
  readonly headHash: string;
  readonly baseFeePerGas: bigint;
}

const hex = z.string().regex(/^0x[0-9a-f]+$/i);
const headSchema = z.object({ hash: hex, baseFeePerGas: hex.nullish() });

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
  const { hash, baseFeePerGas } = block.data;
  return { count: Number(used.data), headHash: hash, baseFeePerGas: BigInt(baseFeePerGas ?? "0x0") };
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
