import { expect } from "chai";
import { sql } from "kysely";
import { checksumOf, type Migration, migrate } from "../../src/store/migrate.ts";
import { migrations } from "../../src/store/migrations/all.ts";
import type { Store } from "../../src/store/store.ts";
import { describeStore } from "../fixtures/database.ts";
import { dump } from "./dump.ts";
import { rowsAfter } from "./earlierRows.ts";

/** SHA-256 of what is released. A released migration is in databases that nobody here can reach. */
const released: Readonly<Record<string, string>> = {
  "0001_parties": "d2a129b24f4fd57724d06ab11f0af66a08e4abb41b42b9d3218b8b26c7d2dfe3",
  "0002_chain": "b2b445889f30b6bf92f36561f6fa65c43beafd2b5ad6beb77782ba7b46466ba3",
  "0003_deals": "580ebd65607f0c22a88b7a0f44541ab5c786493f85cb5274539353825f473bf7",
  "0004_originals": "fce6fcd736afedd3fd77b8c6b8607ebd966bea39af7e386f490089fd053f2df1",
};

type Row = Readonly<Record<string, unknown>>;
type Rows = Readonly<Record<string, readonly Row[]>>;

async function rowsOf(store: Store): Promise<Rows> {
  const tables = Object.entries(await dump(store));
  return Object.fromEntries(tables.map(([name, rows]) => [name, rows.map((row) => JSON.parse(row) as Row)]));
}

/** What later migrations promise to change in rows that were there: by table, the columns and what becomes of them. */
const promises: Readonly<Record<string, (row: Row) => Row>> = {
  transactions({ raw: _moved, ...row }) {
    return row["status"] === "mined" ? { ...row, status: "final" } : row;
  },
};

/** Columns, constraints, indexes, triggers and functions of the whole schema. */
async function outline(store: Store): Promise<readonly unknown[]> {
  const { rows } = await sql`
    select table_name as place, column_name as name, concat_ws(' ', data_type, is_nullable, column_default,
      is_identity) as what from information_schema.columns where table_schema = 'public'
    union all select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
      where connamespace = 'public'::regnamespace
    union all select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'
    union all select tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    union all select 'function', proname, pg_get_functiondef(oid) from pg_proc
      where pronamespace = 'public'::regnamespace
    order by 1, 2, 3`.execute(store.db);
  return rows;
}

describe("released migrations", () => {
  it("are never edited, renamed or moved", () => {
    const names = Object.keys(released);
    expect(migrations.slice(0, names.length).map(({ id }) => id)).to.deep.equal(names);
    for (const migration of migrations.slice(0, names.length)) {
      expect(checksumOf(migration), migration.id).to.equal(released[migration.id]);
    }
  });

  it("are numbered without a gap", () => {
    const numbers = migrations.map(({ id }) => Number(id.slice(0, 4)));
    expect(numbers).to.deep.equal(numbers.map((_, index) => index + 1));
  });
});

describeStore(
  "a store of an earlier release",
  (fixture) => {
    const run = (some: readonly Migration[]) => fixture.store.transaction((tx) => migrate(tx, some));

    beforeEach(() =>
      fixture.store.transaction((tx) => sql.raw("drop schema public cascade; create schema public").execute(tx)),
    );

    for (let applied = 1; applied < migrations.length; applied += 1) {
      it(`with ${applied} migrations and rows in every table comes to this one, and keeps them`, async () => {
        await run(migrations.slice(0, applied));
        await fixture.store.transaction((tx) => sql.raw(rowsAfter(applied)).execute(tx));
        const before = await rowsOf(fixture.store);
        expect(Object.entries(before).filter(([, rows]) => rows.length === 0)).to.deep.equal([]);
        await run(migrations);
        const after = await rowsOf(fixture.store);
        for (const [table, rows] of Object.entries(before)) {
          expect(after[table], table).to.have.length(rows.length);
          for (const row of rows.map(promises[table] ?? ((same) => same))) {
            expect(
              after[table]?.some((found) => Object.entries(row).every(([name, value]) => equal(found[name], value))),
              `${table}: ${JSON.stringify(row)}`,
            ).to.equal(true);
          }
        }
        if (applied >= 2 && applied < 5) expectSending(before, after);
        if (applied >= 2 && applied < 6) expectFinality(before, after);
        if (applied >= 4) expectDrafts(after);
      });
    }

    it("ends with the schema of a store that is new in this release, wherever it began", async () => {
      await run(migrations);
      const fresh = await outline(fixture.store);
      for (let applied = 1; applied < migrations.length; applied += 1) {
        await fixture.store.transaction((tx) =>
          sql.raw("drop schema public cascade; create schema public").execute(tx),
        );
        await run(migrations.slice(0, applied));
        await run(migrations);
        expect(await outline(fixture.store), `from ${applied}`).to.deep.equal(fresh);
      }
    });

    it("has a row in every table here, so that none is forgotten when one is added", async () => {
      await run(migrations);
      await fixture.store.transaction((tx) => sql.raw(rowsAfter(migrations.length)).execute(tx));
      const empty = Object.entries(await rowsOf(fixture.store)).filter(([, rows]) => rows.length === 0);
      expect(empty).to.deep.equal([]);
    });
  },
  // Dropping everything takes its time on a busy server.
  { migrations: [], transactionMs: 30_000 },
);

function equal(found: unknown, wanted: unknown): boolean {
  return JSON.stringify(found) === JSON.stringify(wanted);
}

/** 0005: every signed transaction has its bytes as an attempt, and each act its place in the order of its deal. */
function expectSending(before: Rows, after: Rows): void {
  const signed = before["transactions"]?.filter(({ hash }) => hash !== null) ?? [];
  expect(signed).to.have.length(4);
  expect(after["attempts"]).to.have.length(signed.length);
  for (const { id, hash, raw, lane, nonce, created_at_ms: at } of signed) {
    expect(after["attempts"]).to.deep.include({
      ...{ hash, transaction_id: id, lane, nonce, kind: "act", raw },
      ...{ fee: { type: 0, gasPrice: "0" }, signed_at_ms: at, broadcast_at_ms: at },
    });
  }
  for (const row of after["transactions"] ?? []) expect(row).to.include({ deal: row["subject"], other_deal: null });
  for (const row of after["orders"] ?? []) expect(row["deals"]).to.deep.equal([row["subject"]]);
}

/** 0006: what an instantly final ledger had given is final. */
function expectFinality(before: Rows, after: Rows): void {
  const last = before["blocks"]?.find(({ number }) => number === 1);
  expect(after["chain_state"]).to.have.length(1);
  expect(after["chain_state"]?.[0]).to.include({ finalized_number: 1, finalized_hash: last?.["hash"] });
}

/** 0008: what is on the ledger is no draft any more. */
function expectDrafts(after: Rows): void {
  const issued = after["credit_contents"]?.map((row) => [row["credit_id"], row["issued"]]);
  expect(issued).to.have.deep.members([
    ["credit-1", true],
    ["credit-2", false],
  ]);
}
