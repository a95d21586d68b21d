import { expect } from "chai";
import { slotOf } from "../../src/domain/transaction.ts";
import {
  closeOrder,
  findOrder,
  findTransaction,
  insertOrder,
  insertTransaction,
  listOrders,
  listTransactions,
  type NewOrder,
  voidOpenOrders,
} from "../../src/store/orders.ts";
import { describeStore } from "../fixtures/database.ts";
import { address, enterParticipants, hash, organisationOf } from "./blockFixture.ts";

const approval = { userId: "maker-1", signer: address(91), signature: "0x01" };
const nowSeconds = 1_046_000_000;

describeStore("orders", (fixture) => {
  let count = 0;

  beforeEach(async () => {
    count = 0;
    await enterParticipants(fixture.store, [1, 2]);
    await fixture.store.transaction(async (tx) => {
      for (const id of [1, 2]) {
        await tx
          .insertInto("users")
          .values({
            ...{ id: `maker-${id}`, organisation_id: organisationOf(id), name: "A maker", role: "maker" },
            ...{ status: "active", invitation_hash: null, signer: null, sealed_key: null, created_at_ms: 0 },
          })
          .execute();
      }
    });
  });

  async function add(more: Partial<NewOrder> = {}, transactionId: string | null = null): Promise<string> {
    count += 1;
    const order: NewOrder = {
      ...{ id: `order-${count}`, organisationId: organisationOf(1), kind: "credit.issue", subject: "credit-1" },
      ...{
        deals: ["credit-1"],
        summary: { amount: "1" },
        account: address(1),
        calls: [{ target: address(2), data: "0x" }],
      },
      ...{ nonce: (2n ** 200n).toString(), deadline: nowSeconds + 60, orderHash: hash(count), approvals: [approval] },
      ...{ proposedBy: "maker-1", createdAtMs: 1 },
      ...more,
    };
    await fixture.store.transaction((tx) => insertOrder(tx, order, transactionId));
    return order.id;
  }

  const read = (id: string, organisation = 1) => findOrder(fixture.store.db, organisationOf(organisation), id);
  const statusOf = async (id: string) => (await read(id))?.status;
  const close = (id: string, change: Parameters<typeof closeOrder>[2]) =>
    fixture.store.transaction((tx) => closeOrder(tx, id, change));

  it("await approval when proposed, and are submitted at once when complete", async () => {
    expect(await read(await add())).to.deep.include({
      ...{ status: "awaiting_approval", transaction_id: null, reason: null, nonce: (2n ** 200n).toString() },
      ...{ calls: [{ target: address(2), data: "0x" }], approvals: [approval], summary: { amount: "1" } },
    });
    const both = await add({ deals: ["credit-1", "credit-2"] });
    expect((await read(both))?.deals).to.deep.equal(["credit-1", "credit-2"]);
    expect(await read(await add({}, "transaction-1"))).to.include({
      status: "submitted",
      transaction_id: "transaction-1",
    });
  });

  it("are not found by another organisation", async () => {
    const id = await add();
    expect(await read(id, 2)).to.equal(undefined);
    expect(await read("order-77")).to.equal(undefined);
  });

  it("end once: of two who end an open order, the second changes nothing", async () => {
    const id = await add();
    const checker = { userId: "checker-1", signer: address(92), signature: "0x02" };
    const submitted = { status: "submitted", approvals: [approval, checker], transactionId: "transaction-1" } as const;
    const outcomes = await Promise.all([close(id, submitted), close(id, { status: "rejected", reason: "no" })]);
    expect([...outcomes].sort()).to.deep.equal([false, true]);
    const order = await read(id);
    if (outcomes[0])
      expect(order).to.deep.include({ status: "submitted", reason: null, approvals: [approval, checker] });
    else
      expect(order).to.deep.include({ status: "rejected", reason: "no", approvals: [approval], transaction_id: null });
    expect(await close(id, { status: "withdrawn" })).to.equal(false);
  });

  it("keep the reason of a rejection and of a withdrawal", async () => {
    for (const status of ["rejected", "withdrawn"] as const) {
      const id = await add();
      expect(await close(id, { status, reason: `because ${status}` })).to.equal(true);
      expect(await read(id)).to.include({ status, reason: `because ${status}` });
    }
  });

  it("are voided by an edit of what they concern: the open ones of that organisation and subject only", async () => {
    const open = await add();
    const other = await add({ subject: "credit-2" });
    const foreign = await add({ organisationId: organisationOf(2), proposedBy: "maker-2" });
    const done = await add({}, "transaction-1");
    const rejected = await add();
    await close(rejected, { status: "rejected" });
    await fixture.store.transaction((tx) => voidOpenOrders(tx, organisationOf(1), "credit-1"));
    expect(await statusOf(open)).to.equal("voided");
    expect(await statusOf(other)).to.equal("awaiting_approval");
    expect((await read(foreign, 2))?.status).to.equal("awaiting_approval");
    expect([await statusOf(done), await statusOf(rejected)]).to.deep.equal(["submitted", "rejected"]);
  });

  it("are listed by status; whose deadline has passed is lapsed and no longer awaits approval", async () => {
    const open = await add();
    const lapsed = await add({ deadline: nowSeconds });
    const done = await add({ deadline: nowSeconds }, "transaction-1");
    await add({ organisationId: organisationOf(2), proposedBy: "maker-2" });
    const list = async (status: Parameters<typeof listOrders>[2]["status"]) => {
      const filter = { status, nowSeconds, cursor: undefined, limit: 10 };
      return (await listOrders(fixture.store.db, organisationOf(1), filter)).map(({ id }) => id);
    };
    expect(await list(undefined)).to.deep.equal([open, lapsed, done]);
    expect(await list("awaiting_approval")).to.deep.equal([open]);
    expect(await list("lapsed")).to.deep.equal([lapsed]);
    expect(await list("submitted")).to.deep.equal([done]);
    expect(await list("voided")).to.deep.equal([]);
  });

  it("are listed a page at a time, with one more row to tell that there is another page", async () => {
    for (let n = 0; n < 5; n += 1) await add();
    const page = async (cursor: string | undefined) => {
      const filter = { status: undefined, nowSeconds, cursor, limit: 2 };
      return (await listOrders(fixture.store.db, organisationOf(1), filter)).map(({ id }) => id);
    };
    expect(await page(undefined)).to.deep.equal(["order-1", "order-2", "order-3"]);
    expect(await page("order-2")).to.deep.equal(["order-3", "order-4", "order-5"]);
    expect(await page("order-4")).to.deep.equal(["order-5"]);
  });

  it("have a hash of their own: the same order cannot be proposed twice", async () => {
    await add();
    const failure: unknown = await add({ orderHash: hash(1) }).catch((error: unknown) => error);
    expect(failure).to.have.property("constraint", "orders_order_hash_key");
  });

  it("lead to transactions that are listed newest first, by status and from before a position", async () => {
    const orderId = await add({}, "transaction-1");
    for (const [id, organisation] of [
      ["one", 1],
      ["two", 1],
      ["foreign", 2],
      ["three", 1],
    ] as const) {
      await fixture.store.transaction((tx) =>
        insertTransaction(tx, {
          ...{ id, organisationId: organisationOf(organisation), orderId, kind: "credit.issue", subject: "credit-1" },
          ...{ deals: ["credit-1"], target: address(1), data: "0x", traceParent: null, createdAtMs: 1 },
        }),
      );
    }
    await fixture.store.transaction(async (tx) => {
      await tx.updateTable("transactions").set({ status: "mined" }).where("id", "=", "two").execute();
    });
    const list = async (status: "mined" | undefined, before: number | undefined, limit = 10) => {
      const rows = await listTransactions(fixture.store.db, organisationOf(1), { status, before, limit });
      return rows.map(({ id }) => id);
    };
    expect(await list(undefined, undefined)).to.deep.equal(["three", "two", "one"]);
    expect(await list("mined", undefined)).to.deep.equal(["two"]);
    const { position = 0 } = (await findTransaction(fixture.store.db, organisationOf(1), "two")) ?? {};
    expect(await list(undefined, position)).to.deep.equal(["one"]);
    expect(await list(undefined, undefined, 1)).to.deep.equal(["three", "two"]);
    expect(await findTransaction(fixture.store.db, organisationOf(1), "foreign")).to.equal(undefined);
  });

  it("lead to transactions that know their deals, and the slot of the first one", async () => {
    const orderId = await add({}, "transaction-1");
    const shared = { organisationId: organisationOf(1), orderId, kind: "credit.issue", subject: "credit-1" };
    const sent = { target: address(1), data: "0x", traceParent: "00-trace", createdAtMs: 1 };
    const insert = (id: string, deals: readonly string[]) =>
      fixture.store.transaction((tx) => insertTransaction(tx, { id, ...shared, deals, ...sent }));
    await insert("one", ["credit-2"]);
    await insert("two", ["credit-3", "credit-2"]);
    await insert("none", []);
    const found = async (id: string) => findTransaction(fixture.store.db, organisationOf(1), id);
    const { deal: subject } = (await found("none")) ?? {};
    expect(subject).to.equal("credit-1");
    expect(await found("one")).to.include({ deal: "credit-2", other_deal: null, slot: slotOf("credit-2") });
    expect(await found("two")).to.include({
      ...{ deal: "credit-3", other_deal: "credit-2", slot: slotOf("credit-3") },
      ...{ status: "accepted", lane: null, nonce: null, trace_parent: "00-trace" },
    });
  });
});
