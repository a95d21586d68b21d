/** A gateway as far as its lanes go: it fights for each, works while it has it, and never asks whether it lost it. */
import { setImmediate as turn } from "node:timers/promises";
import type { Lease } from "../../src/domain/leadership.ts";
import type { LaneName } from "../../src/domain/transaction.ts";
import { AppError } from "../../src/shared/errors.ts";
import { createLeadership } from "../../src/store/leadership.ts";
import { createSenderStore } from "../../src/store/senderStore.ts";
import type { Store } from "../../src/store/store.ts";
import { attemptAt } from "./intents.ts";
import type { RaceLedger } from "./raceLedger.ts";

export interface RaceGateway {
  /** Works on all lanes until `isDone`. Rejects on any fault that a gateway must not meet. */
  run(isDone: () => boolean): Promise<void>;
  /** How often each lane was taken, and how often a write came too late. */
  readonly counts: { taken: number; superseded: number };
}

interface RaceGatewayOptions {
  readonly name: string;
  readonly store: Store;
  readonly ledger: RaceLedger;
  readonly lanes: readonly LaneName[];
}

const batch = 40;
const passing = ["leader.superseded", "store.unavailable", "store.transaction_timeout"];

export function createRaceGateway({ name, store, ledger, lanes }: RaceGatewayOptions): RaceGateway {
  const leadership = createLeadership(store);
  const sender = createSenderStore(store);
  const counts = { taken: 0, superseded: 0 };
  let serial = 0;

  async function broadcast(lease: Lease, lane: LaneName): Promise<void> {
    const open = await sender.open(lane);
    const attempts = open.flatMap(({ attempts: all }) => all);
    for (const { nonce, hash, transactionId: id } of attempts) ledger.send(lane.address, { nonce, hash, id });
    await sender.markBroadcast(
      lease,
      attempts.map(({ hash }) => ({ hash, atMs: 1 })),
    );
  }

  /** Each gateway signs other bytes, so that two that sign for one nonce are seen. */
  async function step(lease: Lease, lane: LaneName, nextNonce: number): Promise<number> {
    const intents = await sender.claim(lease, { lane, laneCount: lanes.length, limit: batch });
    if (intents.length === 0) return nextNonce;
    const attempts = intents.map(({ id }, index) => {
      serial += 1;
      return attemptAt(lane, nextNonce + index, { transactionId: id, hash: `0x${name}-${lane.number}-${serial}` });
    });
    await sender.saveSigned(lease, lane, nextNonce, attempts);
    await broadcast(lease, lane);
    return nextNonce + attempts.length;
  }

  /** Leads until a write fails or `isDone`; every so often it gives the lane back by itself. */
  async function lead(lane: LaneName, isDone: () => boolean): Promise<void> {
    const lease = await leadership.acquire(`lane:${lane.address}`);
    if (!lease) return;
    counts.taken += 1;
    try {
      let { nextNonce } = await sender.openLane(lease, lane, ledger.countOf(lane.address));
      await broadcast(lease, lane);
      for (let steps = 0; steps < 5 && !isDone(); steps += 1) nextNonce = await step(lease, lane, nextNonce);
    } finally {
      await leadership.release(lease);
    }
  }

  async function fight(lane: LaneName, isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      try {
        await lead(lane, isDone);
      } catch (error) {
        if (!(error instanceof AppError) || !passing.includes(error.code)) throw error;
        if (error.code === "leader.superseded") counts.superseded += 1;
      }
      await turn();
    }
  }

  return {
    counts,
    async run(isDone) {
      await Promise.all(lanes.map((lane) => fight(lane, isDone)));
    },
  };
}

/** What an indexer does for this: marks as final what the ledger executed. */
export async function indexUntil(store: Store, ledger: RaceLedger, isDone: () => boolean): Promise<void> {
  for (let seen = 0; !isDone() || seen < ledger.executed.length; ) {
    const fresh = ledger.executed.slice(seen);
    seen += fresh.length;
    await store.transaction(async (tx) => {
      for (const { hash } of fresh) {
        await tx.updateTable("transactions").set({ status: "final" }).where("hash", "=", hash).execute();
      }
    });
    await turn();
  }
}
