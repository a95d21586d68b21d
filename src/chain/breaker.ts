import type { Clock } from "../shared/clock.ts";

/** *closed*: calls pass. *open*: none does. *half_open*: one may try, and decides for the others. */
export type BreakerState = "closed" | "half_open" | "open";

/** Keeps calls from an endpoint that does not answer, so that they do not wait for its time-outs one after the other. */
export interface Breaker {
  state(): BreakerState;
  /** Whether a call may go out now. When half open, only the first that asks until it has reported. */
  enter(): boolean;
  succeeded(): void;
  /** After `failuresMax` in a row it opens, for twice as long each time in a row. */
  failed(): void;
  /** A call ended that says nothing about the endpoint. */
  left(): void;
}

export interface BreakerOptions {
  readonly clock: Clock;
  readonly failuresMax?: number;
  readonly openMs?: number;
  readonly openMsMax?: number;
}

export function createBreaker(options: BreakerOptions): Breaker {
  const { clock, failuresMax = 3, openMs = 1_000, openMsMax = 60_000 } = options;
  let failures = 0;
  let openedTimes = 0;
  let openUntilMs: number | undefined;
  let isTrying = false;

  function state(): BreakerState {
    if (openUntilMs === undefined) return "closed";
    return clock.wallMs() < openUntilMs ? "open" : "half_open";
  }

  return {
    state,
    enter() {
      const now = state();
      if (now === "open" || (now === "half_open" && isTrying)) return false;
      isTrying = now === "half_open";
      return true;
    },
    succeeded() {
      failures = 0;
      openedTimes = 0;
      openUntilMs = undefined;
      isTrying = false;
    },
    failed() {
      failures += 1;
      isTrying = false;
      // Calls that were under way when it opened say nothing new.
      if (state() === "open" || (state() === "closed" && failures < failuresMax)) return;
      openUntilMs = clock.wallMs() + Math.min(openMsMax, openMs * 2 ** Math.min(openedTimes, 20));
      openedTimes += 1;
    },
    left() {
      isTrying = false;
    },
  };
}
