/** All in milliseconds of wall time. */
export interface Intervals {
  /** Looks for intents by itself: a wake-up may be lost. */
  readonly pollMs: number;
  /** Tries to take the lead. */
  readonly acquireMs: number;
  /** Looks at ledger and store, also without a new head. */
  readonly reconcileMs: number;
  /** Never looks more often, however fast heads come. */
  readonly reconcileMinMs: number;
  /** Sends again what has no block yet. */
  readonly rebroadcastMs: number;
  /** Tries again after a node refused for now. */
  readonly retryMs: number;
  /** The indexer has so long to see a block before the lane asks for receipts itself. */
  readonly receiptMs: number;
  /** Tries again where every endpoint refuses everything. */
  readonly quarantineMs: number;
}

export const defaultIntervals: Intervals = {
  pollMs: 500,
  acquireMs: 1_000,
  reconcileMs: 2_000,
  reconcileMinMs: 250,
  rebroadcastMs: 15_000,
  retryMs: 1_000,
  receiptMs: 1_000,
  quarantineMs: 60_000,
};
