import { createHash } from "node:crypto";
import { sql, type Transaction } from "kysely";
import { AppError } from "../shared/errors.ts";
import type { Schema } from "./schema.ts";

/** One step of the schema, as SQL. Never edited once released: a mistake is mended by the next one. */
export interface Migration {
  /** Number and name, such as `0001_parties`; the order of the array is the order of the numbers. */
  readonly id: string;
  /** Statements, separated by semicolons. */
  readonly sql: string;
}

/** Any constant serves, as long as every release takes the same. */
const advisoryLockKey = 7_238_411;

interface Applied {
  readonly id: string;
  readonly checksum: string;
}

/**
 * Applies what is missing, all of it or none, inside `tx`. Two starters on one server take turns by an advisory lock.
 *
 * Errors: `store.migration_changed` and `store.newer_than_code`, before anything is touched.
 */
export async function migrate(tx: Transaction<Schema>, migrations: readonly Migration[]): Promise<void> {
  // A migration of a large table, or the wait for another starter's, may be long.
  await sql`set local statement_timeout = 0`.execute(tx);
  await sql`select pg_advisory_xact_lock(${advisoryLockKey}::bigint)`.execute(tx);
  await sql`create table if not exists schema_migrations (
    position int primary key,
    id text not null unique,
    checksum text not null,
    applied_at timestamptz not null default now()
  )`.execute(tx);
  const { rows: applied } = await sql<Applied>`select id, checksum from schema_migrations order by position`.execute(
    tx,
  );
  refuseForeignHistory(applied, migrations);
  for (const [position, migration] of migrations.entries()) {
    if (position < applied.length) continue;
    await sql.raw(migration.sql).execute(tx);
    await sql`insert into schema_migrations (position, id, checksum)
      values (${position}, ${migration.id}, ${checksumOf(migration)})`.execute(tx);
  }
}

/** What was applied must be the beginning of what this release has, word for word. */
function refuseForeignHistory(applied: readonly Applied[], migrations: readonly Migration[]): void {
  const known = new Set(migrations.map(({ id }) => id));
  for (const [position, { id, checksum }] of applied.entries()) {
    if (!known.has(id)) throw new AppError("store.newer_than_code", { migration: id });
    const migration = migrations[position];
    if (migration?.id !== id || checksumOf(migration) !== checksum) {
      throw new AppError("store.migration_changed", { migration: id });
    }
  }
}

/** SHA-256 of the text; a checkout with other line ends is the same text. */
export function checksumOf({ sql: text }: Migration): string {
  return createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex");
}
