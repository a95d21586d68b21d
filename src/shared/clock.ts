/**
 * Two clocks (docs/architecture.md): *wall* time for sessions, leases, retries and log stamps;
 * *business* time for deadlines and value dates: what the ledger's next block would carry.
 * `Date.now()` stands only in this file.
 */
export interface Clock {
  /** Milliseconds since the epoch, by this machine. */
  wallMs(): number;
  /** Seconds since the epoch, as the ledger's next block would carry them. */
  businessSeconds(): number;
}

/** A clock whose business time runs `offsetSeconds()` away from wall time (zero in production). */
export function createClock(offsetSeconds: () => number = () => 0): Clock {
  return {
    wallMs: () => Date.now(),
    businessSeconds: () => Math.floor(Date.now() / 1000) + offsetSeconds(),
  };
}

/** A clock for tests: both times stand still until moved. */
export function createFixedClock(startMs: number): Clock & { advanceMs(ms: number): void } {
  let nowMs = startMs;
  return {
    wallMs: () => nowMs,
    businessSeconds: () => Math.floor(nowMs / 1000),
    advanceMs(ms) {
      nowMs += ms;
    },
  };
}
