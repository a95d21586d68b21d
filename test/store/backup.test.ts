import { expect } from "chai";
import { sql } from "kysely";
import { readLedgerPosition, readRows, readTables } from "../../src/store/backup.ts";
import { checksumOf, type Migration } from "../../src/store/migrate.ts";
import { migrations } from "../../src/store/migrations/all.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { describeStore } from "../fixtures/database.ts";
import { dump } from "./dump.ts";
import { rowsAfter } from "./earlierRows.ts";
import { context, newFolder, newTarget, put, refusalOf, type Target, take, unending } from "./taken.ts";

/** The first start in a folder takes seconds, on a busy machine many. */

describeStore("a backup of the store", (fixture) => {
  const targets: Target[] = [];
  const fill = () => fixture.store.transaction((tx) => sql.raw(rowsAfter(migrations.length)).execute(tx));

  async function withTarget(work: (target: Target) => Promise<void>, made = newTarget()): Promise<void> {
    const target = await made;
    targets.push(target);
    await work(target);
  }

  async function withOpened<T>(target: Target, work: (store: Store) => Promise<T>): Promise<T> {
    const opened = await openStore({ context, migrations, ...target.where });
    try {
      return await work(opened);
    } finally {
      await opened.close();
    }
  }

  afterEach(async () => {
    for (const target of targets.splice(0)) await target.remove();
  });

  it("has every row of every table, value for value, and goes into either engine", async () => {
    await fill();
    const taken = await take(fixture.store);
    const before = await dump(fixture.store);
    expect(Object.entries(before).filter(([, rows]) => rows.length === 0)).to.deep.equal([]);
    const expectSame = async (target: Target) => {
      await put(target, taken);
      expect(await withOpened(target, dump)).to.deep.equal(before);
    };
    await withTarget(expectSame);
    await withTarget(expectSame, newFolder());
  });

  it("goes on counting where the columns that count by themselves had come to", async () => {
    await fill();
    await fixture.store.transaction(async (tx) => {
      await sql`delete from transactions where id = 'tx-5'`.execute(tx);
    });
    const taken = await take(fixture.store);
    const next = (store: Store) =>
      store.transaction(async (tx) => {
        const { rows } = await sql<{ position: number }>`insert into transactions
          (id, organisation_id, kind, subject, deal, slot, target, data, status, created_at_ms)
          values ('tx-next', 'org-bank', 'k', 's', 'd', 1, 't', '0x', 'accepted', 1) returning position`.execute(tx);
        return rows[0]?.position;
      });
    const expected = await next(fixture.store);
    await withTarget(async (target) => {
      await put(target, taken);
      expect(await withOpened(target, next)).to.equal(expected);
    });
  });

  it("keeps references, constraints, triggers and indexes where it is restored", async () => {
    await fill();
    const taken = await take(fixture.store);
    const rules = async (store: Store) =>
      (
        await sql`select conrelid::regclass::text as place, conname as name, pg_get_constraintdef(oid) as definition
            from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n'
          union all select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'
          union all select tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
          order by 1, 2, 3`.execute(store.db)
      ).rows;
    const before = await rules(fixture.store);
    await withTarget(async (target) => {
      await put(target, taken);
      expect(await withOpened(target, rules)).to.deep.equal(before);
    });
  });

  it("of an earlier release is brought up to this one", async () => {
    await fill();
    const taken = await take(fixture.store);
    const added: Migration = {
      id: "9999_added",
      sql: "alter table currencies add column known boolean; update currencies set known = true;",
    };
    await withTarget(async (target) => {
      await put(target, taken, [...migrations, added]);
      const opened = await openStore({ context, migrations: [...migrations, added], ...target.where });
      const { rows } = await sql`select currency, known from currencies`.execute(opened.db);
      await opened.close();
      expect(rows).to.deep.equal([{ currency: "EUR", known: true }]);
    });
  });

  it("of a later release is refused, and one whose migrations were altered, with nothing made", async () => {
    const taken = await take(fixture.store);
    const newer = { id: "9999_newer", checksum: checksumOf({ id: "", sql: "" }) };
    const [first, ...others] = taken.migrations;
    const altered = [{ id: first?.id ?? "", checksum: "0".repeat(64) }, ...others];
    await withTarget(async (target) => {
      const later = await refusalOf(put(target, { ...taken, migrations: [...taken.migrations, newer] }));
      expect(later).to.include({ code: "store.newer_than_code" });
      expect(later.facts).to.deep.equal({ migration: "9999_newer" });
      const other = await refusalOf(put(target, { ...taken, migrations: altered }));
      expect(other).to.include({ code: "store.migration_changed" });
      await put(target, taken);
    });
  });

  it("is not restored over tables, and leaves an empty database when its rows do not fit", async () => {
    await fill();
    const taken = await take(fixture.store);
    const rows = new Map(taken.rows);
    rows.set("users", []);
    await withTarget(async (target) => {
      // Orders and keys refer to users that are not there.
      const failure: unknown = await put(target, { ...taken, rows }).catch((error: unknown) => error);
      expect(failure).to.have.property("code", "23503");
      const short = new Map(taken.rows).set("lanes", [["0x", "1"]]);
      expect(await refusalOf(put(target, { ...taken, rows: short }))).to.include({ code: "backup.altered" });
      const fewer = taken.tables.filter(({ name }) => name !== "audit");
      expect(await refusalOf(put(target, { ...taken, tables: fewer }))).to.include({ code: "backup.altered" });
      await put(target, taken);
      const second = await refusalOf(put(target, taken));
      expect(second).to.include({ code: "backup.target_not_empty" });
    });
  });

  it("says how far the store had come on the ledger, and what it had signed beyond that", async () => {
    expect(await fixture.store.snapshot(unending, readLedgerPosition)).to.equal(undefined);
    await fill();
    const position = await fixture.store.snapshot(unending, readLedgerPosition);
    expect(position).to.include({ chainId: 31337, genesisHash: `0x${"f".repeat(64)}`, block: 1 });
    expect([...(position?.openAttempts ?? [])].sort()).to.deep.equal([3, 4].map((n) => `0x${String(n).repeat(64)}`));
  });

  it("reads many rows and large ones in pieces", async () => {
    await fixture.store.transaction(async (tx) => {
      await sql`insert into idempotency select 'o', g::text, 'u', 'f', 200, '', repeat('x', 300)::bytea, '{}', g
        from generate_series(1, 5000) g`.execute(tx);
      await sql`insert into idempotency select 'o', 'large' || g, 'u', 'f', 200, '', repeat('y', 1500000)::bytea, '{}', g
        from generate_series(1, 5) g`.execute(tx);
    });
    const sizes = await fixture.store.snapshot(unending, async (snapshot) => {
      const table = (await readTables(snapshot)).find(({ name }) => name === "idempotency");
      const found: number[] = [];
      if (table) for await (const rows of readRows(snapshot, table)) found.push(rows.length);
      return found;
    });
    expect(sizes.reduce((sum, size) => sum + size, 0)).to.equal(5_005);
    expect(Math.max(...sizes)).to.be.within(256, 1_024);
  });

  it("is one at a time, and ends when it is told to", async () => {
    const held = Promise.withResolvers<void>();
    const first = fixture.store.snapshot(unending, () => held.promise);
    expect(await refusalOf(fixture.store.snapshot(unending, async () => undefined))).to.include({
      code: "backup.under_way",
    });
    held.resolve();
    await first;
    const stop = new AbortController();
    const stopped: unknown = await fixture.store
      .snapshot(stop.signal, async (snapshot) => {
        stop.abort();
        await snapshot.read("select 1");
      })
      .catch((error: unknown) => error);
    expect(stopped).to.have.property("name", "AbortError");
    await fixture.store.snapshot(unending, async () => undefined);
  });
});
