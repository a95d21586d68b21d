import { expect } from "chai";
import { sql } from "kysely";
import { AppError } from "../../src/shared/errors.ts";
import { limits } from "../../src/shared/limits.ts";
import { verifyAudit } from "../../src/store/audit.ts";
import { createIdempotencyStore } from "../../src/store/idempotency.ts";
import type { Store, Transaction } from "../../src/store/store.ts";
import { describeStore } from "../fixtures/database.ts";
import { caller, enterMaker, fillQueue, kindsOf, makeAct } from "./actFixture.ts";

describeStore("commits that come together", (fixture) => {
  let transactions: number;

  /** The store, with its transactions counted. */
  const counted = (): Store => ({
    ...fixture.store,
    transaction: (work) => {
      transactions += 1;
      return fixture.store.transaction(work);
    },
  });
  const port = (store: Store = counted()) => createIdempotencyStore(store, () => 1);

  beforeEach(async () => {
    transactions = 0;
    await enterMaker(fixture.store);
  });

  const sentOrders = async () => {
    const rows = await fixture.store.db.selectFrom("transactions").select("order_id").orderBy("position").execute();
    return rows.map((row) => row.order_id);
  };

  it("share transactions, keep their order, and have a record and an audit entry each", async () => {
    const acts = Array.from({ length: 120 }, () => makeAct());
    const outcomes = await port().commitMany(acts);
    expect(kindsOf(outcomes)).to.deep.equal(acts.map(() => "fresh"));
    expect(transactions).to.equal(Math.ceil(120 / limits.actsPerCommit));
    expect(await sentOrders()).to.deep.equal(acts.map(({ act }) => act.rows.order.id));
    const records = await port().findMany(
      caller,
      acts.map(({ key }) => key),
    );
    expect(records.map((record) => Buffer.from(record?.reply.bodyBytes ?? []).toString())).to.deep.equal(
      acts.map(({ act }) => act.result.bodyBytes.toString()),
    );
    const verdict = await verifyAudit(fixture.store.db);
    expect(verdict).to.deep.include({ ok: true, entries: 120 });
    const subjects = await fixture.store.db.selectFrom("audit").select("subject").orderBy("position").execute();
    expect(subjects.map(({ subject }) => subject)).to.deep.equal(acts.map(({ act }) => act.rows.order.subject));
  });

  it("come from requests of their own too: whoever arrives during a commit shares the next one", async () => {
    const queue = port();
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => queue.commitOnce(makeAct())));
    expect(outcomes.map(({ kind }) => kind)).to.deep.equal(outcomes.map(() => "fresh"));
    expect(transactions).to.be.at.most(2);
  });

  it("fall apart only where one of them is refused: the others stay, and nothing of it does", async () => {
    const bad = makeAct({
      also: async (tx) => {
        await tx.insertInto("currencies").values({ currency: "EUR", exponent: 2 }).execute();
        throw new AppError("approval.wrong_state");
      },
    });
    const acts = [makeAct(), makeAct(), bad, makeAct()];
    expect(kindsOf(await port().commitMany(acts))).to.deep.equal(["fresh", "fresh", "approval.wrong_state", "fresh"]);
    expect(await sentOrders()).to.deep.equal(["order-2", "order-3", "order-4"]);
    expect(await port().find(bad)).to.equal(undefined);
    expect(await fixture.store.db.selectFrom("currencies").select("currency").execute()).to.deep.equal([]);
    expect(await verifyAudit(fixture.store.db)).to.deep.include({ ok: true, entries: 3 });
  });

  it("may be other writes among acts, refused by the database itself", async () => {
    const list = (key: string, currency: string) => ({
      ...{ ...caller, key, fingerprint: key },
      commit: async (tx: Transaction) => {
        await tx.insertInto("currencies").values({ currency, exponent: 2 }).execute();
        return makeAct().act.result;
      },
    });
    const writes = [makeAct(), list("list-1", "EUR"), list("list-2", "EUR"), makeAct(), list("list-3", "USD")];
    const kinds = kindsOf(await port().commitMany(writes));
    expect([kinds[0], kinds[1], kinds[3], kinds[4]]).to.deep.equal(["fresh", "fresh", "fresh", "fresh"]);
    expect(kinds[2]).to.match(/currencies_pkey/);
  });

  it("with one key do one of them, and the others are replayed or a conflict", async () => {
    const act = makeAct();
    const same = { ...makeAct(), key: act.key, fingerprint: act.fingerprint };
    const other = { ...makeAct(), key: act.key };
    expect(kindsOf(await port().commitMany([act, same, other, makeAct()]))).to.deep.equal([
      "fresh",
      "replayed",
      "conflict",
      "fresh",
    ]);
    expect(await sentOrders()).to.deep.equal(["order-1", "order-4"]);
  });

  it("stop exactly where the queue is full, and say when to come again", async () => {
    await fillQueue(fixture.store, 3);
    const acts = Array.from({ length: 5 }, () => makeAct());
    const outcomes = await port().commitMany(acts);
    expect(kindsOf(outcomes)).to.deep.equal(["fresh", "fresh", "fresh", "queue.full", "queue.full"]);
    const [refused] = outcomes.filter((one) => one.status === "rejected");
    expect(refused?.reason.facts).to.deep.equal({
      scope: "organisation",
      retryAfterSeconds: limits.queue.retryAfterSeconds,
    });
    expect(
      (
        await port().findMany(
          caller,
          acts.map(({ key }) => key),
        )
      ).map(Boolean),
    ).to.deep.equal([true, true, true, false, false]);
    // Another organisation has room.
    expect((await port().commitOnce(makeAct({}, 2))).kind).to.equal("fresh");
  });

  it("contain SQL of their own transaction only", async () => {
    const outside = { ...makeAct(), act: undefined, commit: async () => Promise.reject(await readOutside()) };
    async function readOutside(): Promise<unknown> {
      return await fixture.store.db
        .selectFrom("currencies")
        .selectAll()
        .execute()
        .catch((error: unknown) => error);
    }
    const [first, second] = await port().commitMany([outside, makeAct()]);
    expect(String(first?.status === "rejected" && first.reason)).to.match(/invariant: a query outside/);
    expect(second?.status).to.equal("fulfilled");
  });
});

describeStore(
  "commits that together take longer than a transaction may",
  (fixture) => {
    it("are done one by one", async () => {
      const reply = { status: 202, contentType: null, headers: {}, bodyBytes: new Uint8Array() };
      const slow = (key: string) => ({
        ...{ ...caller, key, fingerprint: "f" },
        commit: async (tx: Transaction) => {
          await sql`select pg_sleep(0.3)`.execute(tx);
          return reply;
        },
      });
      const port = createIdempotencyStore(fixture.store, () => 1);
      const outcomes = await port.commitMany(["key-1", "key-2", "key-3", "key-4", "key-5"].map(slow));
      expect(outcomes.map(({ status }) => status)).to.deep.equal(outcomes.map(() => "fulfilled"));
    });
  },
  { transactionMs: 1_000 },
);
