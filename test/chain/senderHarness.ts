/** A sender between a real ledger and a real store, with the wires in the test's hands. */
import { expect } from "chai";
import { getCreateAddress } from "ethers";
import type { Rpc, RpcCall } from "../../src/chain/rpc.ts";
import { createSender } from "../../src/chain/sender.ts";
import type { Worker } from "../../src/chain/worker.ts";
import type { SenderStore } from "../../src/domain/transaction.ts";
import { createFixedClock } from "../../src/shared/clock.ts";
import type { Context, Logger } from "../../src/shared/context.ts";
import { silentLogger } from "../../src/shared/context.ts";
import { AppError } from "../../src/shared/errors.ts";
import { createShutdown } from "../../src/shared/shutdown.ts";
import { createSenderStore } from "../../src/store/senderStore.ts";
import type { Store } from "../../src/store/store.ts";
import { enterIntent } from "../store/blockFixture.ts";
import { makeKey, send, type TestChain, type TestKey } from "./chainFixture.ts";
import { contracts } from "./ledger/ledgerFixture.ts";

export function contextWith(logger: Logger = silentLogger): Context {
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

/**
 * What a power cut at one of its points does: the operation was done or not, its caller never learns, and nothing works
 * after it. Every operation of ledger and store has a point before and a point after.
 */
export interface Wires {
  readonly rpc: Rpc;
  readonly store: SenderStore;
  /** Points passed so far. */
  points(): number;
  readonly cut: Promise<void>;
  /** The sender found nothing more to do. */
  readonly idle: Promise<void>;
}

export function createWires(rpc: Rpc, store: SenderStore, cutAt = Number.POSITIVE_INFINITY): Wires {
  const cut = Promise.withResolvers<void>();
  const idle = Promise.withResolvers<void>();
  let points = 0;

  function pass(): void {
    points += 1;
    if (points < cutAt) return;
    cut.resolve();
    throw new Error("a power cut");
  }

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    pass();
    const result = await work();
    pass();
    return result;
  }

  return {
    ...{ points: () => points, cut: cut.promise, idle: idle.promise },
    rpc: {
      call: (method, params) => guarded(() => rpc.call(method, params)),
      batch: (calls) => guarded(() => rpc.batch(calls)),
    },
    store: {
      openLane: (lane, count) => guarded(() => store.openLane(lane, count)),
      saveSigned: (lane, first, signed) => guarded(() => store.saveSigned(lane, first, signed)),
      markBroadcast: (ids) => guarded(() => store.markBroadcast(ids)),
      unmined: (lane) => guarded(() => store.unmined(lane)),
      accepted: async (limit) => {
        const found = await guarded(() => store.accepted(limit));
        if (found.length === 0) idle.resolve();
        return found;
      },
    },
  };
}

export interface Lane {
  readonly key: TestKey;
  readonly counter: string;
  /** Accepts intents, which count the counter up. */
  accept(count: number): Promise<void>;
  /** Lets a new sender work until it is idle or its power is cut. The number of points that it passed. */
  run(options?: { cutAt?: number; wrap?: (rpc: Rpc, sender: () => Worker) => Rpc }): Promise<number>;
  /** Every accepted intent is on the ledger once, in order, at nonces without a hole; or fails. */
  expectAllOnce(): Promise<void>;
}

export function createLane(chain: TestChain, store: Store, counter: string): Lane {
  const key = makeKey();
  const accepted: string[] = [];
  let countBefore: number | undefined;

  return {
    ...{ key, counter },
    async accept(count) {
      countBefore ??= await countOf(chain, counter);
      for (let n = 0; n < count; n += 1) {
        const id = `${key.address}-${accepted.length}`;
        accepted.push(id);
        await enterIntent(store, { id, target: counter, data: `0x${accepted.length.toString(16).padStart(8, "0")}` });
      }
    },
    async run({ cutAt, wrap = (rpc: Rpc) => rpc } = {}) {
      const wires = createWires(
        wrap(chain.rpc, () => sender),
        createSenderStore(store),
        cutAt,
      );
      const sender = createSender({
        ...{ context: contextWith(), rpc: wires.rpc, chainId: chain.chainId, laneKey: key.key, store: wires.store },
        onBroadcast() {},
      });
      sender.start();
      await Promise.race([wires.idle, wires.cut]);
      await sender.stop();
      expect(sender.failure()).to.equal(undefined);
      return wires.points();
    },
    async expectAllOnce() {
      const count = await chain.rpc.call<string>("eth_getTransactionCount", [key.address, "latest"]);
      expect(Number(count), "transactions of the lane on the ledger").to.equal(accepted.length);
      const done = (await countOf(chain, counter)) - (countBefore ?? 0);
      if (accepted.length > 0) expect(done, "acts done").to.equal(accepted.length);
      for (const [index, id] of accepted.entries()) {
        const row = await store.db
          .selectFrom("transactions")
          .selectAll()
          .where("id", "=", id)
          .executeTakeFirstOrThrow();
        expect([row.nonce, row.lane], id).to.deep.equal([index, key.address]);
        expect(row.status, id).to.be.oneOf(["broadcast", "mined"]);
        const mined = await chain.rpc.call<Mined | null>("eth_getTransactionByHash", [row.hash]);
        expect(mined?.nonce, id).to.equal(`0x${index.toString(16)}`);
        expect(mined?.input, id).to.equal(row.data);
      }
    },
  };
}

interface Mined {
  readonly nonce: string;
  readonly input: string;
}

/** Breaks the connection at the n-th broadcast: before the ledger took it, or after, so that the reply is lost. */
export function breaking(n: number, lost: "request" | "reply") {
  return (rpc: Rpc, sender: () => Worker): Rpc => {
    let broadcasts = 0;
    return {
      call: rpc.call,
      async batch(calls) {
        if (isBroadcast(calls)) broadcasts += 1;
        const breaks = isBroadcast(calls) && broadcasts === n;
        const results = breaks && lost === "request" ? [] : await rpc.batch(calls);
        if (!breaks) return results;
        // Without a wake-up it would wait a quarter of a second before it tries again.
        sender().wake();
        throw new AppError("chain.unavailable");
      },
    };
  };
}
