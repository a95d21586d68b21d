import { sql } from "kysely";
import type { Store } from "../../src/store/store.ts";

/** Every row of every table as the database writes it, tables and rows in order. */
export async function dump(store: Store): Promise<Readonly<Record<string, readonly string[]>>> {
  const { rows: tables } = await sql<{ name: string }>`select tablename as name from pg_tables
    where schemaname = 'public' and tablename <> 'schema_migrations' order by 1`.execute(store.db);
  const found: Record<string, readonly string[]> = {};
  for (const { name } of tables) {
    const { rows } = await sql<{ row: string }>`select to_jsonb(t)::text as row from ${sql.table(name)} t
      order by to_jsonb(t)::text collate "C"`.execute(store.db);
    found[name] = rows.map(({ row }) => row);
  }
  return found;
}
