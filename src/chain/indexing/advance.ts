import type { BlockPlace } from "../../domain/blockStore.ts";
import type { Lease } from "../../domain/leadership.ts";
import { failpoint } from "../../shared/failpoint.ts";
import { createBranch } from "./branch.ts";
import { createCommitter, lastOf } from "./committer.ts";
import { decodeRange } from "./decodeRange.ts";
import { readFailures } from "./failures.ts";
import { createFinalityReader, type FinalityReader } from "./finality.ts";
import type { IndexerOptions } from "./indexer.ts";
import { createPlace, type Position } from "./place.ts";
import type { Progress } from "./progress.ts";
import type { Quarantine } from "./quarantine.ts";
import { createRangeReader } from "./rangeReader.ts";
import { createReadAhead } from "./readAhead.ts";

export interface AdvanceOptions extends IndexerOptions {
  readonly progress: Progress;
  readonly quarantine: Quarantine;
}

/** The leader's work, step by step. */
export interface Advance {
  step(lease: Lease): Promise<"busy" | "idle">;
  /** Forgets where it was and what it read; the next step begins at the store's checkpoint. */
  close(): void;
  /** Blocks that are asked for at once at present. */
  width(): number;
}

/** Ranges until the worker looks whether it shall stop. */
const rangesInStep = 8;

export function createAdvance(options: AdvanceOptions): Advance {
  const { source, store, book, finality, progress, quarantine } = options;
  const mayReorganise = finality.kind !== "instant";
  const onFault = ({ check }: { check: string }) => progress.failed(check);
  const ahead = createReadAhead(createRangeReader({ ...options.verify, source, mayReorganise, onFault }));
  const finalities = keepFinality(createFinalityReader(finality, { source, store }));
  const place = createPlace(options);
  const branch = createBranch({ ...options, place });
  const commit = createCommitter({ ...options, place });

  async function open(lease: Lease, head: number): Promise<Position> {
    const opened = await place.moveToCheckpoint();
    await branch.check(lease, opened, head);
    return place.now() ?? opened;
  }

  /** Reads and decodes the next blocks while those before them are being committed. */
  async function readOn(lease: Lease, now: Position, { head, reach }: { head: number; reach: number }): Promise<void> {
    let last = now.last;
    let committed = Promise.resolve();
    try {
      for (let ranges = 0; ranges < rangesInStep && (last?.number ?? -1) < reach; ranges += 1) {
        const from = (last?.number ?? -1) + 1;
        const final = await finalities.known(from, head, last);
        const range = await ahead.next({ from, head: reach, final });
        if (last && range.previousHash !== last.hash) {
          await committed;
          await place.readFinalized();
          ahead.drop();
          return await branch.leave(lease, place.now() ?? now, range.endpoint);
        }
        const failures = await readFailures(source, range.blocks, store.ownAttempts);
        const decoded = decodeRange(range.blocks, book, failures);
        failpoint("index.read");
        await committed;
        committed = commit(lease, decoded, range.final);
        // Waited for before the next commit, or at the end.
        committed.catch(() => undefined);
        last = lastOf(decoded) ?? last;
      }
    } finally {
      await committed;
    }
    if (mayReorganise) await place.readFinalized();
  }

  /** Nothing new. On a ledger that reorganises the head itself may have changed, and more may be final. */
  async function rest(lease: Lease, now: Position, head: number): Promise<"busy" | "idle"> {
    if (!mayReorganise) return "idle";
    if (!(await branch.check(lease, now, head))) return "busy";
    const final = await finalities.read(head, now.last);
    const last = Math.min(final, now.last?.number ?? -1);
    if (last <= (now.finalized?.number ?? -1)) return "idle";
    await store.commitBlocks(lease, [], final);
    await place.readFinalized();
    options.onAdvanced();
    return "idle";
  }

  return {
    async step(lease) {
      const head = (await source.head()).number;
      progress.sawHead(head);
      const now = place.now() ?? (await open(lease, head));
      const next = (now.last?.number ?? -1) + 1;
      if (quarantine.isWaiting(next)) return "idle";
      if (head < next) return rest(lease, now, head);
      // Up to a block that does not verify; when that is the next one, it alone.
      await readOn(lease, now, { head, reach: Math.min(head, Math.max(next, quarantine.until() - 1)) });
      return "busy";
    },
    close() {
      place.leave();
      ahead.drop();
    },
    width: () => ahead.width(),
  };
}

/** While what is read is well below what is known to be final, that is not asked for again. */
function keepFinality(reader: FinalityReader) {
  let last = -1;

  async function read(head: number, stored: BlockPlace | undefined): Promise<number> {
    last = Math.max(last, await reader.read(head, stored));
    return last;
  }

  return {
    read,
    known: (from: number, head: number, stored: BlockPlace | undefined) =>
      last < from ? read(head, stored) : Promise.resolve(last),
  };
}
