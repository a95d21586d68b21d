import { CompiledQuery, Kysely, PostgresDialect, sql } from "kysely";
import type { Context } from "../shared/context.ts";
import { AppError } from "../shared/errors.ts";
import { type AppliedMigration, quote, sizeOf, type TableDescription, type TextRow } from "./backup.ts";
import { openPgliteEngine, openPostgresEngine } from "./engine.ts";
import { guardPool } from "./guardedPool.ts";
import { checksumOf, type Migration, migrate } from "./migrate.ts";
import type { Schema } from "./schema.ts";
import type { Transaction } from "./store.ts";

/** What is put into a new store. */
export interface StoreContents {
  /** Those that the backed up store had. */
  readonly migrations: readonly AppliedMigration[];
  readonly tables: readonly TableDescription[];
  /** Every row of every table, one after the other; rows of a table may come in several pieces. */
  readonly rows: () => AsyncIterable<SomeRows> | Iterable<SomeRows>;
}

interface SomeRows {
  readonly table: string;
  readonly rows: readonly TextRow[];
}

export interface RestoreTarget {
  readonly context: Pick<Context, "logger">;
  /** A new folder for the embedded engine, or a server with an empty database. */
  readonly dataDir?: string;
  readonly databaseUrl?: string;
  /** Those of this release. */
  readonly migrations: readonly Migration[];
}

/**
 * Makes a store out of a backup: the schema as it was, the rows, and then the migrations that this release has more.
 * All of it is one transaction, so a restore that fails or is killed leaves an empty database.
 *
 * Errors: `store.newer_than_code`, `store.migration_changed`; `backup.target_not_empty` when the database has tables;
 * `backup.altered` when rows and schema do not fit; those of the store. Nothing is in the database then.
 */
export async function restoreStore(target: RestoreTarget, contents: StoreContents): Promise<void> {
  const { context, dataDir, databaseUrl, migrations } = target;
  const known = knownMigrations(contents.migrations, migrations);
  const engine =
    databaseUrl === undefined
      ? openPgliteEngine({ durability: "strict", ...(dataDir !== undefined && { dataDir }) })
      : openPostgresEngine({ databaseUrl, limitMs: 0 });
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: guardPool(engine.pool, context.logger) }) });
  try {
    // Not `runTransaction`: the rows come from a file, and nobody else is there to wait for this one.
    const tx = await db.startTransaction().setAccessMode("read write").execute();
    try {
      await refuseTables(tx);
      await migrate(tx, known);
      await putRows(tx, contents);
      await migrate(tx, migrations);
    } catch (error) {
      await tx.rollback().execute();
      throw error;
    }
    await tx.commit().execute();
  } finally {
    await engine.close();
  }
}

/** The migrations of the backup, as this release has them. */
function knownMigrations(applied: readonly AppliedMigration[], migrations: readonly Migration[]): readonly Migration[] {
  return applied.map(({ id, checksum }, position) => {
    const migration = migrations[position];
    if (!migrations.some((one) => one.id === id)) throw new AppError("store.newer_than_code", { migration: id });
    if (migration?.id !== id || checksumOf(migration) !== checksum) {
      throw new AppError("store.migration_changed", { migration: id });
    }
    return migration;
  });
}

async function refuseTables(tx: Transaction): Promise<void> {
  const { rows } = await sql<{ name: string }>`select tablename as name from pg_tables
    where schemaname = current_schema() order by 1 limit 1`.execute(tx);
  if (rows[0]) throw new AppError("backup.target_not_empty", { table: rows[0].name });
}

async function putRows(tx: Transaction, { tables, rows }: StoreContents): Promise<void> {
  const byName = new Map(tables.map((table) => [table.name, table]));
  await refuseOtherTables(tx, tables);
  // Rows come in any order, so references are checked at the end, all of them.
  const references = await dropReferences(tx);
  for (const { name } of tables) await sql`delete from ${sql.table(name)}`.execute(tx);
  for await (const { table, rows: some } of rows()) {
    const description = byName.get(table);
    if (!description) throw new AppError("backup.altered", { part: table });
    for (const batch of batches(some, description.columns.length)) await insert(tx, description, batch);
  }
  for (const reference of references) await sql.raw(reference).execute(tx);
  for (const table of tables) await setSequences(tx, table);
}

async function refuseOtherTables(tx: Transaction, tables: readonly TableDescription[]): Promise<void> {
  const { rows } = await sql<{ name: string; columns: string[] }>`
    select table_name as name, array_agg(column_name::text order by column_name collate "C") as columns
    from information_schema.columns where table_schema = current_schema() and table_name <> 'schema_migrations'
      and is_generated = 'NEVER'
    group by table_name`.execute(tx);
  const outline = (name: string, columns: readonly string[]) => JSON.stringify([name, [...columns].sort()]);
  const found = rows.map(({ name, columns }) => outline(name, columns)).sort();
  const wanted = tables.map(({ name, columns }) => outline(name, columns)).sort();
  const other = wanted.find((one, index) => one !== found[index]);
  if (other !== undefined || found.length !== wanted.length) throw new AppError("backup.altered", { part: "tables" });
}

/** @returns the statements that make the dropped ones again */
async function dropReferences(tx: Transaction): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string; table: string; definition: string }>`
    select conname as name, conrelid::regclass::text as table, pg_get_constraintdef(oid) as definition
    from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace`.execute(tx);
  for (const { name, table } of rows) await sql.raw(`alter table ${table} drop constraint ${quote(name)}`).execute(tx);
  return rows.map(({ name, table, definition }) => {
    return `alter table ${table} add constraint ${quote(name)} ${definition}`;
  });
}

/** The protocol has room for 65,535 values. */
const valuesMax = 20_000;
const charsMax = 4 * 1024 * 1024;

function* batches(rows: readonly TextRow[], columns: number): Generator<readonly TextRow[]> {
  const rowsMax = Math.max(1, Math.floor(valuesMax / columns));
  let batch: TextRow[] = [];
  let chars = 0;
  for (const row of rows) {
    batch.push(row);
    chars += sizeOf(row);
    if (batch.length < rowsMax && chars < charsMax) continue;
    yield batch;
    batch = [];
    chars = 0;
  }
  if (batch.length > 0) yield batch;
}

async function insert(tx: Transaction, { name, columns }: TableDescription, rows: readonly TextRow[]): Promise<void> {
  if (rows.some((row) => row.length !== columns.length)) throw new AppError("backup.altered", { part: name });
  const tuple = (_row: TextRow, row: number) =>
    `(${columns.map((_column, index) => `$${row * columns.length + index + 1}`).join(", ")})`;
  const text = `insert into ${quote(name)} (${columns.map(quote).join(", ")}) overriding system value
    values ${rows.map(tuple).join(", ")}`;
  await tx.executeQuery(CompiledQuery.raw(text, rows.flat()));
}

async function setSequences(tx: Transaction, { name, sequences }: TableDescription): Promise<void> {
  for (const { column, value, isCalled } of sequences) {
    await sql`select setval(pg_get_serial_sequence(${quote(name)}, ${column}), ${value}::bigint, ${isCalled})`.execute(
      tx,
    );
  }
}
