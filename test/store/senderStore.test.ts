import { expect } from "chai";
import type { SenderStore } from "../../src/domain/transaction.ts";
import { createSenderStore } from "../../src/store/senderStore.ts";
import { describeStore } from "../fixtures/database.ts";
import { address, enterIntent, enterParticipants, hash } from "./blockFixture.ts";

const lane = address(800);

describeStore("the sender's store", (fixture) => {
  let store: SenderStore;

  beforeEach(async () => {
    store = createSenderStore(fixture.store);
    await enterParticipants(fixture.store, [1, 2]);
  });

  const signed = (id: string, nonce: number) => ({ id, nonce, raw: `0x${nonce}`, hash: hash(nonce, "d") });
  const accepted = async (limit = 10) => (await store.accepted(limit)).map(({ id }) => id);
  const row = (id: string) =>
    fixture.store.db.selectFrom("transactions").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  const nextNonce = async () => (await store.openLane(lane, 0)).nextNonce;
  const refusal = (work: Promise<unknown>) => work.then(String, (error: unknown) => String(error));

  it("opens a lane at the ledger's count, and later where it left it", async () => {
    expect(await store.openLane(lane, 7)).to.deep.equal({ nextNonce: 7 });
    await enterIntent(fixture.store, { id: "one" });
    await store.saveSigned(lane, 7, [signed("one", 7)]);
    expect(await store.openLane(lane, 7), "signed, not yet on the ledger").to.deep.equal({ nextNonce: 8 });
    expect(await store.openLane(lane, 8)).to.deep.equal({ nextNonce: 8 });
    expect(await store.openLane(address(801), 0), "another lane").to.deep.equal({ nextNonce: 0 });
  });

  it("refuses to send where the ledger has counted more than it gave out: an old copy, or a second sender", async () => {
    await store.openLane(lane, 7);
    expect(await refusal(store.openLane(lane, 8))).to.match(/invariant: .*behind the ledger/);
    expect(await nextNonce(), "and is left as it was").to.equal(7);
  });

  it("gives out accepted intents oldest first, at most as many as asked, whatever their ids", async () => {
    for (const id of ["z", "a", "m"]) await enterIntent(fixture.store, { id });
    expect(await accepted()).to.deep.equal(["z", "a", "m"]);
    expect(await accepted(2)).to.deep.equal(["z", "a"]);
  });

  it("keeps nonce, bytes and hash of a whole batch in one commit, and moves the lane on with it", async () => {
    for (const id of ["one", "two"]) await enterIntent(fixture.store, { id });
    await store.openLane(lane, 5);
    await store.saveSigned(lane, 5, [signed("one", 5), signed("two", 6)]);
    expect(await row("two")).to.include({ status: "signed", lane, nonce: 6, raw: "0x6", hash: hash(6, "d") });
    expect([await nextNonce(), await accepted()]).to.deep.equal([7, []]);
    expect(await store.unmined(lane)).to.deep.equal([signed("one", 5), signed("two", 6)]);
  });

  it("signs nothing of a batch that holds an intent which was signed before", async () => {
    for (const id of ["one", "two"]) await enterIntent(fixture.store, { id });
    await store.openLane(lane, 0);
    await store.saveSigned(lane, 0, [signed("one", 0)]);
    const again = store.saveSigned(lane, 1, [signed("two", 1), signed("one", 2)]);
    expect(await refusal(again)).to.match(/invariant: .*signed twice/);
    expect([await row("two").then(({ status }) => status), await nextNonce()]).to.deep.equal(["accepted", 1]);
    expect(await row("one")).to.include({ nonce: 0 });
  });

  it("lets the second of two senders of one lane save nothing", async () => {
    for (const id of ["one", "two"]) await enterIntent(fixture.store, { id });
    await store.openLane(lane, 0);
    const saves = [store.saveSigned(lane, 0, [signed("one", 0)]), store.saveSigned(lane, 0, [signed("two", 0)])];
    const outcomes = await Promise.allSettled(saves);
    expect(outcomes.map(({ status }) => status).sort()).to.deep.equal(["fulfilled", "rejected"]);
    const [reason] = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [String(outcome.reason)] : []));
    expect(reason, "and stop there").to.match(/invariant: .*moved by another sender/);
    expect([await nextNonce(), (await accepted()).length]).to.deep.equal([1, 1]);
  });

  it("lets no nonce of a lane be used twice, whoever writes it", async () => {
    for (const id of ["one", "two"]) await enterIntent(fixture.store, { id });
    await store.openLane(lane, 0);
    await store.saveSigned(lane, 0, [signed("one", 0)]);
    const failure: unknown = await fixture.store
      .transaction((tx) => tx.updateTable("transactions").set({ lane, nonce: 0 }).where("id", "=", "two").execute())
      .catch((error: unknown) => error);
    expect(failure).to.have.property("constraint", "transactions_nonce_once");
  });

  it("marks what the ledger took as broadcast, and leaves what is mined already as it is", async () => {
    for (const id of ["one", "two", "three"]) await enterIntent(fixture.store, { id });
    await store.openLane(lane, 0);
    await store.saveSigned(lane, 0, [signed("one", 0), signed("two", 1)]);
    await fixture.store.transaction(async (tx) => {
      await tx.updateTable("transactions").set({ status: "mined" }).where("id", "=", "one").execute();
    });
    await store.markBroadcast(["one", "two", "three"]);
    const statuses = await Promise.all(["one", "two", "three"].map(async (id) => (await row(id)).status));
    expect(statuses).to.deep.equal(["mined", "broadcast", "accepted"]);
  });

  it("offers again whatever no block has shown yet, of this lane only, in order of nonces", async () => {
    for (const id of ["one", "two", "three", "four", "five"]) await enterIntent(fixture.store, { id });
    await store.openLane(lane, 0);
    await store.openLane(address(801), 0);
    await store.saveSigned(lane, 0, [signed("two", 0), signed("one", 1), signed("three", 2)]);
    await store.saveSigned(address(801), 0, [{ ...signed("four", 0), hash: hash(44, "d") }]);
    await store.markBroadcast(["one"]);
    await fixture.store.transaction(async (tx) => {
      await tx.updateTable("transactions").set({ status: "reverted" }).where("id", "=", "two").execute();
    });
    expect((await store.unmined(lane)).map(({ id, nonce }) => [id, nonce])).to.deep.equal([
      ["one", 1],
      ["three", 2],
    ]);
  });
});
