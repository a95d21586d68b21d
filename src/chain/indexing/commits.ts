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
      let part: DecodedBlock[] = [];
      let weight = 0;
      for (const block of blocks) {
        const more = 1 + block.events.length;
        if (part.length > 0 && weight + more > width.value()) {
          yield part;
          part = [];
          weight = 0;
        }
        part.push(block);
        weight += more;
      }
      if (part.length > 0) yield part;
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
