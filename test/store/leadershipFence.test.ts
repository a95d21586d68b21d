import { expect } from "chai";
import type { Lease } from "../../src/domain/leadership.ts";
import type { SenderStore } from "../../src/domain/transaction.ts";
import { createSenderStore } from "../../src/store/senderStore.ts";
import { describeStore } from "../fixtures/database.ts";
import { attemptAt, attemptsFor, enterIntents, laneOf, leadOf } from "../races/intents.ts";
import { enterParticipants, hash } from "./blockFixture.ts";

const lane = laneOf(0);
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describeStore("a lane without its lead", (fixture) => {
  let store: SenderStore;
  let lease: Lease;

  /** `one` is signed, `two` is taken. */
  beforeEach(async () => {
    store = createSenderStore(fixture.store);
    await enterParticipants(fixture.store, [1]);
    lease = await leadOf(fixture.store);
    await enterIntents(fixture.store, [{ id: "one" }, { id: "two" }]);
    await store.openLane(lease, lane, 0);
    await store.claim(lease, { lane, laneCount: 1, limit: 2 });
    await store.saveSigned(lease, lane, 0, attemptsFor(lane, 0, ["one"]));
  });

  it("writes nothing for a lease that another has replaced, whatever it writes", async () => {
    const successor = await leadOf(fixture.store);
    expect(successor.epoch).to.equal(lease.epoch + 1);
    const everything = async () => ({
      rows: await fixture.store.db.selectFrom("transactions").selectAll().orderBy("id").execute(),
      attempts: await fixture.store.db.selectFrom("attempts").selectAll().orderBy("hash").execute(),
      lanes: await fixture.store.db.selectFrom("lanes").selectAll().execute(),
    });
    const before = await everything();
    const bump = attemptAt(lane, 0, { transactionId: "one", hash: hash(9, "a") });
    const writes = [
      store.openLane(lease, laneOf(3), 0),
      store.claim(lease, { lane, laneCount: 1, limit: 5 }),
      store.saveSigned(lease, lane, 1, attemptsFor(lane, 1, ["two"])),
      store.saveAttempt(lease, bump, "cancelled"),
      store.markBroadcast(lease, [{ hash: attemptAt(lane, 0).hash, atMs: 5 }]),
      store.markReplaced(lease, ["one"]),
    ];
    for (const failure of await Promise.all(writes.map(failureOf))) {
      expect(failure).to.have.property("code", "leader.superseded");
    }
    expect(await everything()).to.deep.equal(before);
    expect(await store.claim(successor, { lane, laneCount: 1, limit: 5 })).to.have.length(1);
  });

  it("writes nothing for a name that nobody ever led, nor for an epoch to come", async () => {
    const before = await store.open(lane);
    for (const wrong of [
      { name: "nobody", epoch: 1 },
      { ...lease, epoch: lease.epoch + 1 },
    ]) {
      const failure = await failureOf(store.claim(wrong, { lane, laneCount: 1, limit: 5 }));
      expect(failure).to.have.property("code", "leader.superseded");
    }
    expect(await store.open(lane)).to.deep.equal(before);
  });
});
