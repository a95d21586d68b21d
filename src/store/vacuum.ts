import { sql } from "kysely";
import type { Store } from "./store.ts";

/**
 * What a server's autovacuum does, for the embedded engine, which runs without it: takes dead rows out of the tables,
 * keeps the planner's statistics true, and freezes old rows long before transaction numbers come round again.
 */
export interface TableWear {
  /** As SQL names it. */
  readonly table: string;
  /** 0: nothing to do; from 1 on it is due; how many times over says how urgent it is. */
  readonly due: number;
}

/** The same shape as autovacuum's: a number of rows and a share of the table. The shares are its defaults or lower. */
const thresholds = {
  dead: { rows: 500, share: 0.1 },
  inserted: { rows: 5_000, share: 0.2 },
  changed: { rows: 500, share: 0.1 },
} as const;
/** PostgreSQL stops at two billion; autovacuum begins at 200 million. */
const ageMax = 100_000_000;

interface Statistics {
  readonly table: string;
  readonly live: number;
  readonly dead: number;
  readonly inserted: number;
  readonly changed: number;
  readonly age: number;
}

/** Tables that are due, the most urgent first. After a crash the engine counts from zero. */
export async function findWear(store: Store): Promise<readonly TableWear[]> {
  // Counts reach the statistics at the end of a statement, when they are asked for.
  await sql`select pg_stat_force_next_flush()`.execute(store.db);
  // pg_statistic holds what ANALYZE finds and is never analysed itself: its changes since then only ever grow.
  const { rows } = await sql<Statistics>`
    select format('%I.%I', schemaname, pg_class.relname) as table, n_live_tup as live, n_dead_tup as dead,
      n_ins_since_vacuum as inserted, age(relfrozenxid) as age,
      case pg_class.relname when 'pg_statistic' then 0 else n_mod_since_analyze end as changed
    from pg_stat_all_tables join pg_class on pg_class.oid = relid
    where schemaname in (current_schema(), 'pg_catalog') and relkind = 'r' and relfrozenxid <> '0'`.execute(store.db);
  return rows
    .map((row) => ({ table: row.table, due: wearOf(row) }))
    .filter(({ due }) => due >= 1)
    .sort((one, other) => other.due - one.due);
}

function wearOf({ live, age, ...counts }: Statistics): number {
  const measures = (["dead", "inserted", "changed"] as const).map((kind) => {
    const { rows, share } = thresholds[kind];
    return counts[kind] / (rows + share * live);
  });
  return Math.max(...measures, age / ageMax);
}

/** One table, outside any transaction. Everybody else waits for its end: milliseconds when it is done often. */
export async function vacuum(store: Store, { table }: TableWear): Promise<void> {
  await sql`vacuum (analyze, skip_locked) ${sql.raw(table)}`.execute(store.db);
}
