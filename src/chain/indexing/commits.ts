import type { DecodedBlock } from "../../domain/ledgerEvent.ts";
import { AppError } from "../../shared/errors.ts";
import { createWidth } from "./width.ts";

/** Sizes of commits: one that is too long is undone, and the next ones are shorter. */
export interface Commits {
  /** The blocks in parts, each one commit. */
  partsOf(blocks: readonly DecodedBlock[]): Generator<readonly DecodedBlock[]>;
  /** Does one commit, and learns from it. */
  tried(commit: () => Promise<void>): Promise<void>;
}

/** Events and blocks together. */
const weightFirst = 500;
const weightMost = 2_000;

export function createCommits(): Commits {
  const width = createWidth({ first: weightFirst, most: weightMost });
  return {
    *partsOf(blocks) {
      let from = 0;
      while (from < blocks.length) {
        let to = from;
        let weight = 0;
        do {
          weight += 1 + (blocks[to]?.events.length ?? 0);
          to += 1;
        } while (to < blocks.length && weight + 1 + (blocks[to]?.events.length ?? 0) <= width.value());
        yield blocks.slice(from, to);
        from = to;
      }
    },
    async tried(commit) {
      try {
        await commit();
        width.grow();
      } catch (error) {
        if (error instanceof AppError && error.code === "store.transaction_timeout") width.shrink();
        throw error;
      }
    },
  };
}
