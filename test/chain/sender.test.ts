import { expect } from "chai";
import { keccak256, Transaction } from "ethers";
import type { Rpc } from "../../src/chain/rpc.ts";
import { createSender } from "../../src/chain/sender.ts";
import { createSenderStore } from "../../src/store/senderStore.ts";
import { describeStore } from "../fixtures/database.ts";
import { enterIntent, enterParticipants } from "../store/blockFixture.ts";
import { makeKey, openChain, send, type TestChain } from "./chainFixture.ts";
import { breaking, contextWith, createLane, deployCounter, isBroadcast, type Lane } from "./senderHarness.ts";

describeStore("the sender", (fixture) => {
  let chain: TestChain;
  let counter: string;
  let lane: Lane;

  before(async () => {
    chain = await openChain();
    counter = await deployCounter(chain);
  });
  after(() => chain.close());
  beforeEach(async () => {
    await enterParticipants(fixture.store, [1]);
    lane = createLane(chain, fixture.store, counter);
  });

  /** Sees every broadcast, with what the store holds at that instant. */
  function spying(seen: { raw: string; stored: unknown }[], sizes: number[] = []) {
    return (rpc: Rpc): Rpc => ({
      call: rpc.call,
      async batch(calls) {
        if (isBroadcast(calls)) sizes.push(calls.length);
        for (const { method, params } of calls) {
          if (method !== "eth_sendRawTransaction") continue;
          const raw = String(params[0]);
          const query = fixture.store.db.selectFrom("transactions").select(["status", "lane", "nonce", "hash"]);
          seen.push({ raw, stored: await query.where("raw", "=", raw).executeTakeFirst() });
        }
        return rpc.batch(calls);
      },
    });
  }

  it("has committed bytes, hash and nonce of a transaction before it broadcasts it", async () => {
    await lane.accept(3);
    const seen: { raw: string; stored: unknown }[] = [];
    await lane.run({ wrap: spying(seen) });
    expect(seen).to.have.length(3);
    for (const [nonce, { raw, stored }] of seen.entries()) {
      const transaction = Transaction.from(raw);
      expect([transaction.nonce, transaction.from?.toLowerCase()]).to.deep.equal([nonce, lane.key.address]);
      expect(stored).to.deep.equal({ status: "signed", lane: lane.key.address, nonce, hash: keccak256(raw) });
    }
    await lane.expectAllOnce();
  });

  it("sends several intents in order in one batch", async () => {
    await lane.accept(7);
    const sizes: number[] = [];
    await lane.run({ wrap: spying([], sizes) });
    expect(sizes).to.deep.equal([7]);
    await lane.expectAllOnce();
  });

  it("sends more than a batch in batches, first come first served", async () => {
    await lane.accept(120);
    const sizes: number[] = [];
    await lane.run({ wrap: spying([], sizes) });
    expect(sizes).to.deep.equal([50, 50, 20]);
    await lane.expectAllOnce();
  });

  it("offers again what no block has shown yet before it signs anything new, in batches too", async () => {
    await lane.accept(120);
    await lane.run();
    await fixture.store.transaction(async (tx) => {
      await tx.updateTable("transactions").set({ status: "signed" }).execute();
    });
    await lane.accept(1);
    const sizes: number[] = [];
    const seen: { raw: string; stored: unknown }[] = [];
    await lane.run({ wrap: spying(seen, sizes) });
    expect(sizes, "a node takes only so many at once").to.deep.equal([50, 50, 20, 1]);
    const nonces = seen.map(({ raw }) => Transaction.from(raw).nonce);
    expect(nonces).to.deep.equal(Array.from({ length: 121 }, (_, nonce) => nonce));
    await lane.expectAllOnce();
  });

  it("makes one transaction of an intent although the reply to its broadcast was lost", async () => {
    await lane.accept(3);
    await lane.run({ wrap: breaking(1, "reply") });
    await lane.expectAllOnce();
    await lane.accept(2);
    await lane.run({ wrap: breaking(1, "reply") });
    await lane.expectAllOnce();
  });

  it("offers the same bytes again when they never arrived, before it is asked to send more", async () => {
    await lane.accept(3);
    const seen: { raw: string; stored: unknown }[] = [];
    await lane.run({ wrap: (rpc, sender) => spying(seen)(breaking(1, "request")(rpc, sender)) });
    expect(seen.slice(3).map(({ raw }) => raw)).to.deep.equal(seen.slice(0, 3).map(({ raw }) => raw));
    await lane.expectAllOnce();
  });

  it("leaves no hole, reuses no nonce and doubles no act, wherever its power is cut", async function cutEverywhere() {
    this.timeout(60_000);
    await lane.accept(3);
    const points = await lane.run();
    await lane.expectAllOnce();
    expect(points, "places where the power can be cut").to.be.greaterThan(14);
    for (let cutAt = 1; cutAt <= points; cutAt += 1) {
      const next = createLane(chain, fixture.store, counter);
      await next.accept(3);
      await next.run({ cutAt });
      await next.accept(1);
      await next.run();
      await next.expectAllOnce().catch((error: unknown) => {
        throw new Error(`cut at ${cutAt} of ${points}`, { cause: error });
      });
    }
  });

  it("goes on by itself when the store or the ledger failed for a moment", async () => {
    await lane.accept(2);
    let failures = 2;
    await lane.run({
      wrap: (rpc, sender) => ({
        batch: rpc.batch,
        call(method, params) {
          if (failures === 0) return rpc.call(method, params);
          failures -= 1;
          sender().wake();
          return Promise.reject(new Error("a moment's fault"));
        },
      }),
    });
    expect(failures).to.equal(0);
    await lane.expectAllOnce();
  });

  it("does not take a refusal for a failure when the ledger has the bytes already", async () => {
    await lane.accept(1);
    await lane.run();
    await fixture.store.transaction(async (tx) => {
      await tx.updateTable("transactions").set({ status: "signed" }).execute();
    });
    await lane.run();
    await lane.expectAllOnce();
    const row = await fixture.store.db.selectFrom("transactions").select("status").executeTakeFirst();
    expect(row).to.deep.equal({ status: "broadcast" });
  });

  async function stoppedBy(): Promise<Error | undefined> {
    const stopped = Promise.withResolvers<void>();
    const logger = { debug() {}, info() {}, warn() {}, error: () => stopped.resolve() };
    const store = createSenderStore(fixture.store);
    const { rpc, chainId } = chain;
    const options = { context: contextWith(logger), rpc, chainId, laneKey: lane.key.key, store, onBroadcast() {} };
    const sender = createSender(options);
    sender.start();
    await stopped.promise;
    await sender.stop();
    return sender.failure();
  }

  it("stops for a person where the ledger has counted more than its store gave out", async () => {
    await lane.accept(1);
    await lane.run();
    await send(chain, lane.key.key, { to: counter, data: "0x" });
    await enterIntent(fixture.store, { id: "waiting", target: counter });
    expect((await stoppedBy())?.message).to.match(/^invariant: .*behind the ledger/);
    const row = await fixture.store.db
      .selectFrom("transactions")
      .selectAll()
      .where("id", "=", "waiting")
      .executeTakeFirst();
    expect(row, "and signs nothing").to.include({ status: "accepted", raw: null });
  });

  it("stops for a person when another sender moved its lane", async () => {
    const other = createSenderStore(fixture.store);
    await other.openLane(lane.key.address, 0);
    await enterIntent(fixture.store, { id: "one", target: counter });
    const { rpc, chainId } = chain;
    const stopped = Promise.withResolvers<void>();
    const logger = { debug() {}, info() {}, warn() {}, error: () => stopped.resolve() };
    const mine = createSenderStore(fixture.store);
    const store = {
      ...mine,
      async saveSigned(...[address, first, signed]: Parameters<typeof mine.saveSigned>) {
        await enterIntent(fixture.store, { id: "theirs", target: counter });
        await other.saveSigned(address, first, [{ id: "theirs", nonce: first, raw: "0x01", hash: "0x01" }]);
        await mine.saveSigned(address, first, signed);
      },
    };
    const options = { context: contextWith(logger), rpc, chainId, laneKey: lane.key.key, store, onBroadcast() {} };
    const sender = createSender(options);
    sender.start();
    await stopped.promise;
    await sender.stop();
    expect(sender.failure()?.message).to.match(/^invariant: .*moved by another sender/);
    expect(Number(await rpc.call("eth_getTransactionCount", [lane.key.address, "latest"]))).to.equal(0);
  });

  it("tells the indexer when the ledger has something new, and only then", async () => {
    let told = 0;
    const idle = Promise.withResolvers<void>();
    const inner = createSenderStore(fixture.store);
    let rounds = 0;
    const store = {
      ...inner,
      accepted: async (limit: number) => {
        const found = await inner.accepted(limit);
        rounds += 1;
        if (found.length === 0) idle.resolve();
        return found;
      },
    };
    await enterIntent(fixture.store, { id: "one", target: counter });
    const options = { context: contextWith(), rpc: chain.rpc, chainId: chain.chainId, laneKey: makeKey().key, store };
    const sender = createSender({ ...options, onBroadcast: () => (told += 1) });
    sender.start();
    await idle.promise;
    await sender.stop();
    expect([told, rounds]).to.deep.equal([1, 2]);
  });
});
