/** Lanes of several processes over one store and one node, on a virtual clock, step by step. */

import type { Rpc } from "../../../src/chain/rpc.ts";
import { createLaneSteps, type LaneOptions, type LaneSteps } from "../../../src/chain/sending/lane.ts";
import { laneName } from "../../../src/chain/sending/laneKeys.ts";
import type { SenderStore } from "../../../src/domain/transaction.ts";
import { createFixedClock } from "../../../src/shared/clock.ts";
import { createShutdown } from "../../../src/shared/shutdown.ts";
import { createRecordingLogger } from "../../http/testServer.ts";
import { createFakeNode, type FakeNode } from "./fakeNode.ts";
import { createMemoryStore, type MemoryStore } from "./memoryStore.ts";

export const key = `0x${"5a".repeat(32)}`;
export const lane = laneName(key, 0);

class PowerCut extends Error {}

/**
 * Every operation of store and ledger has a point before it and one after: there the power can be cut (nothing works
 * after it), the caller can be told of a fault although it was done, or the process can be put to sleep.
 */
interface Wires {
  readonly rpc: Rpc;
  readonly store: SenderStore;
  arm(what: { readonly cutAt?: number; readonly faultAt?: number; readonly sleepAt?: number }): void;
  readonly asleep: () => Promise<void>;
  wake(): void;
  readonly isCut: () => boolean;
}

function createWires(rpc: Rpc, store: SenderStore): Wires {
  let left = { cutAt: 0, faultAt: 0, sleepAt: 0 };
  let isCut = false;
  let sleep = Promise.withResolvers<void>();
  let wake = Promise.withResolvers<void>();

  async function pass(): Promise<void> {
    if (isCut) throw new PowerCut();
    left = { cutAt: left.cutAt - 1, faultAt: left.faultAt - 1, sleepAt: left.sleepAt - 1 };
    if (left.cutAt === 0) {
      isCut = true;
      throw new PowerCut();
    }
    if (left.faultAt === 0) throw new Error("a moment's fault");
    if (left.sleepAt !== 0) return;
    sleep.resolve();
    await wake.promise;
  }

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    await pass();
    const result = await work();
    await pass();
    return result;
  }

  return {
    arm({ cutAt = 0, faultAt = 0, sleepAt = 0 }) {
      left = { cutAt, faultAt, sleepAt };
      sleep = Promise.withResolvers();
      wake = Promise.withResolvers();
    },
    asleep: () => sleep.promise,
    wake: () => wake.resolve(),
    isCut: () => isCut,
    rpc: {
      call: (method, params) => guarded(() => rpc.call(method, params)),
      batch: (calls) => guarded(() => rpc.batch(calls)),
    },
    store: {
      openLane: (lease, name, count) => guarded(() => store.openLane(lease, name, count)),
      claim: (lease, take) => guarded(() => store.claim(lease, take)),
      saveSigned: (lease, name, ...rest) => guarded(() => store.saveSigned(lease, name, ...rest)),
      saveAttempt: (lease, attempt, means) => guarded(() => store.saveAttempt(lease, attempt, means)),
      markBroadcast: (lease, sent) => guarded(() => store.markBroadcast(lease, sent)),
      open: (name) => guarded(() => store.open(name)),
      markReplaced: (lease, ids) => guarded(() => store.markReplaced(lease, ids)),
      knownLanes: () => store.knownLanes(),
    },
  };
}

export interface Process {
  readonly steps: LaneSteps;
  readonly wires: Wires;
  /** Steps until there is nothing to do, at most so many. Faults that pass are met as the worker meets them. */
  run(max?: number): Promise<void>;
}

export interface World {
  readonly node: FakeNode;
  readonly memory: MemoryStore;
  readonly clock: ReturnType<typeof createFixedClock>;
  readonly logger: ReturnType<typeof createRecordingLogger>;
  /** Told so often that a node has something new. */
  readonly told: () => number;
  start(options?: Partial<LaneOptions>): Process;
  accept(count?: number): readonly string[];
  /** The indexer reads what is on the ledger. */
  index(): void;
}

export function createWorld(defaults: Partial<LaneOptions> = {}): World {
  const node = createFakeNode();
  const memory = createMemoryStore();
  const clock = createFixedClock(1_000_000);
  const logger = createRecordingLogger();
  let accepted = 0;
  let told = 0;

  return {
    ...{ node, memory, clock, logger },
    told: () => told,
    start(options = {}) {
      const wires = createWires(node.rpc, memory.store);
      const steps = createLaneSteps({
        context: { logger, clock, shutdown: createShutdown() },
        ...{ chainId: 31_337, key, lane, laneCount: 1, fees: { kind: "zero" } },
        leadership: memory.joinLeadership(),
        onBroadcast: () => {
          told += 1;
        },
        ...defaults,
        ...options,
        ...{ rpc: options.rpc ?? wires.rpc, store: wires.store },
      });
      return { steps, wires, run: (max = 50) => run(steps, max) };
    },
    accept(count = 1) {
      const ids = Array.from({ length: count }, (_, index) => `act-${accepted + index}`);
      // Each act says its number, so that none can pass for another.
      for (const [index, id] of ids.entries()) {
        memory.accept(id, `0x${(accepted + index).toString(16).padStart(8, "0")}`);
      }
      accepted += count;
      return ids;
    },
    index: () => memory.index(node.onLedger()),
  };
}

async function run(steps: LaneSteps, max: number): Promise<void> {
  for (let taken = 0; taken < max; taken += 1) {
    try {
      if ((await steps.step()) === "idle") return;
    } catch (error) {
      if (error instanceof PowerCut) return;
      if (error instanceof Error && error.message.startsWith("invariant:")) throw error;
      steps.recover();
    }
  }
}

export function statusesOf({ memory }: World): Readonly<Record<string, string>> {
  return Object.fromEntries([...memory.transactions].map(([id, { status }]) => [id, status]));
}

export function attemptsOf({ memory }: World, id: string) {
  return memory.transactions.get(id)?.attempts ?? [];
}

/** Nonces in the order in which they were offered. */
export const nonces = ({ node }: World) => node.offered.map(({ nonce }) => nonce);

/** A look at the ledger, and what follows from it. */
export async function look({ steps, run }: Process, { clock }: World, afterMs = 1_000): Promise<void> {
  clock.advanceMs(afterMs);
  steps.headChanged();
  await run();
}
