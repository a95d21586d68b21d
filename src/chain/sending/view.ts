import type { Finality } from "../../domain/blockStore.ts";
import type { Lease } from "../../domain/leadership.ts";
import type {
  Attempt,
  Broadcast,
  ClaimedIntent,
  LaneName,
  OpenTransaction,
  SenderStore,
} from "../../domain/transaction.ts";
import type { Context } from "../../shared/context.ts";
import type { Rpc } from "../rpc.ts";
import { type FeePolicy, maxPriceOf } from "./fees.ts";
import type { Intervals } from "./intervals.ts";
import type { LedgerState } from "./ledgerState.ts";
import type { Signer } from "./signer.ts";
import type { Tally } from "./tally.ts";

/** What all parts of a lane work with. */
export interface LaneParts {
  readonly context: Context;
  readonly rpc: Rpc;
  /** Every endpoint by itself, for questions that need more than one witness. */
  readonly endpoints: () => readonly Rpc[];
  readonly store: SenderStore;
  readonly lane: LaneName;
  readonly laneCount: number;
  readonly signer: Signer;
  readonly fees: FeePolicy;
  readonly gasLimit: number;
  readonly inFlightMax: number;
  readonly batchMax: number;
  readonly sendMax: number;
  readonly headsUntilReplaced: number;
  readonly finality: Finality;
  readonly intervals: Intervals;
  readonly tally: Tally;
  readonly onBroadcast: () => void;
  /** @throws AppError `leader.superseded` when the lock behind the lease is gone: nothing may leave any more. */
  readonly assertLeads: (lease: Lease) => void;
}

/** What a lane knows while it leads. The store holds the truth: with the lead, or after a fault, this is thrown away. */
export interface LaneView {
  readonly lease: Lease;
  /** The next nonce that this store will give out. */
  nextNonce: number;
  ledger: LedgerState;
  /** Taken in the commit of those before, and signed next. */
  claimed: readonly ClaimedIntent[];
  /** Sent, and not noted in the store yet; lost with this view, it is sent once more. */
  unnoted: Broadcast[];
  /** Signed or broadcast and not known in a block, by nonce, lowest first; as of the last look into the store. */
  open: Map<number, OpenTransaction>;
  /** Nonces of which a node has bytes or which are used: nothing is missing there. */
  readonly taken: Set<number>;
  /** When each attempt was sent in this lead. */
  readonly sends: Map<string, { readonly firstMs: number; readonly lastMs: number }>;
  /** Attempts that every endpoint refuses for good. */
  readonly refused: Set<string>;
  /** Nonces that are used by nothing of ours as far as is known: at how many heads, and which was the last. */
  readonly suspects: Map<number, { readonly heads: number; readonly headHash: string }>;
  /** Nonces of which an attempt of ours has a receipt, as of the head that was seen last. */
  readonly mined: Set<number>;
  /** Nothing is sent before: the node asked for time, or only a person can help. */
  retryAtMs: number;
  /** The nonce for which nothing can be sent at all. */
  quarantine: number | undefined;
  /** The refusal that was logged last, so that each is logged once. */
  lastRefusal: string | undefined;
  lookedAtMs: number;
}

/** A newer state of the ledger. One that counts less has taken blocks back: what was in them may be missing everywhere. */
export function observe(view: LaneView, ledger: LedgerState): void {
  if (ledger.count < view.ledger.count) {
    view.taken.clear();
    view.suspects.clear();
  }
  // Another block may be on another branch, with somebody else's transaction in the place of ours and as many as before.
  if (ledger.headHash !== view.ledger.headHash) view.mined.clear();
  view.ledger = ledger;
  if (view.quarantine !== undefined && view.quarantine < ledger.count) release(view);
}

/** The nonce that held the lane up is used, or something of it was taken. */
export function release(view: LaneView): void {
  view.quarantine = undefined;
  view.retryAtMs = 0;
}

/** The lowest nonce of which a node may miss the bytes; `nextNonce` when there is none. */
export function frontierOf({ ledger, nextNonce, taken }: LaneView): number {
  let nonce = ledger.count;
  while (nonce < nextNonce && taken.has(nonce)) nonce += 1;
  return nonce;
}

/**
 * Whether something must be sent that cannot be sent now. It is not time yet; or its bytes are not to be had, because a
 * block was taken back and the store does not know of it yet, or because an endpoint lags.
 */
export function isWaiting(view: LaneView, nowMs: number): boolean {
  const frontier = frontierOf(view);
  return frontier < view.nextNonce && (nowMs < view.retryAtMs || !view.open.has(frontier));
}

/**
 * With its attempts in the order in which they were made, also where several were made in one millisecond: a no-op comes
 * after the acts, and each attempt pays more than the one before.
 */
export function inOrder(transaction: OpenTransaction): OpenTransaction {
  const attempts = transaction.attempts.toSorted(
    (a, b) =>
      Number(a.kind === "noop") - Number(b.kind === "noop") ||
      Number(maxPriceOf(a.fee) - maxPriceOf(b.fee)) ||
      a.signedAtMs - b.signedAtMs,
  );
  return { ...transaction, attempts };
}

/**
 * Which of the stored bytes stand for a nonce now. The newest ones, but where the act was never taken by any node, the act
 * before its no-op: what refused it may have been mended.
 */
export function candidateOf(view: LaneView, { attempts, noopMeans }: OpenTransaction): Attempt | undefined {
  const left = attempts.filter(({ hash }) => !view.refused.has(hash)).reverse();
  const neverTaken = attempts.every(({ kind, broadcastAtMs }) => kind === "noop" || broadcastAtMs === null);
  const act = noopMeans === "dead" && neverTaken ? left.find(({ kind }) => kind === "act") : undefined;
  return act ?? left[0];
}
