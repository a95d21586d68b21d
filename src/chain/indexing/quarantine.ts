import type { Context } from "../../shared/context.ts";
import type { ReadFault } from "./blockSource.ts";
import type { IndexerState } from "./progress.ts";

/** A block that no endpoint gives in a form that verifies is kept out, and with it everything after it. */
export interface Quarantine {
  /** Every endpoint's block failed. What comes before it is taken first, up to `indexed` at present. */
  add(fault: ReadFault, indexed: number | undefined): void;
  /** Blocks from this number on are not read now. */
  until(): number;
  /** Something was committed up to this block. */
  passed(number: number): void;
  /** It is not time yet to try the quarantined block again. */
  isWaiting(next: number): boolean;
  state(): IndexerState["quarantined"];
}

export function createQuarantine({ logger, clock }: Context, retryMs: number): Quarantine {
  let suspect: (ReadFault & { sinceMs: number; nextTryMs: number; isNext: boolean }) | undefined;
  return {
    add(fault, indexed) {
      const nowMs = clock.wallMs();
      const isNext = fault.number === (indexed ?? -1) + 1;
      const sinceMs = suspect?.number === fault.number ? suspect.sinceMs : nowMs;
      // What comes before it can be read at once; it alone has to wait.
      suspect = { ...fault, isNext, sinceMs, nextTryMs: isNext ? nowMs + retryMs : nowMs };
      if (!isNext) return;
      logger.error(
        { ...fault, sinceMs },
        "no endpoint gives this block in a form that verifies: the index stands still",
      );
    },
    until: () => suspect?.number ?? Number.POSITIVE_INFINITY,
    passed(number) {
      if (!suspect || number < suspect.number) return;
      if (suspect.isNext)
        logger.warn({ number: suspect.number }, "the block that did not verify does now: the index goes on");
      suspect = undefined;
    },
    isWaiting: (next) => suspect !== undefined && next >= suspect.number && clock.wallMs() < suspect.nextTryMs,
    state: () =>
      suspect?.isNext ? { block: suspect.number, check: suspect.check, sinceMs: suspect.sinceMs } : undefined,
  };
}
