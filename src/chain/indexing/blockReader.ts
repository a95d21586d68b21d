import { quantity, type Rpc, type RpcCall, RpcError } from "../rpc.ts";
import { unavailable } from "../rpcTransport.ts";
import { normaliseLogs } from "../verify/normaliseLogs.ts";
import type { GivenReceipts } from "../verify/receipts.ts";
import { askedTooMuch } from "./limitMessages.ts";
import { createWidth, type Width } from "./width.ts";
import type { WireBlock, WireReceipt } from "./wireBlock.ts";

/** One endpoint, with what is known of how it wants to be asked. */
export interface BlockReader {
  /** Headers and transaction hashes. @throws AppError `chain.unavailable` (*behind*) when it does not have one. */
  readBlocks(from: number, to: number): Promise<readonly WireBlock[]>;
  /** Receipts of each block, in the order of its transactions; null where it has none. */
  readReceipts(blocks: readonly WireBlock[]): Promise<readonly GivenReceipts[]>;
}

const callsFirst = 100;
const callsMost = 500;
/** JSON-RPC: no such method; EIP-1474: not supported. */
const methodMissing: ReadonlySet<number> = new Set([-32_601, -32_004]);

/** What was learnt of an endpoint outlives the reader: whether it has the method, and how much it takes at once. */
interface Learnt {
  hasBlockReceipts: boolean;
  readonly widths: Map<string, Width>;
}

/** Readers of all endpoints of a source. */
export function createBlockReaders(): (rpc: Rpc, endpoint: string) => BlockReader {
  const learnt = new Map<string, Learnt>();
  return (rpc, endpoint) => {
    const known = learnt.get(endpoint) ?? { hasBlockReceipts: true, widths: new Map<string, Width>() };
    learnt.set(endpoint, known);
    return createBlockReader(rpc, known);
  };
}

function createBlockReader(rpc: Rpc, learnt: Learnt): BlockReader {
  function widthOf(method: string): Width {
    const width = learnt.widths.get(method) ?? createWidth({ first: callsFirst, most: callsMost });
    learnt.widths.set(method, width);
    return width;
  }

  /** As many round trips as the endpoint wants to have it in. */
  async function ask<T>(method: string, parameters: readonly (readonly unknown[])[]): Promise<readonly (T | null)[]> {
    const width = widthOf(method);
    const answers: (T | null)[] = [];
    while (answers.length < parameters.length) {
      const asked = parameters.slice(answers.length, answers.length + width.value());
      const part = await askOnce<T>(asked.map((params) => ({ method, params }))).catch((error: unknown) =>
        shrinkBelow(width, asked.length, error),
      );
      answers.push(...part);
      if (part.length === width.value()) width.grow();
    }
    return answers;
  }

  async function askOnce<T>(calls: readonly RpcCall[]): Promise<readonly (T | null)[]> {
    const results = await rpc.batch(calls);
    const refused = results.find((result) => result instanceof RpcError);
    if (refused) throw refused;
    return results as readonly (T | null)[];
  }

  async function readWholeBlocks(blocks: readonly WireBlock[]): Promise<readonly GivenReceipts[] | undefined> {
    try {
      const answers = await ask<WireReceipt[]>(
        "eth_getBlockReceipts",
        blocks.map(({ hash }) => [hash]),
      );
      return answers.map((receipts) => {
        if (receipts === null) throw unavailable("behind");
        return receipts;
      });
    } catch (error) {
      if (!(error instanceof RpcError) || !methodMissing.has(error.code)) throw error;
      learnt.hasBlockReceipts = false;
      return undefined;
    }
  }

  async function readOneByOne(blocks: readonly WireBlock[]): Promise<readonly GivenReceipts[]> {
    const hashes = blocks.flatMap(({ transactions }) => transactions);
    const receipts = await ask<WireReceipt>(
      "eth_getTransactionReceipt",
      hashes.map((hash) => [hash]),
    );
    let next = 0;
    return blocks.map(({ transactions }) => {
      next += transactions.length;
      return receipts.slice(next - transactions.length, next);
    });
  }

  return {
    async readBlocks(from, to) {
      const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
      const blocks = await ask<WireBlock>(
        "eth_getBlockByNumber",
        numbers.map((number) => [quantity(number), false]),
      ).catch(asUnavailable);
      return blocks.map((block) => {
        if (block === null) throw unavailable("behind");
        return block;
      });
    },
    async readReceipts(blocks) {
      // A block without transactions has no receipts to ask for.
      const filled = blocks.filter(({ transactions }) => transactions.length > 0);
      const whole = learnt.hasBlockReceipts ? await readWholeBlocks(filled).catch(asUnavailable) : undefined;
      const found = whole ?? (await readOneByOne(filled).catch(asUnavailable));
      const byHash = new Map(filled.map(({ hash }, index) => [hash, found[index]]));
      return blocks.map(({ hash }) => normalise(byHash.get(hash) ?? []));
    },
  };
}

/** Asks for less the next time, when the error says so; what cannot be made less is an error. */
function shrinkBelow(width: Width, asked: number, error: unknown): readonly never[] {
  const tooMuch = askedTooMuch(error);
  if (!tooMuch || asked === 1) throw error;
  width.shrink(tooMuch.max);
  while (width.value() >= asked) width.shrink();
  return [];
}

/** What is no list, or misses a receipt, stays as it is: `verifyBlock` says so. */
function normalise(receipts: GivenReceipts): GivenReceipts {
  return Array.isArray(receipts) ? normaliseLogs(receipts as readonly WireReceipt[]) : receipts;
}

/** A node that refuses to show a block is one that cannot be read from; another may. */
function asUnavailable(error: unknown): never {
  throw error instanceof RpcError ? unavailable("not_json_rpc", error) : error;
}
