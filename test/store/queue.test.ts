import { expect } from "chai";
import type { TransactionStatus } from "../../src/domain/transaction.ts";
import type { AppError } from "../../src/shared/errors.ts";
import {
  assertQueueRoom,
  countByStatus,
  knownRefusal,
  type QueueLimits,
  queueRefusals,
  requestCancellation,
} from "../../src/store/queue.ts";
import { createSenderStore } from "../../src/store/senderStore.ts";
import type { Transaction } from "../../src/store/store.ts";
import { describeStore } from "../fixtures/database.ts";
import { attemptsFor, enterIntents, laneOf, leadOf } from "../races/intents.ts";
import { enterParticipants, organisationOf } from "./blockFixture.ts";

describeStore("the queue of transactions", (fixture) => {
  const lane = laneOf(0);

  beforeEach(async () => {
    await enterParticipants(fixture.store, [1, 2]);
    await fixture.store.transaction(async (tx) => {
      for (const id of ["maker", "checker"]) {
        await tx
          .insertInto("users")
          .values({
            ...{ id, organisation_id: organisationOf(1), name: "A person", role: "maker", status: "active" },
            ...{ invitation_hash: null, signer: null, sealed_key: null, created_at_ms: 0 },
          })
          .execute();
      }
    });
  });

  const enter = (organisation: number, ...ids: string[]) =>
    enterIntents(
      fixture.store,
      ids.map((id, n) => ({ id, organisation, createdAtMs: 100 + n })),
    );
  const set = (id: string, status: TransactionStatus) =>
    fixture.store.transaction(async (tx) => {
      await tx.updateTable("transactions").set({ status }).where("id", "=", id).execute();
    });
  const row = (id: string) =>
    fixture.store.db.selectFrom("transactions").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  const room = (organisation: number, limits: Partial<QueueLimits>) =>
    fixture.store
      .transaction((tx) =>
        assertQueueRoom(tx, organisationOf(organisation), {
          ...{ perOrganisation: 1_000, overall: 1_000, retryAfterSeconds: 3, ...limits },
        }),
      )
      .then(
        () => "room",
        (error: unknown) => error,
      );
  const cancel = (transactionId: string, more: { organisation?: number; userId?: string } = {}) => {
    const { organisation = 1, userId = "maker" } = more;
    const wish = { organisationId: organisationOf(organisation), transactionId, userId };
    return fixture.store.transaction((tx) => requestCancellation(tx, wish));
  };

  it("has room up to the bound of an organisation, and of all together", async () => {
    await enter(1, "a", "b");
    await enter(2, "c");
    expect(await room(1, { perOrganisation: 3 })).to.equal("room");
    expect(await room(2, { perOrganisation: 2 })).to.equal("room");
    const full = await room(1, { perOrganisation: 2 });
    expect(full).to.have.property("code", "queue.full");
    expect(full).to.have.deep.property("facts", { scope: "organisation", retryAfterSeconds: 3 });
    expect(await room(1, { overall: 4 })).to.equal("room");
    expect(await room(1, { overall: 3 })).to.have.deep.property("facts", { scope: "all", retryAfterSeconds: 3 });
  });

  const scopesOf = (refusals: readonly (AppError | undefined)[]) =>
    refusals.map((refusal) => refusal?.facts["scope"] ?? "room");

  it("has room for several in their order: what an organisation adds counts for all, what it does not for nobody", async () => {
    await enter(1, "a", "b");
    await enter(2, "c");
    const some = (limits: Partial<QueueLimits>, ...organisations: (number | undefined)[]) =>
      fixture.store.transaction(async (tx) => {
        const ids = organisations.map((one) => (one === undefined ? undefined : organisationOf(one)));
        const all = { perOrganisation: 1_000, overall: 1_000, retryAfterSeconds: 3, ...limits };
        return scopesOf(await queueRefusals(tx, ids, all));
      });
    expect(await some({ perOrganisation: 3 }, 1, 1, 2, 2, 2, undefined)).to.deep.equal([
      ...["room", "organisation", "room", "room", "organisation", "room"],
    ]);
    expect(await some({ perOrganisation: 3, overall: 5 }, 1, 1, 2, undefined, 2, 1)).to.deep.equal([
      ...["room", "organisation", "room", "room", "all", "organisation"],
    ]);
    expect(await some({ overall: 3 }, undefined, undefined)).to.deep.equal(["room", "room"]);
    expect(await some({ overall: 5 }, 3, 3, 3), "of one that has none").to.deep.equal(["room", "room", "all"]);
    expect(await some({ overall: 5 })).to.deep.equal([]);
  });

  it("is known to be full to the transaction that counted it, until that cancels something", async () => {
    await enter(1, "a", "b");
    const limits = { perOrganisation: 2, overall: 1_000, retryAfterSeconds: 3 };
    const known = (tx: Transaction) => [1, 2].map((one) => knownRefusal(tx, organisationOf(one), limits));
    const ask = (tx: Transaction) => queueRefusals(tx, [1, 2, 2, 2].map(organisationOf), limits);
    await fixture.store.transaction(async (tx) => {
      expect(scopesOf(known(tx))).to.deep.equal(["room", "room"]);
      expect(scopesOf(await ask(tx))).to.deep.equal(["organisation", "room", "room", "organisation"]);
      expect(scopesOf(known(tx)), "what was not added yet may still be refused").to.deep.equal([
        "organisation",
        "room",
      ]);
      expect(scopesOf(await ask(tx))).to.deep.equal(["organisation", "room", "room", "organisation"]);
      await requestCancellation(tx, { organisationId: organisationOf(1), transactionId: "a", userId: "maker" });
      expect(scopesOf(known(tx))).to.deep.equal(["room", "room"]);
      expect(scopesOf(await ask(tx))).to.deep.equal(["room", "room", "room", "organisation"]);
    });
    await fixture.store.transaction(async (tx) => expect(scopesOf(known(tx))).to.deep.equal(["room", "room"]));
  });

  it("counts whatever is on the way, and nothing that is in a block or has ended", async () => {
    await enter(1, ..."abcdefghij");
    const statuses = [
      "accepted",
      "assigned",
      "signed",
      "broadcast",
      "mined",
      "final",
      "reverted",
      "cancelled",
    ] as const;
    for (const [index, status] of statuses.entries()) await set("abcdefgh".charAt(index), status);
    await set("i", "replaced");
    await set("j", "dead");
    expect(await room(1, { perOrganisation: 5 })).to.equal("room");
    expect(await room(1, { perOrganisation: 4 })).to.have.property("code", "queue.full");
    expect(await room(1, { overall: 5 })).to.equal("room");
    expect(await room(1, { overall: 4 })).to.have.property("code", "queue.full");
  });

  it("is not taken for long because the first and the last that wait are far apart", async () => {
    await enter(1, "first");
    await enter(1, ...Array.from({ length: 30 }, (_, n) => `done-${n}`));
    await fixture.store.transaction(async (tx) => {
      await tx.updateTable("transactions").set({ status: "final" }).where("id", "like", "done-%").execute();
    });
    await enter(1, "last");
    expect(await room(1, { perOrganisation: 3, overall: 3 })).to.equal("room");
    expect(await room(1, { perOrganisation: 2, overall: 3 })).to.have.property("code", "queue.full");
  });

  it("loses an intent at once when its user cancels it before a lane has it", async () => {
    await enter(1, "one");
    expect(await cancel("one")).to.deep.equal({ status: "cancelled" });
    expect(await row("one")).to.include({ status: "cancelled", cancel_requested_by: "maker", nonce: null });
    const store = createSenderStore(fixture.store);
    expect(await store.claim(await leadOf(fixture.store), { lane, laneCount: 1, limit: 5 })).to.deep.equal([]);
    expect(await cancel("one", { userId: "checker" }), "again").to.deep.equal({ status: "cancelled" });
    expect((await row("one")).cancel_requested_by, "the first who asked").to.equal("maker");
  });

  it("tells the lane of a wish to cancel what it has taken, and keeps who asked first", async () => {
    const store = createSenderStore(fixture.store);
    const lease = await leadOf(fixture.store);
    await enter(1, "one", "two", "three");
    await store.openLane(lease, lane, 0);
    await store.claim(lease, { lane, laneCount: 1, limit: 2 });
    await store.saveSigned(lease, lane, 0, attemptsFor(lane, 0, ["one"]));
    expect(await cancel("one")).to.deep.equal({ status: "signed" });
    expect(await cancel("one", { userId: "checker" })).to.deep.equal({ status: "signed" });
    expect(await cancel("two")).to.deep.equal({ status: "assigned" });
    expect(await row("one")).to.include({ status: "signed", cancel_requested_by: "maker", nonce: 0 });
    expect((await store.open(lane)).map(({ cancelRequested }) => cancelRequested)).to.deep.equal([true]);
    expect((await store.claim(lease, { lane, laneCount: 1, limit: 5 })).map(({ id }) => id)).to.deep.equal(["three"]);
  });

  it("cancels nothing that is in a block or has ended, and says how it ended", async () => {
    await enter(1, "one");
    for (const status of ["mined", "final", "reverted", "cancelled", "replaced", "dead"] as const) {
      await set("one", status);
      const failure: unknown = await cancel("one").catch((error: unknown) => error);
      expect(failure, status).to.have.property("code", "transaction.wrong_state");
      expect(failure).to.have.deep.property("facts", { status });
    }
    expect((await row("one")).cancel_requested_by).to.equal(null);
  });

  it("does not know a transaction of another organisation, nor one that is none", async () => {
    await enter(1, "one");
    expect(await cancel("one", { organisation: 2 })).to.equal(undefined);
    expect(await cancel("none")).to.equal(undefined);
    expect((await row("one")).status).to.equal("accepted");
  });

  it("is counted by status, with the time of its oldest", async () => {
    expect(await countByStatus(fixture.store.db)).to.deep.equal({
      ...{ count: { accepted: 0, assigned: 0, signed: 0, broadcast: 0 }, oldestCreatedAtMs: null },
    });
    await enter(1, ..."abcde");
    await set("a", "final");
    await set("b", "signed");
    await set("c", "broadcast");
    expect(await countByStatus(fixture.store.db)).to.deep.equal({
      ...{ count: { accepted: 2, assigned: 0, signed: 1, broadcast: 1 }, oldestCreatedAtMs: 101 },
    });
  });
});
