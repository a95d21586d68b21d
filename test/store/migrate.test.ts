import { expect } from "chai";
import { sql } from "kysely";
import { AppError } from "../../src/shared/errors.ts";
import { type Migration, migrate } from "../../src/store/migrate.ts";
import { describeStore } from "../fixtures/database.ts";

const first: Migration = { id: "0001_first", sql: "create table first (a int);\ninsert into first values (1);" };
const second: Migration = { id: "0002_second", sql: "create table second (a int);" };
const broken: Migration = { id: "0003_broken", sql: "create table third (a int); select 1 / 0;" };

describeStore(
  "migrations",
  (fixture) => {
    const run = (migrations: readonly Migration[]) => fixture.store.transaction((tx) => migrate(tx, migrations));

    async function refusalOf(migrations: readonly Migration[]): Promise<AppError> {
      const failure: unknown = await run(migrations).catch((error: unknown) => error);
      if (failure instanceof AppError) return failure;
      throw new Error(`not refused: ${String(failure)}`);
    }

    async function tables(): Promise<string[]> {
      const { rows } = await sql<{ tablename: string }>`select tablename from pg_tables
        where schemaname = 'public' order by 1`.execute(fixture.store.db);
      return rows.map(({ tablename }) => tablename);
    }

    beforeEach(() =>
      fixture.store.transaction((tx) => sql`drop table if exists schema_migrations, first, second, third`.execute(tx)),
    );

    it("run in order on a fresh database, and a second start finds nothing to do", async () => {
      await run([first, second]);
      await run([first, second]);
      expect(await tables()).to.deep.equal(["first", "schema_migrations", "second"]);
      const { rows } = await sql`select id, position from schema_migrations order by position`.execute(
        fixture.store.db,
      );
      expect(rows).to.deep.equal([
        { id: "0001_first", position: 0 },
        { id: "0002_second", position: 1 },
      ]);
      expect((await sql`select a from first`.execute(fixture.store.db)).rows).to.deep.equal([{ a: 1 }]);
    });

    it("apply only what is new when a release adds one", async () => {
      await run([first]);
      await run([first, second]);
      expect(await tables()).to.include("second");
    });

    it("refuse a database whose applied migration has another text in this release", async () => {
      await run([first]);
      const refusal = await refusalOf([{ ...first, sql: `${first.sql} -- edited` }, second]);
      expect(refusal.code).to.equal("store.migration_changed");
      expect(refusal.facts).to.deep.equal({ migration: "0001_first" });
      expect(await tables()).to.not.include("second");
    });

    it("refuse a migration that was slipped in before an applied one", async () => {
      await run([first]);
      expect((await refusalOf([second, first])).code).to.equal("store.migration_changed");
    });

    it("refuse a database that is newer than the code", async () => {
      await run([first, second]);
      const refusal = await refusalOf([first]);
      expect(refusal.code).to.equal("store.newer_than_code");
      expect(refusal.facts).to.deep.equal({ migration: "0002_second" });
    });

    it("count a text with other line ends as the same", async () => {
      await run([first]);
      await run([{ ...first, sql: first.sql.replaceAll("\n", "\r\n") }]);
    });

    it("leave nothing behind when one of them fails", async () => {
      const failure: unknown = await run([first, second, broken]).catch((error: unknown) => error);
      expect(failure).to.have.property("code", "22012");
      expect(await tables()).to.deep.equal([]);
    });

    it("run once when two start at the same time", async () => {
      await Promise.all([run([first, second]), run([first, second])]);
      const { rows } = await sql`select a from first`.execute(fixture.store.db);
      expect(rows).to.have.length(1);
    });
  },
  { migrations: [] },
);
