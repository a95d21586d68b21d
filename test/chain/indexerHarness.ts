/** An indexer over a ledger that tests write themselves, or over a real one. */

import type { Addresses } from "../../src/chain/contractSet.ts";
import { type InterfaceName, interfaces, singletonNames } from "../../src/chain/contractSet.ts";
import { createAddressBook } from "../../src/chain/decode.ts";
import { createIndexer } from "../../src/chain/indexer.ts";
import { type Rpc, type RpcCall, RpcError } from "../../src/chain/rpc.ts";
import type { BlockStore } from "../../src/domain/blockStore.ts";
import type { DecodedBlock } from "../../src/domain/ledgerEvent.ts";
import { address, hash } from "../store/blockFixture.ts";
import { contextWith } from "./senderHarness.ts";

/** Where the scripted ledger's contracts stand. */
export const addresses = Object.fromEntries(
  singletonNames.map((name, index) => [name, address(100 + index)]),
) as unknown as Addresses;

export interface ScriptedLog {
  readonly emitter: string;
  readonly contract: InterfaceName;
  readonly event: string;
  readonly values: readonly unknown[];
}

interface WireLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
  readonly logIndex: string;
  readonly transactionHash: string;
}

interface Receipt {
  transactionHash: string;
  blockHash: string;
  status: string;
  logs: WireLog[];
}

export interface ScriptedBlock {
  readonly number: string;
  hash: string;
  parentHash: string;
  readonly timestamp: string;
  transactions: string[];
}

/** A ledger as a list of blocks, each with one transaction per list of logs. Tests bend its answers. */
export interface ScriptedLedger {
  readonly rpc: Rpc;
  readonly blocks: ScriptedBlock[];
  readonly receipts: Map<string, Receipt>;
  /** Every call that came, batches opened. */
  readonly asked: RpcCall[];
  add(...transactions: readonly (readonly ScriptedLog[])[]): ScriptedBlock;
}

export function createScriptedLedger(): ScriptedLedger {
  const blocks: ScriptedBlock[] = [];
  const receipts = new Map<string, Receipt>();
  const asked: RpcCall[] = [];

  function answer({ method, params }: RpcCall): unknown {
    asked.push({ method, params });
    const [first] = params;
    if (method === "eth_blockNumber") return `0x${(blocks.length - 1).toString(16)}`;
    if (method === "eth_getBlockByNumber") return blocks[Number(first)] ?? null;
    if (method === "eth_getTransactionReceipt") return receipts.get(String(first)) ?? null;
    if (method === "eth_getTransactionByHash") return { from: hash(1), to: hash(2), input: "0x" };
    // An unknown reason: revert data that no contract of ours gives.
    if (method === "eth_call") throw new RpcError(3, "reverted", "0xdeadbeef");
    throw new Error(`not scripted: ${method}`);
  }

  return {
    ...{ blocks, receipts, asked },
    rpc: {
      call: <T>(method: string, params: readonly unknown[] = []) =>
        Promise.resolve().then(() => answer({ method, params }) as T),
      batch: async (calls) => calls.map(answer),
    },
    add(...transactions) {
      const number = blocks.length;
      const block: ScriptedBlock = {
        ...{ number: `0x${number.toString(16)}`, hash: hash(number, "b") },
        ...{ parentHash: blocks.at(-1)?.hash ?? hash(0), timestamp: `0x${(1_046_000_000 + number).toString(16)}` },
        transactions: transactions.map((_, index) => hash(1000 * number + index, "c")),
      };
      let logIndex = 0;
      for (const [index, logs] of transactions.entries()) {
        const transactionHash = block.transactions[index] ?? "";
        const encoded = logs.map(({ emitter, contract, event, values }) => {
          const fragment = interfaces[contract].contract.getEvent(event);
          if (!fragment) throw new Error(`${contract} has no ${event}`);
          const { topics, data } = interfaces[contract].contract.encodeEventLog(fragment, [...values]);
          return { address: emitter, topics, data, logIndex: `0x${(logIndex++).toString(16)}`, transactionHash };
        });
        receipts.set(transactionHash, { transactionHash, blockHash: block.hash, status: "0x1", logs: encoded });
      }
      blocks.push(block);
      return block;
    },
  };
}

/** A block store that remembers what was committed; a commit is whole or it fails. */
export function createMemoryBlocks(): BlockStore & { readonly committed: DecodedBlock[] } {
  const committed: DecodedBlock[] = [];
  return {
    committed,
    checkpoint: async () => committed.at(-1)?.block,
    commitBlocks(blocks) {
      const twice = blocks.find(({ block }) => committed.some((one) => one.block.number === block.number));
      if (twice) return Promise.reject(new Error(`${twice.block.number} comes twice`));
      committed.push(...blocks);
      return Promise.resolve();
    },
  };
}

export interface Run {
  readonly rpc: Rpc;
  readonly store: BlockStore;
  readonly book?: ReturnType<typeof createAddressBook>;
  readonly onCommitted?: (blocks: readonly DecodedBlock[]) => void;
  /** Ends the run early, as a power cut. */
  readonly cut?: Promise<void>;
}

/** Lets a new indexer work until it has caught up, has stopped for good, or is cut. Resolves with its failure. */
export async function index(run: Run): Promise<Error | undefined> {
  const ended = Promise.withResolvers<void>();
  const context = contextWith({ debug() {}, info() {}, error: () => ended.resolve(), warn: () => indexer.wake() });
  const book = run.book ?? createAddressBook(addresses, { accounts: [], tokens: [] });
  let last: { number: number } | undefined = await run.store.checkpoint();
  const store: BlockStore = {
    checkpoint: run.store.checkpoint,
    async commitBlocks(blocks) {
      await run.store.commitBlocks(blocks);
      last = blocks.at(-1)?.block;
    },
  };
  const rpc: Rpc = {
    batch: run.rpc.batch,
    async call<T>(method: string, params?: readonly unknown[]): Promise<T> {
      const result = await run.rpc.call<T>(method, params);
      // It asks for the head again after its last commit: then it has nothing more to do.
      if (method === "eth_blockNumber" && last && Number(result) === last.number) ended.resolve();
      return result;
    },
  };
  const indexer = createIndexer({ context, rpc, book, store, onCommitted: run.onCommitted ?? (() => {}) });
  indexer.start();
  await Promise.race([ended.promise, run.cut ?? new Promise(() => {})]);
  await indexer.stop();
  return indexer.failure();
}
