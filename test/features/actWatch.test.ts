import { expect } from "chai";
import type { TransactionStatus } from "../../src/domain/transaction.ts";
import { createActWatch } from "../../src/features/actWatch.ts";
import { createClock } from "../../src/shared/clock.ts";
import { silentLogger } from "../../src/shared/context.ts";
import { createShutdown } from "../../src/shared/shutdown.ts";
import { createSignal } from "../../src/shared/signal.ts";
import { insertOrder, insertTransaction } from "../../src/store/orders.ts";
import type { Store } from "../../src/store/store.ts";
import { describeStore } from "../fixtures/database.ts";
import { address, enterParticipants, hash, organisationOf } from "../store/blockFixture.ts";

const longMs = 60_000;

describeStore("waiting for an act (Prefer: wait)", (fixture) => {
  let count = 0;

  beforeEach(async () => {
    count = 0;
    await enterParticipants(fixture.store, [1, 2]);
    await fixture.store.transaction(async (tx) => {
      await tx
        .insertInto("users")
        .values({
          ...{ id: "maker-1", organisation_id: organisationOf(1), name: "A maker", role: "maker", status: "active" },
          ...{ invitation_hash: null, signer: null, sealed_key: null, created_at_ms: 0 },
        })
        .execute();
    });
  });

  /** An order, with its transaction unless it awaits approval. */
  async function enter(isComplete = true): Promise<string> {
    count += 1;
    const id = `order-${count}`;
    const transactionId = isComplete ? `transaction-${count}` : null;
    const act = { organisationId: organisationOf(1), kind: "credit.issue", subject: "credit-1", deals: ["credit-1"] };
    await fixture.store.transaction(async (tx) => {
      const signed = {
        account: address(1),
        calls: [],
        nonce: "1",
        deadline: 2e9,
        orderHash: hash(count),
        approvals: [],
      };
      await insertOrder(
        tx,
        { ...act, ...signed, id, summary: {}, proposedBy: "maker-1", createdAtMs: 0 },
        transactionId,
      );
      const intent = { target: address(1), data: "0x", traceParent: null, createdAtMs: 0 };
      if (transactionId) await insertTransaction(tx, { ...act, ...intent, id: transactionId, orderId: id });
    });
    return id;
  }

  async function become(orderId: string, status: TransactionStatus): Promise<void> {
    await fixture.store.transaction(async (tx) => {
      await tx.updateTable("transactions").set({ status }).where("order_id", "=", orderId).execute();
    });
  }

  /** The watch, the signal of the index, and how often the store was looked at. */
  function open() {
    const indexed = createSignal();
    const shutdown = createShutdown();
    let looks = 0;
    const db = new Proxy(fixture.store.db, {
      get(target, name) {
        if (name === "selectFrom") looks += 1;
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const store: Store = { ...fixture.store, db };
    const context = { logger: silentLogger, clock: createClock(() => 0), shutdown };
    return { watch: createActWatch({ context, store, indexed }), indexed, shutdown, looks: () => looks };
  }

  for (const status of ["mined", "final", "reverted", "cancelled", "replaced", "dead"] as const) {
    it(`ends when it is ${status}, and says so`, async () => {
      const { watch, indexed } = open();
      const id = await enter();
      const settled = watch.settled(organisationOf(1), id, longMs);
      await become(id, status);
      indexed.fire();
      expect((await settled)?.transaction?.status).to.equal(status);
    });
  }

  it("ends at once for an act that a person has to decide, or has decided", async () => {
    const { watch } = open();
    const id = await enter(false);
    expect(await watch.settled(organisationOf(1), id, longMs)).to.deep.include({
      ...{ orderId: id, status: "awaiting_approval", transaction: null },
    });
  });

  it("ends when the time is over, with what is reached until then", async () => {
    const { watch } = open();
    const id = await enter();
    await become(id, "broadcast");
    expect((await watch.settled(organisationOf(1), id, 30))?.transaction?.status).to.equal("broadcast");
  });

  it("ends when the gateway stops", async () => {
    const { watch, shutdown } = open();
    const settled = watch.settled(organisationOf(1), await enter(), longMs);
    await shutdown.close();
    expect((await settled)?.transaction?.status).to.equal("accepted");
  });

  it("knows no act of another organisation, nor one that nobody has", async () => {
    const { watch } = open();
    const id = await enter();
    const asked = [watch.settled(organisationOf(2), id, 30), watch.settled(organisationOf(1), "order-99", 30)];
    expect(await Promise.all(asked)).to.deep.equal([undefined, undefined]);
  });

  it("is one look at the store for all who wait, however many", async () => {
    const { watch, indexed, looks } = open();
    const ids = [];
    for (let entered = 0; entered < 40; entered += 1) ids.push(await enter());
    const before = looks();
    const settled = ids.map((id) => watch.settled(organisationOf(1), id, longMs));
    for (const id of ids) await become(id, "final");
    indexed.fire();
    const acts = await Promise.all(settled);
    expect(acts.map((act) => act?.orderId)).to.deep.equal(ids);
    expect(looks() - before, "looks at the store").to.be.below(ids.length);
  });

  it("that the store fails ends, and the next wait looks again", async () => {
    const { watch } = open();
    const id = await enter();
    const broken = createActWatch({
      context: { logger: silentLogger, clock: createClock(() => 0), shutdown: createShutdown() },
      store: { ...fixture.store, db: failing() },
      indexed: createSignal(),
    });
    const outcome = await broken.settled(organisationOf(1), id, longMs).catch((error: unknown) => error);
    expect(String(outcome)).to.equal("Error: the store is gone");
    expect(await watch.settled(organisationOf(1), id, 20)).to.include({ orderId: id });
  });

  function failing(): Store["db"] {
    return new Proxy(fixture.store.db, {
      get() {
        throw new Error("the store is gone");
      },
    });
  }
});
