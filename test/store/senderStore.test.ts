import { expect } from "chai";
import type { Lease } from "../../src/domain/leadership.ts";
import type { SenderStore, TransactionStatus } from "../../src/domain/transaction.ts";
import { slotOf } from "../../src/domain/transaction.ts";
import { createSenderStore } from "../../src/store/senderStore.ts";
import { describeStore } from "../fixtures/database.ts";
import { attemptAt, attemptsFor, dealIn, enterIntents, enterMaker, laneOf, leadOf } from "../races/intents.ts";
import { enterParticipants, hash } from "./blockFixture.ts";

const lane = laneOf(0);
const refusal = (work: Promise<unknown>) => work.then(String, (error: unknown) => String(error));
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describeStore("the sender's store", (fixture) => {
  let store: SenderStore;
  let lease: Lease;

  beforeEach(async () => {
    store = createSenderStore(fixture.store);
    await enterParticipants(fixture.store, [1, 2]);
    lease = await leadOf(fixture.store);
  });

  const enter = (...ids: string[]) =>
    enterIntents(
      fixture.store,
      ids.map((id) => ({ id })),
    );
  const claim = async (limit = 10) => (await store.claim(lease, { lane, laneCount: 1, limit })).map(({ id }) => id);
  const row = (id: string) =>
    fixture.store.db.selectFrom("transactions").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  const statuses = (...ids: string[]) => Promise.all(ids.map(async (id) => (await row(id)).status));
  const set = (id: string, change: { status?: TransactionStatus; cancel_requested_by?: string }) =>
    fixture.store.transaction(async (tx) => {
      await tx.updateTable("transactions").set(change).where("id", "=", id).execute();
    });
  const nextNonce = async () => (await store.openLane(lease, lane, 0)).nextNonce;
  /** Claims and signs what is there, from the lane's next nonce. */
  async function sign(limit = 10): Promise<readonly string[]> {
    const first = await nextNonce();
    const ids = await claim(limit);
    await store.saveSigned(lease, lane, first, attemptsFor(lane, first, ids));
    return ids;
  }

  it("opens a lane at the ledger's count, and later where it left it", async () => {
    expect(await store.openLane(lease, lane, 7)).to.deep.equal({ nextNonce: 7 });
    await enter("one");
    await sign();
    expect(await store.openLane(lease, lane, 7), "signed, not yet on the ledger").to.deep.equal({ nextNonce: 8 });
    expect(await store.openLane(lease, lane, 8)).to.deep.equal({ nextNonce: 8 });
    expect(await store.openLane(lease, laneOf(1), 0), "another lane").to.deep.equal({ nextNonce: 0 });
    expect(await store.knownLanes()).to.deep.equal([lane, laneOf(1)]);
  });

  it("knows a lane by the number that it was last opened with", async () => {
    await store.openLane(lease, lane, 0);
    await store.openLane(lease, { ...lane, number: 5 }, 0);
    expect(await store.knownLanes()).to.deep.equal([{ ...lane, number: 5 }]);
  });

  it("refuses to send where the ledger has counted more than it gave out: an old copy, or a second sender", async () => {
    await store.openLane(lease, lane, 7);
    expect(await refusal(store.openLane(lease, lane, 8))).to.match(/invariant: .*behind the ledger/);
    expect(await nextNonce(), "and is left as it was").to.equal(7);
  });

  it("gives out accepted intents oldest first, at most as many as asked, whatever their ids", async () => {
    await enter("z", "a", "m");
    expect(await claim(2)).to.deep.equal(["z", "a"]);
    expect(await statuses("z", "a", "m")).to.deep.equal(["assigned", "assigned", "accepted"]);
    expect(await row("a")).to.include({ lane: lane.address, nonce: null });
  });

  it("says with each intent where it goes and whose request it was", async () => {
    await enter("one");
    const [intent] = await store.claim(lease, { lane, laneCount: 1, limit: 1 });
    const { target, data } = await row("one");
    expect(intent).to.deep.equal({ id: "one", target, data, traceParent: "trace-one" });
  });

  it("gives out again what it has taken and not signed, in its place among the others", async () => {
    await enter("z", "a");
    await claim(1);
    await enter("m");
    expect(await claim(2)).to.deep.equal(["z", "a"]);
    expect(await claim(10)).to.deep.equal(["z", "a", "m"]);
  });

  it("gives to each lane the intents of its slots only", async () => {
    const ids = Array.from({ length: 40 }, (_, n) => `intent-${n}`);
    await enter(...ids);
    const taken = await Promise.all(
      [0, 1, 2].map((number) => store.claim(lease, { lane: laneOf(number), laneCount: 3, limit: 100 })),
    );
    const expected = [0, 1, 2].map((number) => ids.filter((id) => slotOf(id) % 3 === number));
    expect(taken.map((intents) => intents.map(({ id }) => id))).to.deep.equal(expected);
  });

  it("keeps nonce, bytes and hash of a whole batch in one commit, and moves the lane on with it", async () => {
    await enter("one", "two");
    await store.openLane(lease, lane, 5);
    await claim();
    const fee = { type: 2, maxFeePerGas: "30000000000000000001", maxPriorityFeePerGas: "2" } as const;
    const attempts = [
      attemptAt(lane, 5, { transactionId: "one" }),
      attemptAt(lane, 6, { transactionId: "two", fee, raw: "0x0123" }),
    ];
    await store.saveSigned(lease, lane, 5, attempts);
    expect(await row("two")).to.include({ status: "signed", lane: lane.address, nonce: 6, hash: attempts[1]?.hash });
    expect([await nextNonce(), await claim()]).to.deep.equal([7, []]);
    const open = await store.open(lane);
    expect(open.flatMap((transaction) => transaction.attempts)).to.deep.equal(attempts);
    expect(open[1]).to.deep.include({ id: "two", nonce: 6, status: "signed", cancelRequested: false, noopMeans: null });
  });

  it("signs nothing of a batch that holds an intent which was signed before", async () => {
    await enter("one", "two");
    await store.openLane(lease, lane, 0);
    await sign(1);
    await claim();
    const again = store.saveSigned(lease, lane, 1, attemptsFor(lane, 1, ["two", "one"]));
    expect(await refusal(again)).to.match(/invariant: .*signed twice/);
    expect([await statuses("two"), await nextNonce(), await row("one").then(({ nonce }) => nonce)]).to.deep.equal([
      ["assigned"],
      1,
      0,
    ]);
  });

  it("signs nothing of a batch with a hole between its nonces", async () => {
    await enter("one", "two");
    await store.openLane(lease, lane, 0);
    await claim();
    const batch = [attemptAt(lane, 0, { transactionId: "one" }), attemptAt(lane, 2, { transactionId: "two" })];
    expect(await refusal(store.saveSigned(lease, lane, 0, batch))).to.match(/invariant: .*contiguous/);
    expect(await statuses("one", "two")).to.deep.equal(["assigned", "assigned"]);
  });

  it("lets the second of two senders of one lane save nothing", async () => {
    await enter("one", "two");
    await store.openLane(lease, lane, 0);
    await claim();
    const saves = ["one", "two"].map((id) =>
      store.saveSigned(lease, lane, 0, [
        attemptAt(lane, 0, { transactionId: id, hash: hash(id.length, id === "one" ? "b" : "c") }),
      ]),
    );
    const outcomes = await Promise.allSettled(saves);
    expect(outcomes.map(({ status }) => status).sort()).to.deep.equal(["fulfilled", "rejected"]);
    const [reason] = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [String(outcome.reason)] : []));
    expect(reason, "and stop there").to.match(/invariant: .*moved by another sender/);
    expect([await nextNonce(), (await claim()).length]).to.deep.equal([1, 1]);
  });

  it("lets no nonce of a lane be used twice, whoever writes it", async () => {
    await enter("one", "two");
    await store.openLane(lease, lane, 0);
    await sign(1);
    const failure = await failureOf(
      fixture.store.transaction((tx) =>
        tx.updateTable("transactions").set({ lane: lane.address, nonce: 0 }).where("id", "=", "two").execute(),
      ),
    );
    expect(failure).to.have.property("constraint", "transactions_nonce_once");
  });

  it("keeps every attempt at a nonce, the last one as the transaction's hash, oldest first", async () => {
    await enter("one");
    await store.openLane(lease, lane, 0);
    await sign();
    const bump = attemptAt(lane, 0, { transactionId: "one", hash: hash(9, "a"), signedAtMs: 2_000, raw: "0xff" });
    await store.saveAttempt(lease, bump, null);
    const noop = attemptAt(lane, 0, { transactionId: "one", hash: hash(1, "a"), signedAtMs: 3_000, kind: "noop" });
    await store.saveAttempt(lease, noop, "cancelled");
    await store.saveAttempt(lease, noop, null);
    const [open] = await store.open(lane);
    expect(open?.attempts).to.deep.equal([attemptAt(lane, 0, { transactionId: "one" }), bump, noop]);
    expect(open?.noopMeans, "once it has a no-op, its meaning stays").to.equal("cancelled");
    expect((await row("one")).hash).to.equal(noop.hash);
  });

  it("keeps an attempt that a block has overtaken, and leaves the transaction as the indexer saw it", async () => {
    await enter("one");
    await store.openLane(lease, lane, 0);
    await sign();
    await set("one", { status: "mined" });
    const before = await row("one");
    const late = attemptAt(lane, 0, { transactionId: "one", hash: hash(9, "a"), signedAtMs: 2_000 });
    await store.saveAttempt(lease, late, "dead");
    expect(await row("one")).to.deep.equal(before);
    const kept = await fixture.store.db.selectFrom("attempts").select(["hash", "lane"]).orderBy("hash").execute();
    expect(kept).to.deep.include({ hash: late.hash, lane: lane.address });
  });

  it("refuses an attempt at a nonce that the transaction does not have", async () => {
    await enter("one", "two");
    await store.openLane(lease, lane, 0);
    await sign(1);
    for (const attempt of [
      attemptAt(lane, 4, { transactionId: "one" }),
      attemptAt(lane, 0, { transactionId: "two" }),
      attemptAt(lane, 0, { transactionId: "none" }),
    ]) {
      const other = { ...attempt, hash: hash(77, "a") };
      expect(await refusal(store.saveAttempt(lease, other, null))).to.match(/invariant: .*has no nonce/);
    }
    expect((await store.open(lane)).flatMap(({ attempts }) => attempts)).to.have.length(1);
  });

  it("marks what the ledger took as broadcast, once, and leaves what is mined already as it is", async () => {
    await enter("one", "two");
    await store.openLane(lease, lane, 0);
    await sign();
    await enter("three");
    await set("one", { status: "mined" });
    const sent = (atMs: number) => [0, 1].map((nonce) => ({ hash: attemptAt(lane, nonce).hash, atMs }));
    await store.markBroadcast(lease, [...sent(4_000), { hash: hash(5, "f"), atMs: 4_000 }]);
    await store.markBroadcast(lease, sent(5_000));
    expect(await statuses("one", "two", "three")).to.deep.equal(["mined", "broadcast", "accepted"]);
    const times = await fixture.store.db.selectFrom("attempts").select("broadcast_at_ms").execute();
    expect(
      times.map(({ broadcast_at_ms: atMs }) => atMs),
      "age counts from the first time",
    ).to.deep.equal([4_000, 4_000]);
  });

  it("offers again whatever no block has shown yet, of this lane only, in order of nonces", async () => {
    const other = laneOf(1);
    for (const each of [lane, other]) await store.openLane(lease, each, 0);
    const deals = [dealIn(lane, 2)];
    await enterIntents(fixture.store, [{ id: "four", deals: [dealIn(other, 2)] }]);
    await enterIntents(
      fixture.store,
      ["two", "one", "three"].map((id) => ({ id, deals })),
    );
    for (const each of [lane, other]) {
      const taken = await store.claim(lease, { lane: each, laneCount: 2, limit: 5 });
      const ids = taken.map(({ id }) => id);
      await store.saveSigned(lease, each, 0, attemptsFor(each, 0, ids));
    }
    await store.markBroadcast(lease, [{ hash: attemptAt(lane, 1).hash, atMs: 1 }]);
    await set("two", { status: "reverted" });
    expect((await store.open(lane)).map(({ id, nonce, status }) => [id, nonce, status])).to.deep.equal([
      ["one", 1, "broadcast"],
      ["three", 2, "signed"],
    ]);
    expect((await store.open(other)).map(({ id }) => id)).to.deep.equal(["four"]);
  });

  it("marks as replaced only what was open", async () => {
    await enter("one", "two", "three");
    await store.openLane(lease, lane, 0);
    await sign(2);
    await set("two", { status: "final" });
    await store.markReplaced(lease, ["one", "two", "three"]);
    expect(await statuses("one", "two", "three")).to.deep.equal(["replaced", "final", "accepted"]);
  });

  it("ends a taken intent without a nonce when its cancellation was asked for, and passes it over", async () => {
    await enterMaker(fixture.store);
    await enter("one", "two", "three");
    await store.openLane(lease, lane, 0);
    await claim(2);
    await set("one", { cancel_requested_by: "maker" });
    expect(await sign()).to.deep.equal(["two", "three"]);
    expect(await row("one")).to.include({ status: "cancelled", nonce: null, hash: null, lane: null });
    await set("two", { cancel_requested_by: "maker" });
    expect((await store.open(lane)).map(({ cancelRequested }) => cancelRequested)).to.deep.equal([true, false]);
  });
});
