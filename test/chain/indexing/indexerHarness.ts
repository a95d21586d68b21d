/** An indexer over a ledger that tests write themselves, or over a real one. */

import type { Addresses } from "../../../src/chain/contractSet.ts";
import { type InterfaceName, interfaces, singletonNames } from "../../../src/chain/contractSet.ts";
import { createAddressBook } from "../../../src/chain/decode.ts";
import { type BlockSource, createSingleSource } from "../../../src/chain/indexing/blockSource.ts";
import { createIndexer, type IndexerOptions } from "../../../src/chain/indexing/indexer.ts";
import type { IndexerState } from "../../../src/chain/indexing/progress.ts";
import { type Rpc, type RpcCall, RpcError } from "../../../src/chain/rpc.ts";
import type { BlockPlace, BlockStore } from "../../../src/domain/blockStore.ts";
import type { Leadership } from "../../../src/domain/leadership.ts";
import type { DecodedBlock } from "../../../src/domain/ledgerEvent.ts";
import { createFixedClock } from "../../../src/shared/clock.ts";
import { type Context, type Logger, silentLogger } from "../../../src/shared/context.ts";
import { createShutdown } from "../../../src/shared/shutdown.ts";
import { address, hash, lease } from "../../store/blockFixture.ts";

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
  blockNumber: string;
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
    if (method === "eth_getBlockReceipts") throw new RpcError(-32_601, "the method does not exist", undefined);
    // An unknown reason: revert data that no contract of ours gives.
    if (method === "eth_call") throw new RpcError(3, "reverted", "0xdeadbeef");
    throw new Error(`not scripted: ${method}`);
  }

  /** In a batch a refusal is an answer. */
  function answerOf(call: RpcCall): unknown {
    try {
      return answer(call);
    } catch (error) {
      if (error instanceof RpcError) return error;
      throw error;
    }
  }

  return {
    ...{ blocks, receipts, asked },
    rpc: {
      call: <T>(method: string, params: readonly unknown[] = []) =>
        Promise.resolve().then(() => answer({ method, params }) as T),
      batch: async (calls) => calls.map(answerOf),
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
        const place = { transactionHash, blockHash: block.hash, blockNumber: block.number };
        receipts.set(transactionHash, { ...place, status: "0x1", logs: encoded });
      }
      blocks.push(block);
      return block;
    },
  };
}

/** A block store that remembers what was committed; a commit is whole or it fails. */
export interface MemoryBlocks extends BlockStore {
  readonly committed: DecodedBlock[];
  /** Blocks that were taken back. */
  readonly orphaned: DecodedBlock[];
  /** Entries of commits: numbers of blocks, and what was final. */
  readonly commits: { readonly blocks: readonly number[]; readonly finalized: number }[];
}

export function createMemoryBlocks(): MemoryBlocks {
  const committed: DecodedBlock[] = [];
  const orphaned: DecodedBlock[] = [];
  const commits: { blocks: readonly number[]; finalized: number }[] = [];
  let finalized: BlockPlace | undefined;
  const places = () => committed.map(({ block: { number, hash } }) => ({ number, hash }));
  return {
    ...{ committed, orphaned, commits },
    checkpoint: async () => places().at(-1),
    finalized: async () => finalized,
    blocks: async (from, to) => places().filter(({ number }) => number >= from && number <= to),
    ownAttempts: async (hashes) => new Set(hashes),
    // A new process knows the accounts that the views have, and no others.
    knownContracts() {
      const events = committed.flatMap((block) => block.events);
      return Promise.resolve({
        accounts: events.flatMap((event) => (event.type === "participant.admitted" ? [event.data.account] : [])),
        tokens: events.flatMap((event) => (event.type === "deposit_token.created" ? [event.data.token] : [])),
      });
    },
    async commitBlocks(_lease, blocks, final) {
      await Promise.resolve();
      const twice = blocks.find(({ block }) => committed.some((one) => one.block.number === block.number));
      if (twice) throw new Error(`block ${twice.block.number} was committed twice`);
      committed.push(...blocks);
      commits.push({ blocks: blocks.map(({ block }) => block.number), finalized: final });
      const last = places().findLast(({ number }) => number <= final);
      if (last && last.number > (finalized?.number ?? -1)) finalized = last;
    },
    async retractBlocks(_lease, { above }) {
      await Promise.resolve();
      if (above < (finalized?.number ?? -1)) throw new Error("invariant: a final block was taken back");
      const gone = committed.splice(committed.findIndex(({ block }) => block.number > above));
      orphaned.push(...gone);
      return { blocks: gone.length, events: gone.reduce((sum, { events }) => sum + events.length, 0) };
    },
  };
}

export function contextWith(logger: Logger = silentLogger): Context & { clock: ReturnType<typeof createFixedClock> } {
  return { logger, clock: createFixedClock(0), shutdown: createShutdown() };
}

/** There is nobody else. */
export const soleLeader: Leadership = {
  acquire: async () => lease,
  release: async () => undefined,
  isLost: () => false,
};

export type TestContext = ReturnType<typeof contextWith>;

export interface Run extends Partial<Omit<IndexerOptions, "context" | "store">> {
  /** The ledger, unless there is a `source`. */
  readonly rpc?: Rpc;
  readonly store: BlockStore;
  readonly logger?: Logger;
  /** Its clock goes on at each fault, so that whoever waits for a time gets on. */
  readonly clock?: TestContext["clock"];
  /** Ends the run early, as a power cut. */
  readonly cut?: Promise<void>;
  /** Called each time it has nothing to do; the run ends when it gives true. */
  readonly onIdle?: (indexer: IndexerState, context: TestContext) => boolean | Promise<boolean>;
}

export interface Ran {
  readonly failure: Error | undefined;
  readonly state: IndexerState;
}

/** Looks at an unchanged ledger with nothing to do, after which it will not do more by itself. */
const idleLooks = 3;
/** Faults on the spot, after which it will not get over them. */
const warningsMost = 100;
/** What a fault takes. */
const faultMs = 250;

const noLedger: Rpc = {
  call: () => Promise.reject(new Error("there is no ledger")),
  batch: () => Promise.reject(new Error("there is no ledger")),
};

/** Lets a new indexer work until it has caught up, has stopped for good, or is cut. */
export async function runIndexer({ rpc, cut, onIdle = () => true, ...run }: Run): Promise<Ran> {
  const ended = Promise.withResolvers<void>();
  let seen = "";
  let looks = 0;
  let warnings = 0;
  const logger: Logger = {
    ...(run.logger ?? silentLogger),
    error(facts, message) {
      run.logger?.error(facts, message);
      if (message.includes("worker stopped")) ended.resolve();
    },
    warn(facts, message) {
      run.logger?.warn(facts, message);
      looks = 0;
      warnings += 1;
      if (warnings > warningsMost) ended.reject(new Error(`it does not get on: ${JSON.stringify(facts)}`));
      context.clock.advanceMs(faultMs);
    },
  };
  const context = { ...contextWith(logger), ...(run.clock && { clock: run.clock }) };
  const source = run.source ?? createSingleSource(rpc ?? noLedger);

  /** Each step begins with a look at the head. */
  async function look(): Promise<Awaited<ReturnType<BlockSource["head"]>>> {
    const head = await source.head();
    const now = [head.number, (await run.store.checkpoint())?.hash, (await run.store.finalized())?.hash].join(" ");
    looks = seen === now ? looks + 1 : 0;
    if (looks === 0) warnings = 0;
    seen = now;
    if (looks < idleLooks) return head;
    looks = 0;
    if (await onIdle(indexer.state(), context)) ended.resolve();
    return head;
  }

  const indexer = createIndexer({
    book: createAddressBook(addresses, { accounts: [], tokens: [] }),
    leadership: soleLeader,
    finality: { kind: "instant" },
    // Hashes of a scripted ledger are made up.
    verify: { mode: "off", headerKind: "none" },
    isWhole: true,
    onAdvanced() {},
    ...run,
    ...{ context, source: { ...source, head: look }, pollMs: 1, retryMs: () => 1 },
  });
  indexer.start();
  try {
    await Promise.race([ended.promise, cut ?? new Promise(() => {})]);
  } finally {
    await indexer.stop();
  }
  return { failure: indexer.failure(), state: indexer.state() };
}

/** As `runIndexer`, for those who only ask why it stopped. */
export async function index(run: Run): Promise<Error | undefined> {
  return (await runIndexer(run)).failure;
}
