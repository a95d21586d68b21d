import { expect } from "chai";
import type { Lease } from "../../src/domain/leadership.ts";
import type { SenderStore } from "../../src/domain/transaction.ts";
import { requestCancellation } from "../../src/store/queue.ts";
import { createSenderStore } from "../../src/store/senderStore.ts";
import { describeStore } from "../fixtures/database.ts";
import { attemptAt, attemptsFor, enterIntents, enterMaker, laneOf, leadOf } from "../races/intents.ts";
import { enterParticipants, organisationOf } from "./blockFixture.ts";

const lane = laneOf(0);

describeStore("the sender's commit of nonces", (fixture) => {
  let store: SenderStore;
  let lease: Lease;

  beforeEach(async () => {
    store = createSenderStore(fixture.store);
    await enterParticipants(fixture.store, [1, 2]);
    lease = await leadOf(fixture.store);
    await store.openLane(lease, lane, 0);
    await enterIntents(
      fixture.store,
      ["one", "two", "three"].map((id) => ({ id })),
    );
  });

  const claim = async (limit = 10) => (await store.claim(lease, { lane, laneCount: 1, limit })).map(({ id }) => id);
  const statuses = async () => {
    const rows = await fixture.store.db.selectFrom("transactions").select("status").orderBy("position").execute();
    return rows.map(({ status }) => status);
  };
  const nextNonce = async () => (await store.openLane(lease, lane, 0)).nextNonce;

  it("notes what was sent before and claims the next intents as well", async () => {
    const take = { lane, laneCount: 1, limit: 5 };
    await store.saveSigned(lease, lane, 0, attemptsFor(lane, 0, await claim(1)));
    expect(await claim(1)).to.deep.equal(["two"]);
    const broadcast = [{ hash: attemptAt(lane, 0).hash, atMs: 4_000 }];
    const next = await store.saveSigned(lease, lane, 1, attemptsFor(lane, 1, ["two"]), { broadcast, take });
    expect(next?.map(({ id }) => id)).to.deep.equal(["three"]);
    expect(await statuses()).to.deep.equal(["broadcast", "signed", "assigned"]);
    const last = store.saveSigned(lease, lane, 2, attemptsFor(lane, 2, ["three"]), { broadcast: [], take });
    expect(await last).to.deep.equal([]);
  });

  it("signs nothing of a batch in which a cancellation was asked for since, and the others are claimed again", async () => {
    expect(await claim(2)).to.deep.equal(["one", "two"]);
    await enterMaker(fixture.store);
    await fixture.store.transaction((tx) =>
      requestCancellation(tx, { organisationId: organisationOf(1), transactionId: "one", userId: "maker" }),
    );
    expect(await store.saveSigned(lease, lane, 0, attemptsFor(lane, 0, ["one", "two"]))).to.equal(undefined);
    expect([await nextNonce(), await statuses()]).to.deep.equal([0, ["assigned", "assigned", "accepted"]]);
    expect(await claim()).to.deep.equal(["two", "three"]);
    expect(await statuses()).to.deep.equal(["cancelled", "assigned", "assigned"]);
  });
});
