import { expect } from "chai";
import { createSenderStore } from "../../src/store/senderStore.ts";
import { readTransactionTimes } from "../../src/store/transactionTimes.ts";
import { describeStore } from "../fixtures/database.ts";
import { attemptAt, enterIntents, laneOf, leadOf } from "../races/intents.ts";
import { enterParticipants, hash } from "./blockFixture.ts";

describeStore("times of transactions", (fixture) => {
  const lane = laneOf(0);

  it("are those of the first attempt, whichever attempt is asked for; unknown hashes are left out", async () => {
    const { store } = fixture;
    const sending = createSenderStore(store);
    await enterParticipants(store, [1]);
    await enterIntents(store, [
      { id: "one", createdAtMs: 500 },
      { id: "two", createdAtMs: 600 },
    ]);
    const lease = await leadOf(store);
    await sending.openLane(lease, lane, 0);
    await sending.claim(lease, { lane, laneCount: 1, limit: 10 });
    const first = attemptAt(lane, 0, { transactionId: "one", signedAtMs: 1_000 });
    const other = attemptAt(lane, 1, { transactionId: "two", signedAtMs: 1_100 });
    await sending.saveSigned(lease, lane, 0, [first, other]);
    const bumped = attemptAt(lane, 0, { transactionId: "one", signedAtMs: 2_000, hash: hash(7, "b") });
    await sending.saveAttempt(lease, bumped, null);
    await sending.markBroadcast(lease, [{ hash: first.hash, atMs: 1_500 }]);
    await sending.markBroadcast(lease, [{ hash: bumped.hash, atMs: 2_500 }]);

    const times = await readTransactionTimes(store.db, [bumped.hash, other.hash, hash(9, "c")]);
    expect([...times].sort((a, b) => a.acceptedAtMs - b.acceptedAtMs)).to.deep.equal([
      {
        ...{ hash: bumped.hash, id: "one", traceParent: "trace-one" },
        ...{ acceptedAtMs: 500, signedAtMs: 1_000, broadcastAtMs: 1_500 },
      },
      {
        ...{ hash: other.hash, id: "two", traceParent: "trace-two" },
        ...{ acceptedAtMs: 600, signedAtMs: 1_100, broadcastAtMs: null },
      },
    ]);
    expect(await readTransactionTimes(store.db, [])).to.deep.equal([]);
  });
});
