/** A made-up ledger whose branches change under its readers, with real logs of our contracts' events. */
import { type Rpc, type RpcCall, RpcError } from "../../src/chain/rpc.ts";
import { addresses } from "../chain/indexing/indexerHarness.ts";
import { type Draft, draft, genesisSeconds, hash, nobody, noHash } from "../store/blockFixture.ts";
import { act } from "./acts.ts";
import { encodeEvent } from "./encodeEvent.ts";
import { createWorld, type Draw, type World } from "./world.ts";

interface Transaction {
  readonly hash: string;
  readonly succeeded: boolean;
  readonly events: readonly Draft[];
}

interface Block {
  readonly number: number;
  readonly hash: string;
  readonly parentHash: string;
  readonly timestamp: number;
  readonly transactions: readonly Transaction[];
  /** After this block. */
  readonly world: World;
  /** Attempts that are mined by now, so that a nonce is used once on a branch. */
  readonly mined: readonly string[];
}

/** An attempt of one of our lanes; two of one act exclude each other. */
export interface TestAttempt {
  readonly hash: string;
  readonly act: string;
}

export interface BranchingLedger {
  readonly rpc: Rpc;
  /** The branch that counts. */
  readonly blocks: readonly Block[];
  /** Number of the last block that may not go any more; -1 at the beginning. */
  final(): number;
  extend(count: number): void;
  /** Takes this many blocks away and puts others there: as many, fewer or more, or a branch that was there before. */
  reorganise(depth: number, length: number): void;
}

export interface BranchingOptions {
  readonly draw: Draw;
  readonly attempts: readonly TestAttempt[];
  /** A block is final under so many others; readers are told by the tag. */
  readonly depth: number;
}

export function createBranchingLedger({ draw, attempts, depth }: BranchingOptions): BranchingLedger {
  let blocks: Block[] = [];
  let former: Block[] = [];
  let count = 0;
  let finalNumber = -1;
  /** Of all branches. */
  const tokens = new Set<string>();
  const unique = (letter: string) => hash(1_000_000 + count++, letter);

  function mineOurs(parent: Block | undefined): TestAttempt | undefined {
    const used = new Set(attempts.filter((one) => parent?.mined.includes(one.hash)).map((one) => one.act));
    const free = attempts.filter((one) => !used.has(one.act));
    return draw(8) === 0 ? free[draw(free.length)] : undefined;
  }

  /** What stands at the address of a token of another branch is none of ours here, whatever logs it gives. */
  function pretend(world: World): Draft[] {
    for (const { address: token } of world.tokens) tokens.add(token);
    const strangers = [...tokens].filter((token) => !world.tokens.some((one) => one.address === token));
    const token = strangers[draw(strangers.length)];
    if (token === undefined) return [];
    return [draft("deposit.moved", { token, from: nobody, to: world.accounts[1] ?? nobody, value: "1" })];
  }

  function add(): void {
    const parent = blocks.at(-1);
    const world = structuredClone(parent?.world ?? createWorld());
    const ours = mineOurs(parent);
    const transactions: Transaction[] = Array.from({ length: draw(4) }, () => ({
      ...{ hash: unique("c"), succeeded: true },
      events: [...act(world, draw, unique), ...act(world, draw, unique)],
    }));
    transactions.push({ hash: unique("c"), succeeded: true, events: pretend(world) });
    if (ours) transactions.push({ hash: ours.hash, succeeded: draw(3) > 0, events: [] });
    const number = blocks.length;
    blocks.push({
      ...{ number, hash: unique("b"), parentHash: parent?.hash ?? noHash, timestamp: genesisSeconds + 10 * number },
      ...{ transactions, world, mined: [...(parent?.mined ?? []), ...(ours ? [ours.hash] : [])] },
    });
  }

  function extend(length: number): void {
    for (let added = 0; added < length; added += 1) add();
    finalNumber = Math.max(finalNumber, blocks.length - 1 - depth);
  }

  extend(1);
  return {
    get blocks() {
      return blocks;
    },
    final: () => finalNumber,
    extend,
    reorganise(back, length) {
      const kept = Math.max(blocks.length - back, finalNumber + 1, 1);
      const gone = blocks;
      const isReturn = draw(4) === 0 && former[kept - 1]?.hash === blocks[kept - 1]?.hash && former.length > kept;
      blocks = isReturn ? former : blocks.slice(0, kept);
      former = [...gone];
      blocks = [...blocks];
      extend(isReturn ? draw(3) : length);
    },
    rpc: createWire(
      () => blocks,
      () => finalNumber,
    ),
  };
}

function createWire(blocks: () => readonly Block[], final: () => number): Rpc {
  const quantity = (number: number) => `0x${number.toString(16)}`;

  function toWire(block: Block | undefined): unknown {
    if (!block) return null;
    const { number, hash: own, parentHash, timestamp, transactions } = block;
    return {
      ...{ number: quantity(number), hash: own, parentHash, timestamp: quantity(timestamp) },
      transactions: transactions.map((transaction) => transaction.hash),
    };
  }

  function receiptOf(transactionHash: string): unknown {
    const block = blocks().find(({ transactions }) => transactions.some((one) => one.hash === transactionHash));
    const transaction = block?.transactions.find((one) => one.hash === transactionHash);
    if (!block || !transaction) return null;
    const before = block.transactions
      .slice(0, block.transactions.indexOf(transaction))
      .reduce((sum, { events }) => sum + events.length, 0);
    return {
      ...{ transactionHash, blockHash: block.hash, blockNumber: quantity(block.number) },
      status: transaction.succeeded ? "0x1" : "0x0",
      logs: transaction.events.map((event, index) => ({
        ...{ ...encodeEvent(event, addresses), transactionHash, logIndex: quantity(before + index) },
      })),
    };
  }

  function answer({ method, params: [first] }: RpcCall): unknown {
    const chain = blocks();
    if (method === "eth_blockNumber") return quantity(chain.length - 1);
    if (method === "eth_getBlockByNumber") return toWire(chain[first === "finalized" ? final() : Number(first)]);
    if (method === "eth_getTransactionReceipt") return receiptOf(String(first));
    return new RpcError(-32_601, "the method does not exist", undefined);
  }

  return {
    // Answers come later, so that a branch may change between question and answer, and between two of a batch.
    async call<T>(method: string, params: readonly unknown[] = []) {
      await Promise.resolve();
      const result = answer({ method, params });
      if (result instanceof RpcError) throw result;
      return result as T;
    },
    async batch(calls) {
      await Promise.resolve();
      return calls.map(answer);
    },
  };
}
