import type { BlockPlace } from "../../domain/blockStore.ts";
import type { Lease } from "../../domain/leadership.ts";
import { failpoint } from "../../shared/failpoint.ts";
import { EndpointFault } from "../endpoints.ts";
import { unavailable } from "../rpcTransport.ts";
import { findAncestor, readHash } from "./ancestor.ts";
import type { IndexerOptions } from "./indexer.ts";
import type { Place, Position } from "./place.ts";
import type { Progress } from "./progress.ts";

/** Keeps the store on the branch that the ledger is on. */
export interface Branch {
  /** Whether the ledger still has what is stored, as far as it reaches. What it has not is taken back. */
  check(lease: Lease, position: Position, head: number): Promise<boolean>;
  /** The block after the last one has another parent at this endpoint: back to where both were the same. */
  leave(lease: Lease, position: Position, endpoint: string): Promise<void>;
}

/** Blocks that are taken back in one transaction. */
const retractBlocksMax = 16;

/** From the last block down to the ancestor, so many at a time; what is left is a whole index at every step. */
export async function takeBackInSteps(
  last: BlockPlace,
  ancestor: BlockPlace,
  takeBack: (above: number) => Promise<unknown>,
): Promise<void> {
  for (let top = last.number; top > ancestor.number; ) {
    top = Math.max(ancestor.number, top - retractBlocksMax);
    await takeBack(top);
  }
}

export function createBranch(options: IndexerOptions & { readonly place: Place; readonly progress: Progress }): Branch {
  const { context, source, store, place, progress } = options;

  async function reorganise(lease: Lease, last: BlockPlace, ancestor: BlockPlace): Promise<void> {
    const depth = last.number - ancestor.number;
    const facts = { depth, from: last.number, hash: last.hash, ancestor: ancestor.number };
    context.logger.warn(facts, "the ledger was reorganised: blocks are taken back");
    progress.reorganised(depth);
    await takeBackInSteps(last, ancestor, async (above) => {
      const { events } = await store.retractBlocks(lease, { above, atMs: context.clock.wallMs() });
      failpoint("reorganisation.committed");
      progress.retracted(events);
      options.onAdvanced();
    });
    await place.moveToCheckpoint();
  }

  return {
    async check(lease, { last, finalized }, head) {
      if (!last) return true;
      const at = Math.min(head, last.number);
      if (at < last.number && options.isWhole) throw new EndpointFault({ check: "finality" });
      const [stored] = await store.blocks(at, at);
      const ancestor = await source.sticky(async (rpc) => {
        if ((await readHash(rpc, at)) === stored?.hash) return undefined;
        return findAncestor(rpc, store, { from: at, finalized });
      });
      if (!ancestor) return true;
      await reorganise(lease, last, ancestor);
      return false;
    },
    async leave(lease, { last, finalized }, endpoint) {
      if (!last) return;
      const ancestor = await source.sticky((rpc) => findAncestor(rpc, store, { from: last.number, finalized }));
      if (ancestor.number < last.number) return reorganise(lease, last, ancestor);
      // The others have our block, or it has come back.
      if (options.finality.kind === "instant") source.report(endpoint, { check: "parent" });
      throw unavailable("behind");
    },
  };
}
