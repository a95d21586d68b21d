import type { BlockStore, Finality } from "../../domain/blockStore.ts";
import type { Leadership } from "../../domain/leadership.ts";
import type { DecodedBlock } from "../../domain/ledgerEvent.ts";
import type { Context } from "../../shared/context.ts";
import { AppError } from "../../shared/errors.ts";
import type { AddressBook } from "../decode.ts";
import { EndpointFault } from "../endpoints.ts";
import type { VerifyOptions } from "../verify/verifyBlock.ts";
import { createWorker, type Worker } from "../worker.ts";
import { createAdvance } from "./advance.ts";
import { type BlockSource, isReadFault } from "./blockSource.ts";
import { createLead } from "./lead.ts";
import { createProgress, type IndexerState } from "./progress.ts";
import { createQuarantine } from "./quarantine.ts";

export interface IndexerOptions {
  readonly context: Context;
  readonly source: BlockSource;
  readonly book: AddressBook;
  readonly store: BlockStore;
  readonly leadership: Leadership;
  readonly finality: Finality;
  readonly verify: Pick<VerifyOptions, "mode" | "headerKind" | "sampleEvery">;
  /** The source has every block that there is, as the embedded ledger: one with fewer blocks than were indexed is another. */
  readonly isWhole?: boolean;
  /** The index came further, whoever wrote it, or something was taken back: whoever waits looks at the store again. */
  readonly onAdvanced: () => void;
  /** Blocks that this process has committed. */
  readonly onCommitted?: (blocks: readonly DecodedBlock[]) => void;
  /** How long until a block is tried again that no endpoint gave in a form that verifies. */
  readonly quarantineMs?: number;
  readonly pollMs?: number;
  /** How long to wait after so many faults in a row. */
  readonly retryMs?: (faults: number) => number;
}

export interface Indexer extends Worker {
  state(): IndexerState;
}

const quarantineMsDefault = 5_000;

/**
 * Reads blocks in order, verifies each, and commits decoded events, views, sequence and checkpoint in one transaction.
 * New heads are only a hint (`wake`); the truth is read by number and bound by hash and parent link. One process of
 * those that share a store leads; the others follow and tell when the leader has come further.
 *
 * A ledger that contradicts what was final stops the worker for a person: an invariant, with `chain.index_stopped` as
 * its cause. A block that no endpoint gives in a form that verifies holds it up until one does.
 */
export function createIndexer(options: IndexerOptions): Indexer {
  const { context, store } = options;
  const { logger, clock } = context;
  const lead = createLead(options.leadership, logger);
  const progress = createProgress(clock);
  const quarantine = createQuarantine(context, options.quarantineMs ?? quarantineMsDefault);
  const advance = createAdvance({ ...options, progress, quarantine });
  let followed: string | undefined;

  /** The leader writes; its checkpoint shows when there is something new. */
  async function follow(): Promise<"idle"> {
    advance.close();
    const [checkpoint, finalized] = await Promise.all([store.checkpoint(), store.finalized()]);
    progress.indexed(checkpoint?.number);
    progress.finalized(finalized?.number);
    progress.sawHead((await options.source.head()).number);
    const seen = `${checkpoint?.hash} ${finalized?.number}`;
    if (followed !== seen) options.onAdvanced();
    followed = seen;
    return "idle";
  }

  /** What a fault means for the index; anything else is tried again by the worker. */
  function conclude(error: unknown): "busy" | "idle" {
    if (error instanceof AppError && error.code === "leader.superseded") {
      lead.lose();
      advance.close();
      return "idle";
    }
    if (!(error instanceof EndpointFault)) throw error;
    const { fault } = error;
    if (!isReadFault(fault)) {
      throw new Error("invariant: every endpoint contradicts what was final", {
        cause: new AppError("chain.index_stopped", { check: fault.check }, { cause: error }),
      });
    }
    advance.close();
    quarantine.add(fault, progress.state().indexed);
    // What comes before the block may still be read.
    return "busy";
  }

  const worker = createWorker({
    context,
    name: "indexer",
    ...(options.pollMs !== undefined && { pollMs: options.pollMs }),
    ...(options.retryMs && { retryMs: options.retryMs }),
    async step() {
      const lease = await lead.hold();
      if (!lease) return follow();
      return advance.step(lease).catch(conclude);
    },
    // What was read but not committed is read again from the last commit.
    recover: () => advance.close(),
    end: () => lead.release(),
  });

  return {
    ...worker,
    state: () => ({
      ...progress.state(),
      quarantined: quarantine.state(),
      range: advance.width(),
      isLeader: lead.isHeld(),
    }),
  };
}
