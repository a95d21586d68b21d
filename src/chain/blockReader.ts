import { AppError } from "../shared/errors.ts";
import { contractError } from "./contractErrors.ts";
import type { WireLog } from "./decode.ts";
import { quantity, type Rpc, RpcError } from "./rpc.ts";

export interface WireBlock {
  readonly number: string;
  readonly hash: string;
  readonly parentHash: string;
  readonly timestamp: string;
  readonly transactions: readonly string[];
}

interface WireTransaction {
  readonly from: string;
  readonly to: string | null;
  readonly input: string;
}

export interface WireReceipt {
  readonly transactionHash: string;
  readonly blockHash: string;
  readonly blockNumber: string;
  readonly status: string;
  readonly logs: readonly WireLog[];
}

/** Reads what the indexer needs of the ledger, in batches. */
export function createBlockReader(rpc: Rpc) {
  return {
    async readBlocks(from: number, to: number): Promise<WireBlock[]> {
      const calls = [];
      for (let number = from; number <= to; number += 1) {
        calls.push({ method: "eth_getBlockByNumber", params: [quantity(number), false] });
      }
      return (await rpc.batch(calls)).map((result) => present<WireBlock>(result));
    },

    async readReceipts(blocks: readonly WireBlock[]): Promise<Map<string, WireReceipt>> {
      const hashes = blocks.flatMap(({ transactions }) => transactions);
      const results = await rpc.batch(hashes.map((hash) => ({ method: "eth_getTransactionReceipt", params: [hash] })));
      return new Map(results.map((result, index) => [hashes[index] ?? "", present<WireReceipt>(result)]));
    },

    /** Receipts carry no reason, so a failed transaction is tried once more on the state before its block. */
    async readFailures(receipts: Map<string, WireReceipt>): Promise<Map<string, string>> {
      const failures = new Map<string, string>();
      for (const [hash, { status, blockNumber }] of receipts) {
        if (status === "0x1") continue;
        const { from, to, input } = present<WireTransaction>(await rpc.call("eth_getTransactionByHash", [hash]));
        const before = quantity(Number(blockNumber) - 1);
        const reason = await rpc.call("eth_call", [{ from, to, data: input }, before]).then(
          () => "contract.refused",
          (error: unknown) => (error instanceof RpcError ? contractError(error.data).code : "contract.refused"),
        );
        failures.set(hash, reason);
      }
      return failures;
    },
  };
}

function present<T>(result: unknown): T {
  if (result instanceof RpcError) throw new AppError("chain.unavailable", {}, { cause: result });
  if (result === null || result === undefined) throw new AppError("chain.unavailable");
  return result as T;
}
