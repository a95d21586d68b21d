import type { RpcCall } from "./rpc.ts";

/** Where a call's parameters name a block. */
const blockAt: Readonly<Record<string, number>> = {
  eth_getBlockByNumber: 0,
  eth_getBlockReceipts: 0,
  eth_getBlockTransactionCountByNumber: 0,
  eth_getTransactionByBlockNumberAndIndex: 0,
  eth_getUncleCountByBlockNumber: 0,
  eth_call: 1,
  eth_estimateGas: 1,
  eth_getBalance: 1,
  eth_getCode: 1,
  eth_getTransactionCount: 1,
  eth_getStorageAt: 2,
  eth_getProof: 2,
};

/**
 * The highest block number that these calls ask for; undefined when they ask by tag, by hash or for no block. A node
 * that has not come so far answers with nothing instead of an error, and nothing looks like a block without events.
 */
export function askedBlock(calls: readonly RpcCall[]): number | undefined {
  let highest: number | undefined;
  for (const { method, params } of calls) {
    const place = blockAt[method];
    const asked =
      method === "eth_getLogs" ? rangeEnd(params[0]) : place === undefined ? undefined : numberOf(params[place]);
    if (asked !== undefined && asked > (highest ?? -1)) highest = asked;
  }
  return highest;
}

/** The later end: a range that begins above the head is above it too. */
function rangeEnd(filter: unknown): number | undefined {
  if (typeof filter !== "object" || filter === null) return undefined;
  const { fromBlock, toBlock } = filter as { fromBlock?: unknown; toBlock?: unknown };
  const ends = [numberOf(fromBlock), numberOf(toBlock)].filter((end) => end !== undefined);
  return ends.length === 0 ? undefined : Math.max(...ends);
}

/** A quantity; hashes are longer than any. */
function numberOf(block: unknown): number | undefined {
  return typeof block === "string" && /^0x[0-9a-f]{1,13}$/.test(block) ? Number(block) : undefined;
}
