import type { Finality } from "../../domain/blockStore.ts";
import type { Leadership, Lease } from "../../domain/leadership.ts";
import type { ClaimedIntent, LaneName, SenderStore } from "../../domain/transaction.ts";
import type { Context } from "../../shared/context.ts";
import { AppError, invariant } from "../../shared/errors.ts";
import { failpoint } from "../../shared/failpoint.ts";
import type { Rpc } from "../rpc.ts";
import { createWorker, type Worker } from "../worker.ts";
import { signNew } from "./attempts.ts";
import { deliver } from "./deliver.ts";
import type { FeePolicy } from "./fees.ts";
import { defaultIntervals, type Intervals } from "./intervals.ts";
import { readLedgerState } from "./ledgerState.ts";
import { reconcile } from "./reconcile.ts";
import { createSigner } from "./signer.ts";
import { createTally, type Tally } from "./tally.ts";
import { isWaiting, type LaneParts, type LaneView, observe } from "./view.ts";

export interface LaneOptions {
  readonly context: Context;
  readonly rpc: Rpc;
  /** Each endpoint by itself, where there are several: asked before an act is given up. */
  readonly endpoints?: () => readonly Rpc[];
  readonly chainId: number;
  /** The lane's own private key (`laneKey`). */
  readonly key: string;
  readonly lane: LaneName;
  /** Lanes that take new intents. A lane with a higher number only brings to an end what it has begun. */
  readonly laneCount: number;
  readonly store: SenderStore;
  readonly leadership: Leadership;
  readonly fees: FeePolicy;
  /** Of an act; less than every block's limit, more than the largest act needs. */
  readonly gasLimit?: number;
  /**
   * Transactions that may be on the way at once. A node that makes blocks at intervals keeps only so many of one sender
   * (Besu 200), hence 150. A ledger that mines at once takes any number: there 1000 keeps batches long.
   */
  readonly inFlightMax?: number;
  /** Entries of one JSON-RPC batch. */
  readonly sendMax?: number;
  /**
   * An act is suspected to be replaced when so many heads in a row show its nonce used and none of its attempts in a block.
   * It is, when a final block has its nonce used: nothing leads back from *replaced*.
   */
  readonly headsUntilReplaced?: number;
  readonly finality?: Finality;
  /** A node has new transactions. */
  readonly onBroadcast: () => void;
  readonly intervals?: Partial<Intervals>;
}

/** Gauges and counts of a lane, for metrics and health. */
export interface LaneState extends Readonly<Tally> {
  readonly lane: string;
  readonly number: number;
  readonly isLeader: boolean;
  /** Null without the lead. */
  readonly epoch: number | null;
  readonly nextNonce: number | null;
  /** Transactions of the lane on the ledger, as of the last look. */
  readonly countOnLedger: number | null;
  readonly openCount: number;
  /** Since the oldest nonce that no block has was signed. */
  readonly headOfLaneAgeMs: number;
  /** Every endpoint refuses everything for the lowest nonce: a person must look. */
  readonly quarantined: boolean;
}

export interface Lane extends Worker {
  state(): LaneState;
  /** The ledger may have a new block, or somebody wants an open transaction cancelled: time to compare. */
  headChanged(): void;
}

/** A lane without its loop: tests take it step by step. */
export interface LaneSteps {
  step(): Promise<"busy" | "idle">;
  /** After a fault: what it knows of the store and the ledger is read again. */
  recover(): void;
  /** Gives the lead back. */
  end(): Promise<void>;
  state(): LaneState;
  headChanged(): void;
}

/**
 * One lane: takes its intents in order, gives each the next nonce, commits nonce, bytes and hash, and only then sends.
 * Whatever dies in between, the same bytes go out again. A nonce is never freed: if its act cannot be mined, a no-op is.
 * The lane's key pays for transactions and has no rights in any contract.
 */
export function createLane(options: LaneOptions): Lane {
  const steps = createLaneSteps(options);
  const { context, lane, intervals } = options;
  const { step, recover, end, state } = steps;
  const pollMs = intervals?.pollMs ?? defaultIntervals.pollMs;
  const worker = createWorker({ context, name: `lane ${lane.number}`, step, recover, end, pollMs });
  return {
    ...worker,
    state,
    headChanged() {
      steps.headChanged();
      worker.wake();
    },
  };
}

export function createLaneSteps(options: LaneOptions): LaneSteps {
  const { context, leadership } = options;
  const tally = createTally();
  const parts = partsOf(options, tally);
  const { lane, intervals } = parts;
  let lease: Lease | undefined;
  let view: LaneView | undefined;
  let acquireAtMs = 0;
  let hasNewHead = false;

  async function lead(): Promise<Lease | undefined> {
    if (lease) parts.assertLeads(lease);
    const nowMs = context.clock.wallMs();
    if (lease || nowMs < acquireAtMs) return lease;
    acquireAtMs = nowMs + intervals.acquireMs;
    lease = await leadership.acquire(`lane:${lane.address}`);
    if (lease) context.logger.info({ lane: lane.address, epoch: lease.epoch }, "the lane leads");
    return lease;
  }

  async function standDown(): Promise<void> {
    const lost = lease;
    lease = undefined;
    view = undefined;
    acquireAtMs = context.clock.wallMs() + intervals.acquireMs;
    if (lost) await leadership.release(lost);
  }

  async function work(held: Lease): Promise<"busy" | "idle"> {
    view ??= await open(parts, held);
    const sinceMs = context.clock.wallMs() - view.lookedAtMs;
    if (sinceMs >= (hasNewHead ? intervals.reconcileMinMs : intervals.reconcileMs)) {
      hasNewHead = false;
      // It reads the store.
      await noteBroadcast(parts, view);
      await reconcile(parts, view);
    }
    const outcome = await deliverAndSign(parts, view);
    if (outcome === "idle") await noteBroadcast(parts, view);
    return outcome;
  }

  return {
    async step() {
      try {
        const held = await lead();
        return held ? await work(held) : "idle";
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== "leader.superseded") throw error;
        tally.supersededTotal += 1;
        context.logger.warn({ lane: lane.address, epoch: lease?.epoch ?? null }, "another gateway leads this lane now");
        await standDown();
        return "idle";
      }
    },
    recover() {
      view = undefined;
    },
    end: standDown,
    state: () => stateOf({ lane, tally, lease, view, nowMs: context.clock.wallMs() }),
    headChanged() {
      hasNewHead = true;
    },
  };
}

/** Enough for the largest act, and under the limit of every block and every transaction (EIP-7825). */
const defaultGasLimit = 12_000_000;

function partsOf(options: LaneOptions, tally: Tally): LaneParts {
  const { rpc, key, chainId, lane, leadership } = options;
  const signer = createSigner({ key, chainId });
  invariant(signer.address === lane.address, "a lane signs with its own key");
  return {
    ...{
      endpoints: () => [rpc],
      gasLimit: defaultGasLimit,
      inFlightMax: 150,
      sendMax: 100,
      headsUntilReplaced: 2,
      finality: { kind: "instant" } as const,
    },
    ...options,
    ...{ batchMax: 500, signer, tally, intervals: { ...defaultIntervals, ...options.intervals } },
    assertLeads(lease) {
      if (leadership.isLost(lease)) throw new AppError("leader.superseded");
    },
  };
}

/** What was signed before, by this process or another, is there to be sent again. */
async function open(parts: LaneParts, lease: Lease): Promise<LaneView> {
  const { rpc, store, lane } = parts;
  const ledger = await readLedgerState(rpc, lane.address);
  const { nextNonce } = await store.openLane(lease, lane, ledger.count);
  return {
    ...{
      lease,
      nextNonce,
      ledger,
      claimed: [],
      unnoted: [],
      open: new Map(),
      taken: new Set(),
      sends: new Map(),
      refused: new Set(),
    },
    ...{ suspects: new Map(), mined: new Set(), retryAtMs: 0, quarantine: undefined, lastRefusal: undefined },
    // At once: the step that opens a lane goes on by comparing it with the ledger.
    lookedAtMs: Number.NEGATIVE_INFINITY,
  };
}

/**
 * While a node works at one batch, the next one is made ready: claimed, signed and stored. It leaves when all below is in.
 * Nothing is made ready while the lane is held up.
 */
async function deliverAndSign(parts: LaneParts, view: LaneView): Promise<"busy" | "idle"> {
  const isHeldUp = isWaiting(view, parts.context.clock.wallMs());
  const [delivered, signed] = await Promise.allSettled([deliver(parts, view), isHeldUp ? 0 : signNext(parts, view)]);
  if (delivered.status === "rejected") throw delivered.reason;
  if (signed.status === "rejected") throw signed.reason;
  return signed.value > 0 ? "busy" : "idle";
}

/** Takes the next intents as far as there is room on the way. The number of them. */
async function signNext(parts: LaneParts, view: LaneView): Promise<number> {
  const { rpc, lane, inFlightMax, batchMax } = parts;
  const room = () => inFlightMax - (view.nextNonce - view.ledger.count);
  if (room() <= 0) observe(view, await readLedgerState(rpc, lane.address));
  const intents = await nextIntents(parts, view, Math.min(batchMax, room()));
  if (intents.length === 0) return 0;
  failpoint("intent.claimed");
  const isNoting = view.unnoted.length > 0;
  await signNew(parts, view, { intents, claimMax: Math.min(batchMax, room() - intents.length) });
  failpoint("transaction.signed");
  if (isNoting) failpoint("transaction.recorded");
  return intents.length;
}

/** Those of the last commit, or else the next ones of the store. */
async function nextIntents(parts: LaneParts, view: LaneView, limit: number): Promise<readonly ClaimedIntent[]> {
  const { store, lane, laneCount } = parts;
  const { claimed } = view;
  view.claimed = [];
  if (limit <= 0) return [];
  if (claimed.length > 0 && claimed.length <= limit) return claimed;
  return await store.claim(view.lease, { lane, laneCount, limit });
}

/** A commit of its own, where no other takes it along. */
async function noteBroadcast({ store }: LaneParts, view: LaneView): Promise<void> {
  if (view.unnoted.length === 0) return;
  await store.markBroadcast(view.lease, view.unnoted);
  view.unnoted = [];
  failpoint("transaction.recorded");
}

interface StateParts {
  readonly lane: LaneName;
  readonly tally: Tally;
  readonly lease: Lease | undefined;
  readonly view: LaneView | undefined;
  readonly nowMs: number;
}

function stateOf({ lane, tally, lease, view, nowMs }: StateParts): LaneState {
  const open = view ? [...view.open.values()].filter(({ nonce }) => !view.mined.has(nonce)) : [];
  const signedAtMs = open[0]?.attempts[0]?.signedAtMs;
  return {
    ...tally,
    refusedTotal: { ...tally.refusedTotal },
    lane: lane.address,
    number: lane.number,
    isLeader: lease !== undefined,
    epoch: lease?.epoch ?? null,
    nextNonce: view?.nextNonce ?? null,
    countOnLedger: view?.ledger.count ?? null,
    openCount: open.length,
    headOfLaneAgeMs: signedAtMs === undefined ? 0 : Math.max(0, nowMs - signedAtMs),
    quarantined: view?.quarantine !== undefined,
  };
}
