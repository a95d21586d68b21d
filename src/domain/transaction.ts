import { createHash } from "node:crypto";
import type { Lease } from "./leadership.ts";

/**
 * An intent's way to the ledger. *accepted*: stored with its idempotency key. *assigned*: a lane has taken it.
 * *signed*: nonce, bytes and hash are stored. *broadcast*: a node has the bytes. *mined*: in a block that may still be
 * reorganised away. *final*: in a block that may not. Ends without success: *reverted* (executed and failed),
 * *cancelled* (a no-op took its nonce, or it never had one), *replaced* (somebody else's transaction took its nonce),
 * *dead* (every node refuses its bytes for good; a no-op took its nonce).
 */
export const transactionStatuses = [
  "accepted",
  "assigned",
  "signed",
  "broadcast",
  "mined",
  "final",
  "reverted",
  "cancelled",
  "replaced",
  "dead",
] as const;
export type TransactionStatus = (typeof transactionStatuses)[number];

/** Not in a block yet. */
export const pendingStatuses = ["accepted", "assigned", "signed", "broadcast"] as const satisfies TransactionStatus[];

/** Deals are spread over so many slots, and slots over the lanes that there are. */
export const slotCount = 1_024;

/** The slot of a deal, the same in every process and for ever. */
export function slotOf(deal: string): number {
  return createHash("sha256").update(deal).digest().readUInt32BE() % slotCount;
}

/** An intent that a lane has taken and will sign next. */
export interface ClaimedIntent {
  readonly id: string;
  readonly target: string;
  readonly data: string;
  /** W3C trace context of the request that made it. */
  readonly traceParent: string | null;
}

/** Prices of an attempt, in wei as decimal strings. */
export type Fee =
  | { readonly type: 0; readonly gasPrice: string }
  | { readonly type: 2; readonly maxFeePerGas: string; readonly maxPriorityFeePerGas: string };

/** One signed transaction for a nonce. All of a nonce are kept: any of them may be the one that is mined. */
export interface Attempt {
  readonly hash: string;
  readonly transactionId: string;
  readonly nonce: number;
  /** A *noop* sends nothing to the lane itself, only to use up the nonce. */
  readonly kind: "act" | "noop";
  readonly raw: string;
  readonly fee: Fee;
  readonly signedAtMs: number;
  /** When a node was first known to have it; null while it may never have left. */
  readonly broadcastAtMs: number | null;
}

/** What a mined no-op makes of its intent. */
export type NoopMeaning = "cancelled" | "dead";

/** A transaction with a nonce that is not known to be in a block. */
export interface OpenTransaction {
  readonly id: string;
  readonly nonce: number;
  readonly status: "signed" | "broadcast";
  readonly target: string;
  readonly data: string;
  readonly cancelRequested: boolean;
  /** Set when a no-op attempt was made. */
  readonly noopMeans: NoopMeaning | null;
  /** Oldest first, at least one. */
  readonly attempts: readonly Attempt[];
}

export interface LaneName {
  readonly address: string;
  readonly number: number;
}

/** Which intents a lane takes: the oldest of its slots (`slot % laneCount = lane.number`). */
export interface Take {
  readonly lane: LaneName;
  readonly laneCount: number;
  readonly limit: number;
}

/** Bytes that a node has had since then. */
export interface Broadcast {
  readonly hash: string;
  readonly atMs: number;
}

/** What a lane under load writes in the commit of its next nonces, instead of in two more. */
export interface AlsoSaved {
  readonly broadcast: readonly Broadcast[];
  readonly take: Take | undefined;
}

/**
 * Where a lane keeps its truth. Each method is one commit, and each write first checks the lease.
 * @throws AppError `leader.superseded` when the lease's epoch is not the last one; nothing is written then.
 */
export interface SenderStore {
  /**
   * Makes the lane known. Its next nonce is what this store gave out; a ledger that has counted more is a broken
   * invariant: another sender has the key, or the store is an old copy.
   */
  openLane(lease: Lease, lane: LaneName, countOnLedger: number): Promise<{ readonly nextNonce: number }>;
  /**
   * Marks the next intents assigned and gives them in order, those that the lane has already taken included. An intent
   * waits while an earlier open one that shares a deal with it is in another lane, and whatever shares a deal with one
   * that waits, waits behind it. One whose cancellation was asked for ends here.
   */
  claim(lease: Lease, take: Take): Promise<readonly ClaimedIntent[]>;
  /**
   * First attempts with contiguous nonces from `firstNonce`: nonces, bytes, hashes, and the lane moves on.
   * @returns what `also.take` claims after them; undefined, and nothing is written, when the cancellation of one of
   *   them was asked for since it was claimed
   */
  saveSigned(
    lease: Lease,
    lane: LaneName,
    firstNonce: number,
    ...rest: [attempts: readonly Attempt[], also?: AlsoSaved]
  ): Promise<readonly ClaimedIntent[] | undefined>;
  /** Another attempt at the nonce of an open transaction. */
  saveAttempt(lease: Lease, attempt: Attempt, noopMeans: NoopMeaning | null): Promise<void>;
  /** A node has these bytes. What the indexer has seen in a block meanwhile stays as it is. */
  markBroadcast(lease: Lease, sent: readonly Broadcast[]): Promise<void>;
  /** Signed or broadcast: lowest nonce first. */
  open(lane: LaneName): Promise<readonly OpenTransaction[]>;
  /** The nonce was used by a transaction that is none of the attempts. */
  markReplaced(lease: Lease, ids: readonly string[]): Promise<void>;
  /** Lanes that this store has ever opened, in order of their numbers. */
  knownLanes(): Promise<readonly LaneName[]>;
}
