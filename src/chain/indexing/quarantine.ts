import type { Context } from "../../shared/context.ts";
import type { ReadFault } from "./blockSource.ts";
import type { IndexerState } from "./progress.ts";

/** A block that no endpoint gives in a form that verifies is kept out, and with it everything after it. */
export interface Quarantine {
  /** Every endpoint's block failed. */
  add(fault: ReadFault): void;
  /** Blocks from this number on are not read now. */
  until(): number;
  /** Something was committed up to this block. */
  passed(number: number): void;
  /** It is not time yet to try the quarantined block again. */
  isWaiting(next: number): boolean;
  state(): IndexerState["quarantined"];
}

export function createQuarantine({ logger, clock }: Context, retryMs: number): Quarantine {
  let suspect: (ReadFault & { sinceMs: number; nextTryMs: number }) | undefined;
  return {
    add(fault) {
      const nowMs = clock.wallMs();
      const sinceMs = suspect?.number === fault.number ? suspect.sinceMs : nowMs;
      suspect = { ...fault, sinceMs, nextTryMs: nowMs + retryMs };
      logger.error(
        { ...fault, sinceMs },
        "no endpoint gives this block in a form that verifies: the index stands still",
      );
    },
    until: () => suspect?.number ?? Number.POSITIVE_INFINITY,
    passed(number) {
      if (!suspect || number < suspect.number) return;
      logger.warn({ number: suspect.number }, "the block that did not verify does now: the index goes on");
      suspect = undefined;
    },
    isWaiting: (next) => suspect !== undefined && next >= suspect.number && clock.wallMs() < suspect.nextTryMs,
    state: () => suspect && { block: suspect.number, check: suspect.check, sinceMs: suspect.sinceMs },
  };
}
