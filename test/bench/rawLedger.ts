/** What a program does that has a ledger and nothing else: it sends signed bytes and reads blocks. */
import { Pool } from "undici";
import { quantity, type RpcCall } from "../../src/chain/rpc.ts";
import { type Call, signRaw } from "./preparedActs.ts";
import { rawSender } from "./preparedFolder.ts";

interface WireReply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

export interface RawLedger {
  call<T>(method: string, params: readonly unknown[]): Promise<T>;
  /** One round trip. */
  batch<T>(calls: readonly RpcCall[]): Promise<readonly T[]>;
  /** Bytes of the raw sender, to be sent in this order after everything that it has sent. */
  sign(calls: readonly Call[]): Promise<readonly string[]>;
  /** One after the other, each waited for: the ledger mines before it replies. Transactions per second. */
  sendSingly(raws: readonly string[]): Promise<number>;
  /** In JSON-RPC batches, one after the other. Transactions per second. */
  sendInBatches(raws: readonly string[], size: number): Promise<number>;
  close(): Promise<void>;
}

export function openRawLedger(url: string): RawLedger {
  const pool = new Pool(url, { connections: 16, pipelining: 1 });

  async function post(body: string): Promise<unknown> {
    const headers = { "content-type": "application/json" };
    const response = await pool.request({ path: "/", method: "POST", headers, body });
    return JSON.parse(await response.body.text());
  }

  function resultOf<T>({ result, error }: WireReply): T {
    if (error) throw new Error(`the ledger refused: ${error.message}`);
    return result as T;
  }

  async function call<T>(method: string, params: readonly unknown[]): Promise<T> {
    return resultOf((await post(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }))) as WireReply);
  }

  async function batch<T>(calls: readonly RpcCall[]): Promise<readonly T[]> {
    if (calls.length === 0) return [];
    const replies = await post(JSON.stringify(calls.map((one, id) => ({ jsonrpc: "2.0", id, ...one }))));
    return (replies as WireReply[]).map((reply) => resultOf<T>(reply));
  }

  const sending = (raw: string): RpcCall => ({ method: "eth_sendRawTransaction", params: [raw] });

  return {
    call,
    batch,
    async sign(calls) {
      const [count, chainId] = await Promise.all([
        call<string>("eth_getTransactionCount", [rawSender.address, "latest"]),
        call<string>("eth_chainId", []),
      ]);
      return signRaw(calls, { chainId: Number(chainId), nonce: Number(count) });
    },
    async sendSingly(raws) {
      const startedMs = performance.now();
      for (const raw of raws) await call("eth_sendRawTransaction", [raw]);
      return rate(raws.length, startedMs);
    },
    async sendInBatches(raws, size) {
      const startedMs = performance.now();
      for (let from = 0; from < raws.length; from += size) await batch(raws.slice(from, from + size).map(sending));
      return rate(raws.length, startedMs);
    },
    close: () => pool.destroy(),
  };
}

/** How many a second since then. */
export function rate(count: number, startedMs: number): number {
  return count / ((performance.now() - startedMs) / 1000);
}

export interface RawReceipt {
  readonly transactionHash: string;
  readonly status: string;
  readonly logs: readonly unknown[];
}

export interface RawBlock {
  readonly number: string;
  readonly hash: string;
  readonly transactions: readonly string[];
}

/** A range of blocks and their receipts, in two round trips, as the indexer asks for them. */
export async function readRange(ledger: RawLedger, from: number, to: number) {
  const numbers = Array.from({ length: to - from + 1 }, (_, index) => quantity(from + index));
  const blocks = await ledger.batch<RawBlock>(
    numbers.map((number) => ({ method: "eth_getBlockByNumber", params: [number, false] })),
  );
  const hashes = blocks.flatMap(({ transactions }) => transactions);
  const receipts = await ledger.batch<RawReceipt>(
    hashes.map((hash) => ({ method: "eth_getTransactionReceipt", params: [hash] })),
  );
  return { blocks, receipts };
}
