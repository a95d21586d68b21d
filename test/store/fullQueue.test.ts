/** Acts for which the queue has no room cost next to nothing, whatever they come with: they hold nobody up. */
import { expect } from "chai";
import { type KyselyPlugin, sql } from "kysely";
import { AppError } from "../../src/shared/errors.ts";
import { limits } from "../../src/shared/limits.ts";
import { verifyAudit } from "../../src/store/audit.ts";
import { createIdempotencyStore } from "../../src/store/idempotency.ts";
import { assertQueueRoom, requestCancellation } from "../../src/store/queue.ts";
import type { Store, Transaction } from "../../src/store/store.ts";
import { describeStore } from "../fixtures/database.ts";
import { caller, enterMaker, fillQueue, kindsOf, makeAct } from "./actFixture.ts";
import { organisationOf } from "./blockFixture.ts";

describeStore("acts without room in the queue", (fixture) => {
  let transactions: number;
  let statements: string[];

  /** Keeps what is asked of the database; of what is no plain text, that it was. */
  const counter: KyselyPlugin = {
    transformQuery({ node }) {
      statements.push(node.kind === "RawNode" ? node.sqlFragments.join("?") : node.kind);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const counted = (): Store => ({
    ...fixture.store,
    transaction: (work) => {
      transactions += 1;
      return fixture.store.transaction((tx) => work(tx.withPlugin(counter)));
    },
  });
  const port = () => createIdempotencyStore(counted(), () => 1);
  const counts = () => statements.filter((text) => text.includes("as overall")).length;

  beforeEach(async () => {
    transactions = 0;
    statements = [];
    await enterMaker(fixture.store);
  });

  const times = <T>(count: number, make: (nth: number) => T) => Array.from({ length: count }, (_, nth) => make(nth));
  const openCount = async (organisation: number) => {
    const { rows } = await sql<{ count: number }>`select count(*) as count from transactions
      where organisation_id = ${organisationOf(organisation)} and status = 'accepted'`.execute(fixture.store.db);
    return rows[0]?.count;
  };
  const write = (key: string, commit: (tx: Transaction) => Promise<unknown>) => ({
    ...{ ...caller, key, fingerprint: key },
    commit: async (tx: Transaction) => {
      await commit(tx);
      return { status: 200, contentType: null, headers: {}, bodyBytes: new Uint8Array() };
    },
  });
  const refuse = () => Promise.reject(new AppError("approval.wrong_state"));
  /** Another person has to approve it, so the queue has nothing to do with it. */
  const awaiting = (more: { also?: () => Promise<void> } = {}) => makeAct({ transaction: undefined, ...more });

  it("are refused together: fifty of them ask the database three things", async () => {
    await fillQueue(fixture.store, 0);
    const acts = times(limits.actsPerCommit, () => makeAct());
    const outcomes = await port().commitMany(acts);
    expect(kindsOf(outcomes)).to.deep.equal(acts.map(() => "queue.full"));
    // The lock, whether it is near, and the count.
    expect([transactions, statements.length, counts()]).to.deep.equal([1, 3, 1]);
    expect(
      new Set(outcomes.map((one) => one.status === "rejected" && one.reason)).size,
      "errors of their own",
    ).to.equal(acts.length);
    expect(await openCount(1)).to.equal(limits.queue.perOrganisation);
    const { rows } = await sql`select id from orders union all select key from idempotency`.execute(fixture.store.db);
    expect(rows).to.deep.equal([]);
    expect(await verifyAudit(fixture.store.db)).to.deep.include({ ok: true, entries: 0 });
  });

  it("leave those that have room together, their own and of others", async () => {
    await fillQueue(fixture.store, 2);
    const acts = times(50, (nth) => makeAct({}, nth % 2 === 0 ? 1 : 2));
    const outcomes = kindsOf(await port().commitMany(acts));
    expect(outcomes).to.deep.equal(times(50, (nth) => (nth % 2 === 1 || nth <= 2 ? "fresh" : "queue.full")));
    expect([transactions, counts()]).to.deep.equal([1, 1]);
    expect(statements).to.not.include("savepoint act");
    expect([await openCount(1), await openCount(2)]).to.deep.equal([limits.queue.perOrganisation, 25]);
    const { rows } = await sql<{ id: string }>`select order_id as id from transactions where order_id is not null
      order by position`.execute(fixture.store.db);
    const fresh = acts.filter((_, nth) => outcomes[nth] === "fresh");
    expect(rows.map(({ id }) => id)).to.deep.equal(fresh.map(({ act }) => act.rows.order.id));
  });

  it("get the room of one that is refused for another reason, and no more", async () => {
    await fillQueue(fixture.store, 2);
    const acts = [makeAct(), makeAct({ also: refuse }), awaiting(), makeAct(), makeAct(), awaiting(), makeAct({}, 2)];
    expect(kindsOf(await port().commitMany(acts))).to.deep.equal([
      ...["fresh", "approval.wrong_state", "fresh", "fresh", "queue.full", "fresh", "fresh"],
    ]);
    expect(await openCount(1)).to.equal(limits.queue.perOrganisation);
    const records = await port().findMany(
      caller,
      acts.map(({ key }) => key),
    );
    expect(records.map(Boolean)).to.deep.equal([true, false, true, true, false, true, true]);
  });

  it("are counted once more, not one by one, where another act undoes what was tried together", async () => {
    await fillQueue(fixture.store, 0);
    const acts = [...times(48, () => makeAct()), awaiting({ also: refuse }), makeAct({}, 2)];
    expect(kindsOf(await port().commitMany(acts))).to.deep.equal([
      ...times(48, () => "queue.full"),
      ...["approval.wrong_state", "fresh"],
    ]);
    expect([transactions, counts()]).to.deep.equal([2, 3]);
    expect(statements.filter((text) => text === "savepoint act")).to.have.length(3);
  });

  it("are counted once among other writes, which are done", async () => {
    await fillQueue(fixture.store, 0);
    const writes = times(25, (nth) => [makeAct(), write(`write-${nth}`, async () => undefined)]).flat();
    const outcomes = kindsOf(await port().commitMany(writes));
    expect(outcomes).to.deep.equal(times(50, (nth) => (nth % 2 === 0 ? "queue.full" : "fresh")));
    expect([transactions, counts()]).to.deep.equal([1, 1]);
  });

  it("are counted once as well where each asks for itself, as an approval does", async () => {
    await fillQueue(fixture.store, 0);
    const ask = (tx: Transaction) => assertQueueRoom(tx, organisationOf(1), limits.queue);
    const outcomes = kindsOf(await port().commitMany(times(50, (nth) => write(`approval-${nth}`, ask))));
    expect(outcomes).to.deep.equal(times(50, () => "queue.full"));
    expect([transactions, counts()]).to.deep.equal([1, 1]);
  });

  it("have room again behind a cancellation that came with them", async () => {
    await fillQueue(fixture.store, 0);
    const wish = { organisationId: organisationOf(1), transactionId: "waiting-1", userId: "maker-1" };
    const cancel = write("cancel-1", (tx) => requestCancellation(tx, wish));
    expect(kindsOf(await port().commitMany([makeAct(), cancel, makeAct(), makeAct()]))).to.deep.equal([
      ...["queue.full", "fresh", "fresh", "queue.full"],
    ]);
    expect(await openCount(1)).to.equal(limits.queue.perOrganisation);
  });
});
