import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { sql } from "kysely";
import { AppError } from "../../src/shared/errors.ts";
import { assertOutsideTransaction } from "../../src/shared/transactionScope.ts";
import type { Db, Transaction } from "../../src/store/store.ts";
import { violationOf } from "../../src/store/storeFault.ts";
import { describeStore } from "../fixtures/database.ts";

const migrations = [
  {
    id: "0001_notes",
    sql: `create table notes (
      id int constraint notes_pkey primary key,
      note text not null,
      amount numeric(78, 0) constraint notes_amount_check check (amount >= 0)
    );
    create table currencies (code text primary key);
    insert into currencies values ('EUR');`,
  },
];
const transactionMs = 150;

const insert = (tx: Transaction, id: number) => sql`insert into notes values (${id}, 'n', 1)`.execute(tx);
const never = () => new Promise<never>(() => {});

async function idsIn(db: Db): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`select id from notes order by id`.execute(db);
  return rows.map(({ id }) => id);
}

function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describeStore(
  "a store's transaction",
  (fixture) => {
    const ids = (db: Db = fixture.store.db) => idsIn(db);

    it("commits when its work resolves, and returns what the work returned", async () => {
      const result = await fixture.store.transaction(async (tx) => {
        await insert(tx, 1);
        expect(await ids(tx)).to.deep.equal([1]);
        return "done";
      });
      expect(result).to.equal("done");
      expect(await ids()).to.deep.equal([1]);
    });

    it("undoes everything when its work throws, and passes the error on", async () => {
      const fault = new Error("no");
      const failure = await failureOf(
        fixture.store.transaction(async (tx) => {
          await insert(tx, 1);
          throw fault;
        }),
      );
      expect(failure).to.equal(fault);
      expect(await ids()).to.deep.equal([]);
    });

    it("fails rather than commits nothing when a failed statement was swallowed", async () => {
      const failure = await failureOf(
        fixture.store.transaction(async (tx) => {
          await insert(tx, 1);
          await sql`select 1 / 0`.execute(tx).catch(() => undefined);
        }),
      );
      expect(failure).to.be.instanceOf(Error);
      expect(await ids()).to.deep.equal([]);
    });

    it("throws at once on a query through the store itself", async () => {
      const failure = await failureOf(fixture.store.transaction(() => ids()));
      expect(failure)
        .to.be.instanceOf(Error)
        .with.property("message")
        .that.matches(/^invariant: .*transaction/);
    });

    it("refuses a transaction inside it", async () => {
      const failure = await failureOf(
        fixture.store.transaction(() => fixture.store.transaction(async (tx) => insert(tx, 1))),
      );
      expect(failure)
        .to.be.instanceOf(Error)
        .with.property("message")
        .that.matches(/^invariant: a second transaction/);
      expect(await ids()).to.deep.equal([]);
    });

    it("is visible to what must wait outside, and only while it is open", async () => {
      const wait = () => assertOutsideTransaction("a call to the ledger");
      const failure = await failureOf(fixture.store.transaction(async () => wait()));
      expect(failure).to.be.instanceOf(Error);
      wait();
    });

    it("is undone when its work waited for anything but SQL, and says for what", async () => {
      const failure = await failureOf(
        fixture.store.transaction(async (tx) => {
          await insert(tx, 1);
          await readFile(import.meta.filename);
        }),
      );
      expect(failure).to.have.property("message", "invariant: a wait for a file inside a database transaction");
      expect(await ids()).to.deep.equal([]);
    });

    it("keeps queries of others out until it has ended", async () => {
      const { promise: open, resolve: opened } = Promise.withResolvers<void>();
      const work = fixture.store.transaction(async (tx) => {
        await insert(tx, 1);
        opened();
        await insert(tx, 2);
      });
      await open;
      const seen = await ids();
      await work;
      expect([0, 2]).to.include(seen.length);
    });

    it("is the only way to write", async () => {
      const failure = await failureOf(sql`insert into notes values (1, 'n', 1)`.execute(fixture.store.db));
      expect(failure).to.have.property("code", "25006");
    });

    it("runs beside many others without mixing them up", async () => {
      const numbers = Array.from({ length: 40 }, (_, index) => index);
      await Promise.all(numbers.map((id) => fixture.store.transaction((tx) => insert(tx, id))));
      expect(await ids()).to.deep.equal(numbers);
    });

    it("names the constraint that an insert ran into", async () => {
      await fixture.store.transaction((tx) => insert(tx, 1));
      const doubled = await failureOf(fixture.store.transaction((tx) => insert(tx, 1)));
      expect(violationOf(doubled)).to.deep.equal({ kind: "unique", constraint: "notes_pkey", table: "notes" });
      const negative = await failureOf(
        fixture.store.transaction((tx) => sql`insert into notes values (2, 'n', -1)`.execute(tx)),
      );
      expect(violationOf(negative)).to.deep.equal({ kind: "check", constraint: "notes_amount_check", table: "notes" });
      expect(violationOf(new Error("other"))).to.equal(undefined);
    });

    it("finds the rows that migrations inserted, in every test anew", async () => {
      const codes = async () => (await sql`select code from currencies`.execute(fixture.store.db)).rows;
      expect(await codes()).to.deep.equal([{ code: "EUR" }]);
      await fixture.store.transaction((tx) => sql`delete from currencies`.execute(tx));
      expect(await codes()).to.deep.equal([]);
    });

    it("(the test before deleted them)", async () => {
      expect((await sql`select code from currencies`.execute(fixture.store.db)).rows).to.deep.equal([{ code: "EUR" }]);
    });
  },
  { migrations },
);

describeStore(
  "a transaction that takes too long",
  (fixture) => {
    const ids = () => idsIn(fixture.store.db);

    it("and waits is undone, and never commits", async () => {
      const failure = await failureOf(
        fixture.store.transaction(async (tx) => {
          await insert(tx, 1);
          await never();
        }),
      );
      expect(failure).to.be.instanceOf(AppError).with.property("code", "store.transaction_timeout");
      expect(failure).to.have.deep.property("facts", { limitMs: transactionMs });
      expect(await ids()).to.deep.equal([]);
    });

    it("cannot write any more, though its work goes on", async () => {
      const late = Promise.withResolvers<void>();
      const { promise: lateFailure, resolve: reportLate } = Promise.withResolvers<unknown>();
      const failure = await failureOf(
        fixture.store.transaction(async (tx) => {
          await insert(tx, 1);
          await late.promise;
          reportLate(await failureOf(insert(tx, 2)));
        }),
      );
      expect(failure).to.be.instanceOf(AppError);
      expect(await ids()).to.deep.equal([]);
      late.resolve();
      expect(await lateFailure).to.be.instanceOf(Error);
      expect(await ids()).to.deep.equal([]);
    });

    it("in one statement is refused in time, and the store works on", async () => {
      const failure = await failureOf(
        fixture.store.transaction(async (tx) => {
          await insert(tx, 1);
          await sql`select pg_sleep(0.4)`.execute(tx);
        }),
      );
      expect(failure).to.be.instanceOf(AppError).with.property("code", "store.transaction_timeout");
      await fixture.store.transaction((tx) => insert(tx, 2));
      expect(await ids()).to.deep.equal([2]);
    });
  },
  { migrations, transactionMs },
);
