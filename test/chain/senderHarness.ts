/** Lanes over a real store and a real ledger, for as long as they have something to do. */
import { expect } from "chai";
import { getCreateAddress } from "ethers";
import type { Rpc, RpcCall } from "../../src/chain/rpc.ts";
import { createLaneSteps, type LaneSteps } from "../../src/chain/sending/lane.ts";
import { laneKey, laneName } from "../../src/chain/sending/laneKeys.ts";
import type { LaneName, SenderStore } from "../../src/domain/transaction.ts";
import { createFixedClock } from "../../src/shared/clock.ts";
import type { Context, Logger } from "../../src/shared/context.ts";
import { silentLogger } from "../../src/shared/context.ts";
import { AppError } from "../../src/shared/errors.ts";
import { createShutdown } from "../../src/shared/shutdown.ts";
import { createLeadership } from "../../src/store/leadership.ts";
import { createSenderStore } from "../../src/store/senderStore.ts";
import type { Store } from "../../src/store/store.ts";
import { enterIntent } from "../store/blockFixture.ts";
import { makeKey, send, type TestChain, type TestKey } from "./chainFixture.ts";
import { contracts } from "./ledger/ledgerFixture.ts";

export function contextWith(logger: Logger = silentLogger): Context & { clock: ReturnType<typeof createFixedClock> } {
  return { logger, clock: createFixedClock(0), shutdown: createShutdown() };
}

/** A contract that counts its calls. */
export async function deployCounter(chain: TestChain): Promise<string> {
  const { key, address } = makeKey();
  await send(chain, key, { to: null, data: contracts.counter });
  return getCreateAddress({ from: address, nonce: 0 }).toLowerCase();
}

export async function countOf(chain: TestChain, counter: string): Promise<number> {
  return Number(await chain.rpc.call<string>("eth_getStorageAt", [counter, "0x0", "latest"]));
}

export const isBroadcast = (calls: readonly RpcCall[]) => calls.some(({ method }) => method.endsWith("RawTransaction"));

class PowerCut extends Error {}

/**
 * What a power cut at one of its points does: the operation was done or not, its caller never learns, and nothing works
 * after it. Every operation of ledger and store has a point before and a point after.
 */
function createWires(rpc: Rpc, store: SenderStore, cutAt = Number.POSITIVE_INFINITY) {
  let points = 0;

  function pass(): void {
    points += 1;
    if (points >= cutAt) throw new PowerCut();
  }

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    pass();
    const result = await work();
    pass();
    return result;
  }

  return {
    points: () => points,
    rpc: {
      call: rpc.call,
      batch: (calls) => guarded(() => rpc.batch(calls)),
    } satisfies Rpc,
    store: {
      openLane: (lease, name, count) => guarded(() => store.openLane(lease, name, count)),
      claim: (lease, take) => guarded(() => store.claim(lease, take)),
      saveSigned: (lease, name, ...rest) => guarded(() => store.saveSigned(lease, name, ...rest)),
      saveAttempt: (lease, attempt, means) => guarded(() => store.saveAttempt(lease, attempt, means)),
      markBroadcast: (lease, sent) => guarded(() => store.markBroadcast(lease, sent)),
      open: (name) => guarded(() => store.open(name)),
      markReplaced: (lease, ids) => guarded(() => store.markReplaced(lease, ids)),
      knownLanes: () => store.knownLanes(),
    } satisfies SenderStore,
  };
}

interface RunOptions {
  readonly cutAt?: number;
  readonly wrap?: (rpc: Rpc) => Rpc;
  readonly sendMax?: number;
  readonly number?: number;
  readonly laneCount?: number;
}

export interface TestLane {
  readonly key: TestKey;
  readonly counter: string;
  readonly ids: readonly string[];
  /** Accepts intents, which count the counter up. */
  accept(count: number): Promise<void>;
  /** Lets a new process work until it is idle or its power is cut. The number of points that it passed. */
  run(options?: RunOptions): Promise<number>;
  /** Every accepted intent is on the ledger once, in order, at nonces without a hole; or fails. */
  expectAllOnce(): Promise<void>;
}

export function createLane(chain: TestChain, store: Store, counter: string): TestLane {
  const key = makeKey();
  const accepted: string[] = [];
  let countBefore: number | undefined;

  return {
    ...{ key, counter, ids: accepted },
    async accept(count) {
      countBefore ??= await countOf(chain, counter);
      for (let n = 0; n < count; n += 1) {
        const id = `${key.address}-${accepted.length}`;
        accepted.push(id);
        await enterIntent(store, { id, target: counter, data: `0x${accepted.length.toString(16).padStart(8, "0")}` });
      }
    },
    async run({ cutAt, wrap = (rpc: Rpc) => rpc, ...options } = {}) {
      const wires = createWires(wrap(chain.rpc), createSenderStore(store), cutAt);
      const { number = 0, laneCount = 1, sendMax = 100 } = options;
      const context = contextWith();
      const steps = createLaneSteps({
        ...{ context, rpc: wires.rpc, store: wires.store, chainId: chain.chainId, laneCount, sendMax },
        ...{ key: laneKey(key.key, number), lane: laneName(key.key, number), leadership: createLeadership(store) },
        ...{ fees: { kind: "zero" }, inFlightMax: 1_000, onBroadcast() {} },
      });
      await runToIdle(steps, context);
      return wires.points();
    },
    async expectAllOnce() {
      await expectOnLedger(chain, store, { lane: laneName(key.key, 0), ids: accepted });
      const done = (await countOf(chain, counter)) - (countBefore ?? 0);
      if (accepted.length > 0) expect(done, "acts done").to.equal(accepted.length);
    },
  };
}

async function runToIdle(steps: LaneSteps, { clock }: ReturnType<typeof contextWith>): Promise<void> {
  try {
    for (;;) {
      const isIdle = await steps.step().then(
        (outcome) => outcome === "idle",
        (error: unknown) => {
          if (error instanceof PowerCut || String(error).includes("invariant:")) throw error;
          steps.recover();
          clock.advanceMs(1_000);
        },
      );
      if (isIdle) return;
    }
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
  } finally {
    await steps.end();
  }
}

/** These intents, in this order, are all that the lane has done. */
async function expectOnLedger(
  chain: TestChain,
  store: Store,
  { lane, ids }: { lane: LaneName; ids: readonly string[] },
): Promise<void> {
  const count = await chain.rpc.call<string>("eth_getTransactionCount", [lane.address, "latest"]);
  expect(Number(count), "transactions of the lane on the ledger").to.equal(ids.length);
  for (const [index, id] of ids.entries()) {
    const row = await store.db.selectFrom("transactions").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
    expect([row.nonce, row.lane], id).to.deep.equal([index, lane.address]);
    // Still signed where the reply was lost: the ledger has it in a block, and the indexer will say so.
    expect(row.status, id).to.be.oneOf(["signed", "broadcast", "mined", "final"]);
    const mined = await chain.rpc.call<Mined | null>("eth_getTransactionByHash", [row.hash]);
    expect(mined?.nonce, id).to.equal(`0x${index.toString(16)}`);
    expect(mined?.input, id).to.equal(row.data);
  }
}

interface Mined {
  readonly nonce: string;
  readonly input: string;
}

/** Breaks the connection at the n-th broadcast: before the ledger took it, or after, so that the reply is lost. */
export function breaking(n: number, lost: "request" | "reply") {
  return (rpc: Rpc): Rpc => {
    let broadcasts = 0;
    return {
      call: rpc.call,
      async batch(calls) {
        if (isBroadcast(calls)) broadcasts += 1;
        const breaks = isBroadcast(calls) && broadcasts === n;
        const results = breaks && lost === "request" ? [] : await rpc.batch(calls);
        if (!breaks) return results;
        throw new AppError("chain.unavailable");
      },
    };
  };
}
