import { sql } from "kysely";
import { invariant } from "../../shared/errors.ts";
import type { DealSchema } from "../schema/deals.ts";
import type { Transaction } from "../store.ts";

export type ViewName = keyof DealSchema;
type Part = string | number;

interface ViewShape<Row> {
  /** Columns of the primary key, in its order. */
  readonly key: readonly (keyof Row & string)[];
  /** Columns that change after a row was made. */
  readonly mutable: readonly (keyof Row & string)[];
}

/**
 * Rows of one view as they stand within a commit: what events ask for is loaded first, events change it here, and all
 * changes are written with one statement for new rows and one for changed ones, however many events there were.
 */
export interface ViewTable<Row> {
  find(...key: readonly Part[]): Row | undefined;
  /** @throws a broken invariant when there is no such row: an event spoke of something that no event had made. */
  get(...key: readonly Part[]): Row;
  /** Rows whose key begins with this. */
  under(first: Part): readonly Row[];
  insert(row: Row): void;
  change(row: Row, change: Partial<Row>): void;
  /** Rows as the store has them. */
  load(rows: readonly Row[]): void;
  /** Writes what has changed since the last time. */
  write(tx: Transaction): Promise<void>;
  /** Lets go of all rows. */
  forget(): void;
}

export function createViewTable<Row extends object>(name: ViewName, shape: ViewShape<Row>): ViewTable<Row> {
  const rows = new Map<string, Row>();
  const groups = new Map<Part, Row[]>();
  const inserted = new Set<Row>();
  const changed = new Set<Row>();
  const keyOf = (row: Row) => shape.key.map((column) => row[column] as Part).join(" ");

  function add(row: Row): void {
    rows.set(keyOf(row), row);
    const [first = ""] = shape.key.map((column) => row[column] as Part);
    const group = groups.get(first);
    if (group) group.push(row);
    else groups.set(first, [row]);
  }

  const find = (...key: readonly Part[]) => rows.get(key.join(" "));

  return {
    find,
    get(...key) {
      const row = find(...key);
      invariant(row, `${name} has no ${key.join(" ")}`);
      return row;
    },
    under: (first) => groups.get(first) ?? [],
    insert(row) {
      invariant(!rows.has(keyOf(row)), `${name} has ${keyOf(row)} already`);
      add(row);
      inserted.add(row);
    },
    change(row, change) {
      Object.assign(row, change);
      if (!inserted.has(row)) changed.add(row);
    },
    load(loaded) {
      for (const row of loaded) if (!rows.has(keyOf(row))) add({ ...row });
    },
    async write(tx) {
      if (inserted.size > 0) await insertRows(tx, name, [...inserted]);
      if (changed.size > 0) await updateRows(tx, name, { shape, rows: [...changed] });
      inserted.clear();
      changed.clear();
    },
    forget() {
      for (const held of [rows, groups, inserted, changed]) held.clear();
    },
  };
}

/** One text that the database takes apart by the table's own types costs less than an array for each column. */
async function insertRows(tx: Transaction, name: ViewName, rows: readonly object[]): Promise<void> {
  const table = sql.table(name);
  await sql`insert into ${table} select * from json_populate_recordset(null::${table}, ${JSON.stringify(rows)}::json)`.execute(
    tx,
  );
}

async function updateRows<Row extends object>(
  tx: Transaction,
  name: ViewName,
  { shape, rows }: { shape: ViewShape<Row>; rows: readonly Row[] },
): Promise<void> {
  const table = sql.table(name);
  const columns = [...shape.key, ...shape.mutable];
  const changes = rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column]])));
  const assignments = shape.mutable.map((column) => sql`${sql.ref(column)} = ${sql.ref(`change.${column}`)}`);
  const same = shape.key.map((column) => sql`${sql.ref(`${name}.${column}`)} = ${sql.ref(`change.${column}`)}`);
  await sql`update ${table} set ${sql.join(assignments)}
    from json_populate_recordset(null::${table}, ${JSON.stringify(changes)}::json) as change
    where ${sql.join(same, sql` and `)}`.execute(tx);
}
