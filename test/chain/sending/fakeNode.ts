/** A node with the nonce rule, a pool and blocks of its own, for one sender. It does what it is told to do wrong. */
import { Transaction } from "ethers";
import { type Rpc, type RpcCall, RpcError } from "../../../src/chain/rpc.ts";
import { AppError } from "../../../src/shared/errors.ts";

export interface Known {
  readonly raw: string;
  readonly hash: string;
  readonly nonce: number;
  readonly to: string;
  readonly data: string;
  readonly gasLimit: number;
  readonly maxFee: bigint;
  readonly tip: bigint;
}

interface Block {
  readonly hash: string;
  readonly hashes: readonly string[];
}

export interface FakeNode {
  readonly rpc: Rpc;
  /** Everything that was offered, in order; a hole is a lower nonce that the node never had. */
  readonly offered: readonly (Known & { readonly isAboveHole: boolean })[];
  /** Entries of each batch that sent something. */
  readonly batches: readonly number[];
  baseFee: bigint;
  /** Later nonces are kept although one below is missing, as geth and Besu do; or refused, as Hardhat does. */
  keepsGaps: boolean;
  poolMax: number;
  /** A refusal for what is offered: words or an error, undefined to go on as usual. */
  refuse: (known: Known) => string | RpcError | undefined;
  /** What happens to the next batch that sends something. */
  lose: "request" | "reply" | undefined;
  readonly count: () => number;
  /** One block with at most so many transactions of the pool. */
  mine(max: number): void;
  /** Takes blocks back, at most down to one with somebody else's transaction. Their transactions return to the pool, or are lost. */
  reorganise(depth: number, fate: "pooled" | "lost", strangersToo?: boolean): void;
  /** Somebody else uses the next nonce. */
  takeNonce(): void;
  /** The node starts again without its pool. */
  forgetPool(): void;
  /** Hashes in blocks. */
  onLedger(): ReadonlySet<string>;
  inPool(): readonly Known[];
}

const parsed = new Map<string, Known>();

function parse(raw: string): Known {
  const known = parsed.get(raw);
  if (known) return known;
  const { hash, nonce, to, data, gasLimit, gasPrice, maxFeePerGas, maxPriorityFeePerGas } = Transaction.from(raw);
  const price = gasPrice ?? 0n;
  const prices = { maxFee: maxFeePerGas ?? price, tip: maxPriorityFeePerGas ?? price };
  const made = {
    raw,
    hash: String(hash),
    nonce,
    to: String(to).toLowerCase(),
    data,
    gasLimit: Number(gasLimit),
    ...prices,
  };
  parsed.set(raw, made);
  return made;
}

let heads = 0;

export function createFakeNode(): FakeNode {
  const pool = new Map<number, Known>();
  const blocks: Block[] = [newBlock([])];
  const known = new Map<string, Known>();
  const offered: (Known & { isAboveHole: boolean })[] = [];
  const batches: number[] = [];
  /** Nonces that the node had once: a sender cannot know that they are gone. */
  const had = new Set<number>();

  function newBlock(hashes: readonly string[]): Block {
    heads += 1;
    return { hash: `0x${heads.toString(16).padStart(64, "0")}`, hashes };
  }

  const onLedger = () => new Set(blocks.flatMap(({ hashes }) => hashes));
  const count = () => blocks.reduce((sum, { hashes }) => sum + hashes.length, 0);

  function isMissingBelow(nonce: number): boolean {
    for (let below = count(); below < nonce; below += 1) if (!pool.has(below) && !had.has(below)) return true;
    return false;
  }

  function offer(raw: string): string | RpcError {
    const one = parse(raw);
    offered.push({ ...one, isAboveHole: isMissingBelow(one.nonce) });
    const refusal = node.refuse(one);
    if (refusal !== undefined) return refusal instanceof RpcError ? refusal : refused(refusal);
    const verdict = judge(one);
    if (verdict !== undefined) return refused(verdict);
    pool.set(one.nonce, one);
    known.set(one.hash, one);
    had.add(one.nonce);
    return one.hash;
  }

  function judge(one: Known): string | undefined {
    const next = count();
    if (one.nonce < next) return `nonce too low: next nonce ${next}, tx nonce ${one.nonce}`;
    const before = pool.get(one.nonce);
    if (before?.hash === one.hash) return "already known";
    if (before && !outbids(one, before)) return "replacement transaction underpriced";
    if (before) return undefined;
    if (pool.size >= node.poolMax) return "txpool is full";
    for (let below = next; below < one.nonce; below += 1) {
      if (!pool.has(below) && !node.keepsGaps) return `nonce too high: next nonce ${below}, tx nonce ${one.nonce}`;
    }
    return undefined;
  }

  function answer({ method, params }: RpcCall): unknown {
    const [first] = params;
    if (method === "eth_sendRawTransaction") return offer(String(first));
    if (method === "eth_getTransactionCount") {
      const upTo = params[1] === "latest" ? blocks : blocks.slice(0, Number(params[1]) + 1);
      return `0x${upTo.reduce((sum, { hashes }) => sum + hashes.length, 0).toString(16)}`;
    }
    if (method === "eth_getBlockByNumber") {
      return {
        number: `0x${(blocks.length - 1).toString(16)}`,
        hash: blocks.at(-1)?.hash,
        baseFeePerGas: `0x${node.baseFee.toString(16)}`,
      };
    }
    const hash = String(first);
    const isMined = onLedger().has(hash);
    if (method === "eth_getTransactionReceipt") return isMined ? { transactionHash: hash } : null;
    if (method === "eth_getTransactionByHash") {
      const one = known.get(hash);
      return one && (isMined || pool.get(one.nonce) === one) ? { hash } : null;
    }
    throw new Error(`the lane needs no ${method}`);
  }

  const node: FakeNode = {
    offered,
    batches,
    baseFee: 0n,
    keepsGaps: true,
    poolMax: 1_000,
    refuse: () => undefined,
    lose: undefined,
    count,
    onLedger,
    inPool: () => [...pool.values()],
    rpc: {
      call: () => Promise.reject(new Error("the lane asks in batches")),
      async batch(calls) {
        await Promise.resolve();
        const sends = calls.filter(({ method }) => method === "eth_sendRawTransaction").length;
        const lost = sends > 0 ? node.lose : undefined;
        if (sends > 0) {
          node.lose = undefined;
          batches.push(sends);
        }
        if (lost === "request") throw new AppError("chain.unavailable");
        const missed = new Set<number>();
        const results = calls.map((call) => {
          const result = answer(call);
          const last = offered.at(-1);
          if (call.method === "eth_sendRawTransaction" && result instanceof RpcError && last && !had.has(last.nonce)) {
            // What follows in this batch is above a hole that its sender cannot know of yet.
            missed.add(last.nonce);
            had.add(last.nonce);
          }
          return result;
        });
        for (const nonce of missed) if (!pool.has(nonce)) had.delete(nonce);
        if (lost === "reply") throw new AppError("chain.unavailable");
        return results;
      },
    },
    mine(max) {
      const hashes: string[] = [];
      for (let nonce = count(); hashes.length < max; nonce += 1) {
        const one = pool.get(nonce);
        if (!one || one.maxFee < node.baseFee) break;
        pool.delete(nonce);
        hashes.push(one.hash);
      }
      blocks.push(newBlock(hashes));
    },
    reorganise(depth, fate, strangersToo = false) {
      for (let left = depth; left > 0 && blocks.length > 1; left -= 1) {
        const last = blocks.at(-1);
        if (!strangersToo && last?.hashes.some((hash) => !known.has(hash))) break;
        blocks.pop();
        for (const hash of last?.hashes ?? []) {
          const one = known.get(hash);
          if (one && fate === "pooled" && !pool.has(one.nonce)) pool.set(one.nonce, one);
        }
      }
      blocks.push(newBlock([]));
    },
    takeNonce() {
      pool.delete(count());
      blocks.push(newBlock([`0xf${heads.toString(16).padStart(63, "0")}`]));
    },
    forgetPool() {
      pool.clear();
    },
  };
  return node;
}

function refused(message: string): RpcError {
  return new RpcError(-32000, message, undefined);
}

/** Ten per cent on both prices; a network without prices takes the same price again only where it is told so. */
function outbids(one: Known, before: Known): boolean {
  const enough = (now: bigint, then: bigint) => now > then && now * 10n >= then * 11n;
  return enough(one.maxFee, before.maxFee) && enough(one.tip, before.tip);
}
