import * as z from "zod";
import { invariant } from "../shared/errors.ts";
import type { Snapshot } from "./snapshot.ts";

/** A table as a backup holds it. */
export const TableDescription = z.strictObject({
  name: z.string(),
  columns: z.array(z.string()).min(1),
  /** Numbers that a column gives out: what it gave last, or gives first. */
  sequences: z.array(z.strictObject({ column: z.string(), value: z.string().regex(/^\d+$/), isCalled: z.boolean() })),
});
export type TableDescription = z.infer<typeof TableDescription>;

export const AppliedMigration = z.strictObject({ id: z.string(), checksum: z.string() });
export type AppliedMigration = z.infer<typeof AppliedMigration>;

/** Values of one row in the order of the table's columns. */
export type TextRow = readonly (string | null)[];

/** How far the store had come on the ledger, which decides how much of the ledger's journal belongs to it. */
export interface LedgerPosition {
  readonly chainId: number;
  readonly genesisHash: string;
  /** Last block in the store; -1 before the first. */
  readonly block: number;
  /** Hashes of everything that was signed and may come in a later block. */
  readonly openAttempts: ReadonlySet<string>;
}

/** The history of the schema itself; it is made anew where a backup is restored. */
const historyTable = "schema_migrations";

export async function readMigrations(snapshot: Snapshot): Promise<readonly AppliedMigration[]> {
  const { rows } = await snapshot.read(`select id, checksum from ${historyTable} order by position`);
  return rows.map(([id, checksum]) => ({ id: id ?? "", checksum: checksum ?? "" }));
}

/** All tables but the schema's history, with the columns that are not computed from others. */
export async function readTables(snapshot: Snapshot): Promise<readonly TableDescription[]> {
  const { rows } = await snapshot.read(`
    select table_name, column_name,
      pg_get_serial_sequence(format('%I.%I', table_schema, table_name), column_name)
    from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema = current_schema() and table_type = 'BASE TABLE' and table_name <> '${historyTable}'
      and is_generated = 'NEVER'
    order by table_name collate "C", ordinal_position`);
  const tables: TableDescription[] = [];
  for (const [name, columns] of Map.groupBy(rows, ([table]) => table ?? "")) {
    const sequences: TableDescription["sequences"] = [];
    for (const [, column, sequence] of columns) {
      if (sequence) sequences.push(await readSequence(snapshot, column ?? "", sequence));
    }
    tables.push({ name, columns: columns.map(([, column]) => column ?? ""), sequences });
  }
  return tables;
}

async function readSequence(snapshot: Snapshot, column: string, sequence: string) {
  const { rows } = await snapshot.read(`select last_value, is_called from ${sequence}`);
  const [value, isCalled] = rows[0] ?? [];
  invariant(typeof value === "string", `the sequence ${sequence} has a value`);
  return { column, value, isCalled: isCalled === "t" };
}

/** Undefined for a store that was never bound to a ledger. */
export async function readLedgerPosition(snapshot: Snapshot): Promise<LedgerPosition | undefined> {
  const { rows } = await snapshot.read(
    "select chain_id, genesis_hash, (select coalesce(max(number), -1) from blocks) from ledger",
  );
  const [chainId, genesisHash, block] = rows[0] ?? [];
  if (!chainId || !genesisHash || !block) return undefined;
  const open = await snapshot.read(`select attempts.hash from attempts
    join transactions on transactions.id = attempts.transaction_id
    where transactions.block_number is null or transactions.block_number > ${Number(block)}`);
  const hashes = open.rows.map(([hash]) => hash ?? "");
  return { chainId: Number(chainId), genesisHash, block: Number(block), openAttempts: new Set(hashes) };
}

/** So much is read, encoded and held in memory at a time, unless one row alone has more. */
const batchChars = 1024 * 1024;
const batchRowsFirst = 4;
const batchRowsMax = 1_024;

/** All rows of a table, some at a time. */
export async function* readRows(
  snapshot: Snapshot,
  { name, columns }: TableDescription,
): AsyncGenerator<readonly TextRow[], void, undefined> {
  const list = columns.map(quote).join(", ");
  await snapshot.read(`declare rows_of_table no scroll cursor for select ${list} from ${quote(name)}`);
  let count = batchRowsFirst;
  for (;;) {
    const { rows } = await snapshot.read(`fetch ${count} from rows_of_table`);
    if (rows.length > 0) yield rows;
    if (rows.length < count) break;
    const largest = Math.max(...rows.map(sizeOf), 1);
    count = Math.max(1, Math.min(Math.floor(batchChars / largest), 2 * count, batchRowsMax));
  }
  await snapshot.read("close rows_of_table");
}

export function sizeOf(row: TextRow): number {
  return row.reduce((sum, value) => sum + (value?.length ?? 0), 0);
}

/** A name as SQL wants it. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
