import { expect } from "chai";
import { sql } from "kysely";
import type pg from "pg";
import { silentLogger } from "../../src/shared/context.ts";
import { guardPool } from "../../src/store/guardedPool.ts";
import type { Db } from "../../src/store/store.ts";
import { describeStore } from "../fixtures/database.ts";

const transactionMs = 1_000;

describeStore(
  "statements that come again",
  (fixture) => {
    /** Statements that this connection keeps whose text begins so. */
    async function kept(text: string): Promise<number> {
      const { rows } = await sql<{ count: number }>`select count(*) as count from pg_prepared_statements
        where name <> '' and starts_with(statement, ${text})`.execute(fixture.store.db);
      return rows[0]?.count ?? 0;
    }

    const write = (statements: string) => fixture.store.transaction((tx) => sql.raw(statements).execute(tx));
    const times = async <T>(count: number, work: (nth: number) => Promise<T>) => {
      const results: T[] = [];
      for (let nth = 0; nth < count; nth += 1) results.push(await work(nth));
      return results;
    };
    const failureOf = (work: Promise<unknown>) =>
      work.then(
        () => undefined,
        (error: unknown) => error,
      );

    beforeEach(() => write("create table named_rows (id int primary key, name text)"));
    afterEach(() => write("drop table if exists named_rows"));

    it("are kept by the connection under one name, and answer by their values", async () => {
      const double = async (value: number) => {
        const { rows } = await sql<{ doubled: number }>`select 2 * ${value}::int as doubled`.execute(fixture.store.db);
        return rows[0]?.doubled;
      };
      expect(await times(20, double)).to.deep.equal(Array.from({ length: 20 }, (_, nth) => 2 * nth));
      expect(await kept("select 2 * ")).to.equal(1);
    });

    const insert = (id: number) => (tx: Db) => sql`insert into named_rows values (${id}, 'one')`.execute(tx);

    it("go on after a transaction that one of them aborted", async () => {
      await times(3, (nth) => fixture.store.transaction(insert(nth)));
      const failure = await failureOf(
        fixture.store.transaction(async (tx) => {
          await failureOf(insert(0)(tx));
          await insert(7)(tx);
        }),
      );
      expect(failure).to.have.property("code", "25P02");
      await fixture.store.transaction(insert(7));
      const { rows } = await sql`select id from named_rows order by id`.execute(fixture.store.db);
      expect(rows).to.deep.equal([{ id: 0 }, { id: 1 }, { id: 2 }, { id: 7 }]);
    });

    it("get their name later if the transaction was aborted at that moment", async () => {
      const read = (db: Db) => sql`select name from named_rows where id = ${1}`.execute(db);
      await times(2, () => read(fixture.store.db));
      const failure = await failureOf(
        fixture.store.transaction(async (tx) => {
          await failureOf(sql`select 1 / 0`.execute(tx));
          await read(tx);
        }),
      );
      expect(failure).to.have.property("code", "25P02");
      await times(3, () => read(fixture.store.db));
      expect(await kept("select name from named_rows")).to.equal(1);
    });

    it("go on after one that took too long", async () => {
      const sleep = (seconds: number) =>
        fixture.store.transaction((tx) => sql`select pg_sleep(${seconds}::float8)`.execute(tx));
      await times(3, () => sleep(0));
      expect(await failureOf(sleep(1.5))).to.have.property("code", "store.transaction_timeout");
      await sleep(0);
    });

    it("see a column that was added since, as another release's migration may do", async () => {
      const read = async () => (await sql`select * from named_rows`.execute(fixture.store.db)).rows;
      await fixture.store.transaction(insert(1));
      await times(8, read);
      await write("alter table named_rows add column later text default 'new'");
      expect(await read()).to.deep.equal([{ id: 1, name: "one", later: "new" }]);
      expect(await times(3, read)).to.have.length(3);
    });

    it("cost one transaction when a column was added since, and succeed in the next", async () => {
      const read = () =>
        fixture.store.transaction(async (tx) => (await sql`select named_rows.* from named_rows`.execute(tx)).rows);
      await fixture.store.transaction(insert(1));
      await times(8, read);
      await write("alter table named_rows add column later text default 'new'");
      expect(await failureOf(read())).to.have.property("code", "0A000");
      expect(await read()).to.deep.equal([{ id: 1, name: "one", later: "new" }]);
    });

    it("see a table that was made anew", async () => {
      const read = async () => (await sql`select id, name from named_rows`.execute(fixture.store.db)).rows;
      await times(8, read);
      await write("drop table named_rows; create table named_rows (id int primary key, name text)");
      await fixture.store.transaction(insert(5));
      expect(await read()).to.deep.equal([{ id: 5, name: "one" }]);
    });

    it("are not disturbed by texts of several statements, however often those come", async () => {
      await times(4, () => write("select 1; select 2"));
    });
  },
  { transactionMs },
);

describe("plans of named statements", () => {
  /** A connection that remembers what it was sent. */
  function createPool() {
    const sent: string[] = [];
    const client = {
      query: (query: string | { text: string }) => {
        sent.push(typeof query === "string" ? query : query.text);
        return Promise.resolve({ rows: [] });
      },
      release: () => undefined,
    };
    const pool = { on: () => undefined, connect: () => Promise.resolve(client) } as unknown as pg.Pool;
    return { pool, sent };
  }

  it("are made anew after two seconds, before a use of the connection and never within one", async () => {
    const { pool, sent } = createPool();
    let nowMs = 0;
    const guarded = guardPool(pool, silentLogger, () => nowMs);
    for (const atMs of [0, 1_999, 2_000, 3_000, 4_001]) {
      nowMs = atMs;
      const client = await guarded.connect();
      await client.query("begin", []);
      nowMs += 500;
      await client.query("commit", []);
      client.release();
    }
    const use = ["begin", "commit"];
    const renewal = "discard plans";
    expect(sent).to.deep.equal([...use, ...use, renewal, ...use, ...use, renewal, ...use]);
  });
});
