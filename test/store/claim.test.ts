import { expect } from "chai";
import type { Lease } from "../../src/domain/leadership.ts";
import type { LaneName, SenderStore, TransactionStatus } from "../../src/domain/transaction.ts";
import { createSenderStore } from "../../src/store/senderStore.ts";
import { describeStore } from "../fixtures/database.ts";
import { attemptsFor, dealIn, enterIntents, laneOf, leadOf } from "../races/intents.ts";
import { enterParticipants } from "./blockFixture.ts";

const [left, right] = [laneOf(0), laneOf(1)];
const laneCount = 2;
const dealOfLeft = dealIn(left, laneCount);
const otherOfLeft = dealIn(left, laneCount, "other");
const dealOfRight = dealIn(right, laneCount);
const otherOfRight = dealIn(right, laneCount, "other");

describeStore("acts on the same deal in several lanes", (fixture) => {
  let store: SenderStore;
  let lease: Lease;
  const nonces = new Map<number, number>();

  beforeEach(async () => {
    nonces.clear();
    store = createSenderStore(fixture.store);
    await enterParticipants(fixture.store, [1]);
    lease = await leadOf(fixture.store);
    for (const lane of [left, right]) await store.openLane(lease, lane, 0);
  });

  const enter = (...intents: readonly [string, ...string[]][]) =>
    enterIntents(
      fixture.store,
      intents.map(([id, ...deals]) => ({ id, deals })),
    );
  const claim = async (lane: LaneName, more: { limit?: number; laneCount?: number } = {}) =>
    (await store.claim(lease, { lane, laneCount, limit: 10, ...more })).map(({ id }) => id);
  async function sign(lane: LaneName, more: { limit?: number; laneCount?: number } = {}): Promise<readonly string[]> {
    const ids = await claim(lane, more);
    const first = nonces.get(lane.number) ?? 0;
    nonces.set(lane.number, first + ids.length);
    await store.saveSigned(lease, lane, first, attemptsFor(lane, first, ids));
    return ids;
  }
  const set = (id: string, status: TransactionStatus) =>
    fixture.store.transaction(async (tx) => {
      await tx.updateTable("transactions").set({ status }).where("id", "=", id).execute();
    });

  it("are taken in order of their acceptance, an act on two deals among them", async () => {
    await enter(["a", dealOfLeft], ["b", dealOfLeft, otherOfLeft], ["c", otherOfLeft]);
    expect(await claim(left)).to.deep.equal(["a", "b", "c"]);
  });

  it("an act on two deals waits until what is before it in the other lane is in a block", async () => {
    await enter(["first", dealOfRight], ["both", dealOfLeft, dealOfRight], ["free", otherOfLeft]);
    expect(await claim(left), "not taken yet").to.deep.equal(["free"]);
    expect(await sign(right)).to.deep.equal(["first"]);
    expect(await claim(left), "signed").to.deep.equal(["free"]);
    await set("first", "broadcast");
    expect(await claim(left), "broadcast").to.deep.equal(["free"]);
    await set("first", "mined");
    expect(await claim(left)).to.deep.equal(["both", "free"]);
  });

  it("whatever shares a deal with an act that waits, waits behind it, in its lane and in the other", async () => {
    await enter(["first", dealOfRight], ["both", dealOfLeft, dealOfRight], ["left", dealOfLeft, otherOfLeft]);
    await enter(["further", otherOfLeft], ["right", dealOfRight], ["free", otherOfRight]);
    expect(await claim(left)).to.deep.equal([]);
    expect(await sign(right)).to.deep.equal(["first", "free"]);
    await set("first", "final");
    expect(await claim(right), "behind the act on two deals").to.deep.equal([]);
    expect(await sign(left)).to.deep.equal(["both", "left", "further"]);
    expect(await claim(right)).to.deep.equal([]);
    await set("both", "reverted");
    expect(await claim(right)).to.deep.equal(["right"]);
  });

  it("the second deal of an act counts as much as the first", async () => {
    await enter(["one", dealOfRight, otherOfRight], ["two", dealOfLeft, otherOfRight]);
    expect(await claim(left)).to.deep.equal([]);
    await sign(right);
    expect(await claim(left)).to.deep.equal([]);
    await set("one", "final");
    expect(await claim(left)).to.deep.equal(["two"]);
  });

  it("a long row of acts that wait does not hold up those behind it", async () => {
    await enter(["first", dealOfRight]);
    await enterIntents(
      fixture.store,
      Array.from({ length: 450 }, (_, n) => ({ id: `waits-${n}`, deals: [dealOfLeft, dealOfRight] })),
    );
    await enter(["free", otherOfLeft]);
    expect(await claim(left, { limit: 3 })).to.deep.equal(["free"]);
  });

  it("a deal that changes its lane waits for what the old lane has sent, and what it had not signed begins again", async () => {
    // With one lane everything is the left one's.
    await enter(["sent", dealOfRight], ["taken", otherOfRight], ["next", dealOfRight]);
    expect(await sign(left, { laneCount: 1, limit: 1 })).to.deep.equal(["sent"]);
    expect(await claim(left, { laneCount: 1, limit: 1 })).to.deep.equal(["taken"]);
    expect(await claim(right)).to.deep.equal(["taken"]);
    await set("sent", "final");
    expect(await claim(right)).to.deep.equal(["taken", "next"]);
    const late = store.saveSigned(lease, left, 1, attemptsFor(left, 1, ["taken"]));
    const failure: unknown = await late.catch((error: unknown) => error);
    expect(failure, "the old lane lost it").to.have.property("code", "leader.superseded");
    expect(await sign(right)).to.deep.equal(["taken", "next"]);
  });

  it("two acts that both changed lanes before they were signed do not wait for each other", async () => {
    await enter(["one", dealOfRight, dealOfLeft], ["two", dealOfLeft, dealOfRight]);
    expect(await claim(laneOf(7), { laneCount: 1 })).to.deep.equal([]);
    await store.openLane(lease, { ...laneOf(7), number: 0 }, 0);
    expect(await claim({ ...laneOf(7), number: 0 }, { laneCount: 1 })).to.deep.equal(["one", "two"]);
    expect(await claim(left), "behind the first").to.deep.equal([]);
    expect(await claim(right)).to.deep.equal(["one"]);
  });
});
