import { expect } from "chai";
import { keccak256, Transaction } from "ethers";
import type { Rpc } from "../../../src/chain/rpc.ts";
import { laneName } from "../../../src/chain/sending/laneKeys.ts";
import { slotOf } from "../../../src/domain/transaction.ts";
import { describeStore } from "../../fixtures/database.ts";
import { enterParticipants } from "../../store/blockFixture.ts";
import { openChain, send, type TestChain } from "../chainFixture.ts";
import { breaking, createLane, deployCounter, isBroadcast, type TestLane } from "../senderHarness.ts";

interface Seen {
  readonly raw: string;
  readonly stored: unknown;
}

describeStore("a lane over the real store and ledger", (fixture) => {
  let chain: TestChain;
  let counter: string;
  let lane: TestLane;

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
  function spying(seen: Seen[], sizes: number[] = []) {
    return (rpc: Rpc): Rpc => ({
      call: rpc.call,
      async batch(calls) {
        if (isBroadcast(calls)) sizes.push(calls.length);
        for (const { method, params } of calls) {
          if (method !== "eth_sendRawTransaction") continue;
          const raw = String(params[0]);
          const query = fixture.store.db
            .selectFrom("attempts")
            .innerJoin("transactions", "transactions.id", "attempts.transaction_id")
            .select(["status", "attempts.lane", "attempts.nonce", "attempts.hash"]);
          seen.push({ raw, stored: await query.where("raw", "=", raw).executeTakeFirst() });
        }
        return rpc.batch(calls);
      },
    });
  }

  const setAll = (status: "signed") =>
    fixture.store.transaction(async (tx) => {
      await tx.updateTable("transactions").set({ status }).execute();
    });

  it("has committed bytes, hash and nonce of a transaction before it sends it", async () => {
    await lane.accept(3);
    const seen: Seen[] = [];
    await lane.run({ wrap: spying(seen) });
    expect(seen).to.have.length(3);
    for (const [nonce, { raw, stored }] of seen.entries()) {
      const transaction = Transaction.from(raw);
      expect([transaction.nonce, transaction.from?.toLowerCase()]).to.deep.equal([nonce, lane.key.address]);
      expect(stored).to.deep.equal({ status: "signed", lane: lane.key.address, nonce, hash: keccak256(raw) });
    }
    await lane.expectAllOnce();
  });

  it("sends what no block has shown yet again before it signs anything new, in batches too", async () => {
    await lane.accept(120);
    await lane.run();
    await setAll("signed");
    await lane.accept(1);
    const sizes: number[] = [];
    const seen: Seen[] = [];
    // The ledger mines at once, so all of it is used: only the new one is sent.
    await lane.run({ wrap: spying(seen, sizes), sendMax: 50 });
    expect(sizes).to.deep.equal([1]);
    await lane.expectAllOnce();
  });

  it("makes one transaction of an intent although a reply was lost, or a request, and goes on in batches", async () => {
    for (const lost of ["reply", "request"] as const) {
      await lane.accept(7);
      const sizes: number[] = [];
      await lane.run({ wrap: (rpc) => spying([], sizes)(breaking(2, lost)(rpc)), sendMax: 3 });
      expect(sizes, lost).to.deep.equal(lost === "reply" ? [3, 3, 1] : [3, 3, 3, 1]);
      await lane.expectAllOnce();
    }
  });

  it("leaves no hole, reuses no nonce and doubles no act, wherever its power is cut", async () => {
    await lane.accept(3);
    const points = await lane.run({ sendMax: 2 });
    await lane.expectAllOnce();
    expect(points, "places where the power can be cut").to.be.greaterThan(18);
    for (let cutAt = 1; cutAt <= points; cutAt += 1) {
      const next = createLane(chain, fixture.store, counter);
      await next.accept(3);
      await next.run({ cutAt, sendMax: 2 });
      await next.accept(1);
      await next.run();
      await next.expectAllOnce().catch((error: unknown) => {
        throw new Error(`cut at ${cutAt} of ${points}`, { cause: error });
      });
    }
  });

  it("stops for a person where the ledger has counted more than its store gave out", async () => {
    await lane.accept(1);
    await lane.run();
    await send(chain, lane.key.key, { to: counter, data: "0x" });
    await lane.accept(1);
    const fault = await lane.run().then(() => "it went on", String);
    expect(fault).to.match(/invariant: .*behind the ledger/);
    const query = fixture.store.db.selectFrom("transactions").select(["status", "hash"]);
    const row = await query.where("id", "=", String(lane.ids[1])).executeTakeFirst();
    expect(row, "and signs nothing").to.deep.equal({ status: "accepted", hash: null });
  });

  it("shares the work with other lanes by the deal, each at its own nonces", async () => {
    await lane.accept(40);
    for (const number of [0, 1, 2]) await lane.run({ number, laneCount: 3 });
    const rows = await fixture.store.db.selectFrom("transactions").select(["id", "lane", "nonce"]).execute();
    const wanted = rows.map(({ id }) => laneName(lane.key.key, slotOf(id) % 3).address);
    expect(rows.map((row) => row.lane)).to.deep.equal(wanted);
    for (const number of [0, 1, 2]) {
      const { address } = laneName(lane.key.key, number);
      const own = rows.filter((row) => row.lane === address).map(({ nonce }) => Number(nonce));
      expect(own.sort((a, b) => a - b)).to.deep.equal(own.map((_, index) => index));
      expect(Number(await chain.rpc.call("eth_getTransactionCount", [address, "latest"]))).to.equal(own.length);
      expect(own.length).to.be.greaterThan(0);
    }
  });
});
