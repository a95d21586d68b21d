import type { BlockStore, RebuildStore, SequenceCheck } from "../../domain/blockStore.ts";
import type { Leadership, Lease } from "../../domain/leadership.ts";
import type { Context } from "../../shared/context.ts";
import { AppError } from "../../shared/errors.ts";
import { failpoint } from "../../shared/failpoint.ts";
import { EndpointFault } from "../endpoints.ts";
import { unavailable } from "../rpcTransport.ts";
import { findAncestor } from "./ancestor.ts";
import { takeBackInSteps } from "./branch.ts";
import { type Commits, createCommits } from "./commits.ts";
import { indexLead } from "./lead.ts";
import { type ReplayOptions, replay } from "./replay.ts";

export interface ReindexOptions extends Omit<ReplayOptions, "store"> {
  readonly context: Context;
  readonly store: BlockStore;
  readonly rebuild: RebuildStore;
  readonly leadership: Leadership;
  /** Blocks applied, and how many there are. */
  readonly onProgress?: (done: number, of: number) => void;
}

export interface Reindexed {
  /** Blocks from which the views were made. */
  readonly blocks: number;
  /** Where the sequences do not have what the blocks say, in words; none when all is well. */
  readonly differences: readonly string[];
}

/**
 * Makes all views anew from the ledger's blocks, while no gateway runs, and compares every event with the sequences,
 * which it leaves alone as it does blocks, transactions and all originals. It may be cut off anywhere: the gateway
 * refuses to start then (`start.reindex_unfinished`), and the next call goes on.
 *
 * @throws AppError `start.index_in_use` while a gateway leads the index, `chain.index_stopped` when the ledger has
 * another block than one that was final, `chain.unavailable`, EndpointFault when a block does not verify.
 */
export async function reindex(options: ReindexOptions): Promise<Reindexed> {
  const { leadership } = options;
  const lease = await leadership.acquire(indexLead);
  if (!lease) throw new AppError("start.index_in_use");
  try {
    return await rebuildAll(options, lease);
  } finally {
    await leadership.release(lease);
  }
}

async function rebuildAll(options: ReindexOptions, lease: Lease): Promise<Reindexed> {
  const { book, store, rebuild } = options;
  await rebuild.begin(lease);
  await takeBackStale(options, lease);
  const commits = createCommits();
  for (;;) {
    const { position } = (await rebuild.state()) ?? { position: -1 };
    const to = (await store.checkpoint())?.number ?? -1;
    if (position >= to) return { blocks: to + 1, differences: await rebuild.finish(lease) };
    book.reset(await store.knownContracts());
    await applyFrom(options, lease, { from: position + 1, to, commits }).catch((error: unknown) => {
      // Undone; the next commits are shorter.
      if (!(error instanceof AppError) || error.code !== "store.transaction_timeout") throw error;
    });
  }
}

async function applyFrom(
  options: ReindexOptions,
  lease: Lease,
  { from, to, commits }: { from: number; to: number; commits: Commits },
): Promise<void> {
  for await (const blocks of replay(options, { from, to })) {
    for (const part of commits.partsOf(blocks)) {
      await commits.tried(() => options.rebuild.apply(lease, part));
      failpoint("reindex.committed");
      options.onProgress?.((part.at(-1)?.block.number ?? -1) + 1, to + 1);
    }
  }
}

/** A ledger may have been reorganised since a gateway looked at it last. */
async function takeBackStale({ context, source, store, rebuild }: ReindexOptions, lease: Lease): Promise<void> {
  const last = await store.checkpoint();
  if (!last) return;
  const finalized = await store.finalized();
  if ((await source.head()).number < last.number) throw unavailable("behind");
  const ancestor = await source
    .sticky((rpc) => findAncestor(rpc, store, { from: last.number, finalized }))
    .catch((error: unknown) => {
      if (!(error instanceof EndpointFault)) throw error;
      throw new AppError("chain.index_stopped", { check: error.fault.check }, { cause: error });
    });
  if (ancestor.number === last.number) return;
  context.logger.warn(
    { from: last.number, ancestor: ancestor.number },
    "the ledger was reorganised: blocks are taken back",
  );
  await takeBackInSteps(last, ancestor, (above) => rebuild.retract(lease, { above, atMs: context.clock.wallMs() }));
}

/**
 * Proves that the sequences, with retractions applied, are exactly the ledger's logs, each for exactly those whom it
 * concerned. Writes nothing, so a gateway may run meanwhile. What is different, in words; none when all is well.
 */
export async function checkSequence(
  options: Omit<ReplayOptions, "store"> & { readonly store: BlockStore; readonly check: SequenceCheck },
): Promise<readonly string[]> {
  const { store, check, finality } = options;
  // What may still be taken back is not compared.
  const end = finality.kind === "instant" ? await store.checkpoint() : await store.finalized();
  for await (const blocks of replay(options, { from: 0, to: end?.number ?? -1 })) await check.apply(blocks);
  return check.finish();
}
