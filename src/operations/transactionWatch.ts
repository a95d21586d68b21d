import { isTracing, recordStage } from "../shared/tracing.ts";
import type { TransactionStage } from "./metrics.ts";
import type { TransactionTimes } from "./ports.ts";

/** Blocks that have just been committed to the store. */
export interface IndexedBlock {
  readonly number: number;
  /** When it was made, in wall milliseconds (the ledger's time less the sandbox's offset). */
  readonly minedAtMs: number;
  readonly hashes: readonly string[];
}

export interface TransactionWatch {
  /** Never waits and never fails: what cannot be read is not measured. */
  indexed(blocks: readonly IndexedBlock[]): void;
}

/** Measured in one reading; more would make the measuring a burden under load. */
const readMax = 200;

/**
 * Measures how long transactions took and adds to the trace of each the stages that came after its request, from what
 * the store remembers: so whichever process did them, and after a restart too. One reading at a time. While nobody records traces it measures samples only, the blocks
 * that come while it reads going unmeasured; while somebody does, they wait for their turn, in a bounded queue.
 */
export function createTransactionWatch(options: {
  /** From the store: transactions of any attempt with one of these hashes. */
  readonly find: (hashes: readonly string[]) => Promise<readonly (TransactionTimes & { readonly hash: string })[]>;
  readonly onStage: (stage: TransactionStage, seconds: number) => void;
  readonly wallMs: () => number;
}): TransactionWatch {
  let waiting: (IndexedBlock & { readonly indexedAtMs: number })[] = [];
  let reading = false;

  async function readAll(): Promise<void> {
    reading = true;
    while (waiting.length > 0) {
      const blocks = waiting;
      waiting = [];
      await read(blocks).catch(() => undefined);
    }
    reading = false;
  }

  async function read(blocks: typeof waiting): Promise<void> {
    const blockOf = new Map(blocks.flatMap((block) => block.hashes.map((hash) => [hash, block] as const)));
    const hashes = [...blockOf.keys()];
    for (let from = 0; from < hashes.length; from += readMax) {
      for (const times of await options.find(hashes.slice(from, from + readMax))) {
        const block = blockOf.get(times.hash);
        if (block) measure(times, block);
      }
      if (!isTracing()) return;
    }
  }

  function measure(times: TransactionTimes, block: (typeof waiting)[number]): void {
    const { indexedAtMs } = block;
    const { acceptedAtMs } = times;
    const signedAtMs = within(times.signedAtMs ?? acceptedAtMs, acceptedAtMs, indexedAtMs);
    // A block that was seen before the sender heard of its success proves the broadcast.
    const broadcastAtMs = within(times.broadcastAtMs ?? indexedAtMs, signedAtMs, indexedAtMs);
    // A ledger's time has whole seconds, so a block may seem older than what it holds.
    const minedAtMs = within(block.minedAtMs, broadcastAtMs, indexedAtMs);
    options.onStage("accepted_to_broadcast", secondsBetween(acceptedAtMs, broadcastAtMs));
    options.onStage("broadcast_to_mined", secondsBetween(broadcastAtMs, minedAtMs));
    options.onStage("mined_to_indexed", secondsBetween(minedAtMs, indexedAtMs));
    const { id, traceParent } = times;
    if (traceParent === null) return;
    const attributes = { "hansa.transaction_id": id, "hansa.block_number": block.number };
    const record = (name: string, startMs: number, endMs: number) =>
      recordStage(name, { traceParent, attributes, startMs, endMs });
    record("transaction.sign", acceptedAtMs, signedAtMs);
    record("transaction.broadcast", signedAtMs, broadcastAtMs);
    record("transaction.mined", broadcastAtMs, minedAtMs);
    record("transaction.indexed", minedAtMs, indexedAtMs);
  }

  return {
    indexed(blocks) {
      const mayWait = !reading || (isTracing() && waiting.length < readMax);
      if (!mayWait) return;
      const indexedAtMs = options.wallMs();
      waiting.push(...blocks.filter(({ hashes }) => hashes.length > 0).map((block) => ({ ...block, indexedAtMs })));
      if (!reading && waiting.length > 0) void readAll();
    },
  };
}

function within(ms: number, leastMs: number, mostMs: number): number {
  return Math.min(Math.max(ms, leastMs), Math.max(leastMs, mostMs));
}

function secondsBetween(fromMs: number, toMs: number): number {
  return Math.max(0, toMs - fromMs) / 1000;
}
