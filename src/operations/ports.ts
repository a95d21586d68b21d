/**
 * What operations need to know of the parts, as those parts tell it. Plain snapshots: asking costs nothing and never
 * waits. Totals count since this process began. The composition root hands over functions of these shapes.
 */

/** Absent while it is not known yet. */
export type Reading = number | null | undefined;

export interface IndexerState {
  /** Highest block that enough endpoints show. */
  readonly head?: Reading;
  /** Last block in the store. */
  readonly indexed?: Reading;
  /** Last block that nothing can take back. */
  readonly finalized?: Reading;
  readonly lagBlocks?: Reading;
  /** Zero while nothing is behind, however old the last block is. */
  readonly lagSeconds?: Reading;
  /** By the upper end of the bucket of the depth: a few fixed keys, all there from the start. */
  readonly reorgsTotal: Readonly<Record<string, number>>;
  /** Events taken back in the sequences of all organisations. */
  readonly retractionsTotal: number;
  /** Blocks whose contents did not fit their header, by check (`receipts_root`, `parent`, …). */
  readonly verifyFailuresTotal: Readonly<Record<string, number>>;
  /** No endpoint gives this block in a form that passes its checks. */
  readonly quarantined: { readonly block: number; readonly check: string } | undefined;
  /** Whether this process writes the index; the others follow. */
  readonly isLeader: boolean;
}

export interface LaneState {
  /** Place of the lane among the lanes, from 0. */
  readonly number: number;
  /** Whether this process sends for it. The others know nothing of its nonces. */
  readonly isLeader: boolean;
  /** The lane sends nothing until a person has looked. */
  readonly quarantined: boolean;
  readonly nextNonce?: Reading;
  /** Transactions of the lane on the ledger, by the `latest` block. */
  readonly countOnLedger?: Reading;
  /** Signed or broadcast, not in a block. As of the same look as the two above. */
  readonly openCount: number;
  /** Age of the lowest nonce that is not in a block, since it was signed; 0 where there is none. */
  readonly headOfLaneAgeMs: number;
  readonly broadcastTotal: number;
  readonly rebroadcastTotal: number;
  readonly bumpTotal: number;
  readonly cancelTotal: number;
  /** Nonces that somebody else's transaction used. */
  readonly replacedTotal: number;
  readonly deadTotal: number;
  /** Times that another process had taken the lead. */
  readonly supersededTotal: number;
  /** Refusals of nodes by class. */
  readonly refusedTotal: Readonly<Record<string, number>>;
}

export interface EndpointState {
  /** A short name without credentials. */
  readonly name: string;
  readonly breaker: BreakerState;
  /** It gave what does not verify. */
  readonly setAside: boolean;
  readonly otherChain: boolean;
}

export const breakerStates = ["closed", "half_open", "open"] as const;
export type BreakerState = (typeof breakerStates)[number];

/** One round trip to an endpoint, as the JSON-RPC client tells it. */
export interface RpcObservation {
  /** Of a batch: the method of all its calls, or `mixed`. */
  readonly method: string;
  readonly endpoint: string;
  readonly seconds: number;
  /** `ok`, or the class of the error. */
  readonly outcome: string;
}

export interface StoreState {
  /** Transactions and reads that wait for a connection. */
  readonly waiting?: Reading;
  /** Forced writes of the embedded engine. */
  readonly syncsTotal?: Reading;
  /** Seconds since the last online backup was complete; absent where none was made. */
  readonly backupAgeSeconds?: Reading;
  readonly backupFailuresTotal?: Reading;
  readonly maintenanceFailuresTotal?: Reading;
}

/** What only the store can count, by asking it. */
export interface QueueState {
  /** Transactions that are not in a block, by status. */
  readonly count: Readonly<Record<string, number>>;
  readonly oldestCreatedAtMs: number | null;
}

export interface WorkerState {
  /** Why it stopped for good. */
  failure(): Error | undefined;
}

/** When a transaction passed its stages, in wall milliseconds. */
export interface TransactionTimes {
  readonly id: string;
  readonly traceParent: string | null;
  readonly acceptedAtMs: number;
  /** When its first attempt was signed. */
  readonly signedAtMs: number | null;
  /** When a node was first known to have any of its attempts. */
  readonly broadcastAtMs: number | null;
}
