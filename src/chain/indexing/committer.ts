import type { BlockPlace } from "../../domain/blockStore.ts";
import type { Lease } from "../../domain/leadership.ts";
import type { DecodedBlock } from "../../domain/ledgerEvent.ts";
import { failpoint } from "../../shared/failpoint.ts";
import { createCommits } from "./commits.ts";
import type { IndexerOptions } from "./indexer.ts";
import type { Place } from "./place.ts";
import type { Quarantine } from "./quarantine.ts";

/** Commits blocks in order, in as many commits as their size asks for. Blocks up to `final` are final. */
export type Committer = (lease: Lease, blocks: readonly DecodedBlock[], final: number) => Promise<void>;

export function createCommitter(
  options: IndexerOptions & { readonly place: Place; readonly quarantine: Quarantine },
): Committer {
  const { store, place, quarantine } = options;
  const commits = createCommits();
  return async (lease, blocks, final) => {
    for (const part of commits.partsOf(blocks)) {
      await commits.tried(() => store.commitBlocks(lease, part, final));
      failpoint("index.committed");
      const last = lastOf(part);
      if (last) {
        place.committed(last, last.number <= final);
        quarantine.passed(last.number);
      }
      options.onCommitted?.(part);
      options.onAdvanced();
    }
  };
}

export function lastOf(blocks: readonly DecodedBlock[]): BlockPlace | undefined {
  const last = blocks.at(-1)?.block;
  return last && { number: last.number, hash: last.hash };
}
