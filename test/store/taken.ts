/** A backup of a store held in memory, and places to restore it to. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { silentLogger } from "../../src/shared/context.ts";
import { AppError } from "../../src/shared/errors.ts";
import {
  type AppliedMigration,
  readMigrations,
  readRows,
  readTables,
  type TableDescription,
  type TextRow,
} from "../../src/store/backup.ts";
import type { Migration } from "../../src/store/migrate.ts";
import { migrations } from "../../src/store/migrations/all.ts";
import { restoreStore } from "../../src/store/restore.ts";
import type { Store } from "../../src/store/store.ts";
import { makeDatabase } from "../fixtures/emptyDatabase.ts";

export const context = { logger: silentLogger };
export const unending = new AbortController().signal;

export interface Taken {
  readonly migrations: readonly AppliedMigration[];
  readonly tables: readonly TableDescription[];
  readonly rows: ReadonlyMap<string, readonly TextRow[]>;
}

export async function take(store: Store): Promise<Taken> {
  return await store.snapshot(unending, async (snapshot) => {
    const tables = await readTables(snapshot);
    const rows = new Map<string, readonly TextRow[]>();
    for (const table of tables) {
      const all: TextRow[] = [];
      for await (const some of readRows(snapshot, table)) all.push(...some);
      rows.set(table.name, all);
    }
    return { migrations: await readMigrations(snapshot), tables, rows };
  });
}

export interface Target {
  readonly where: { readonly dataDir: string } | { readonly databaseUrl: string; readonly durability: "relaxed" };
  remove(): Promise<void>;
}

export interface Folder extends Target {
  readonly where: { readonly dataDir: string };
}

export async function newFolder(): Promise<Folder> {
  const root = await mkdtemp(path.join(tmpdir(), "hansa-backup-"));
  return {
    where: { dataDir: path.join(root, "store") },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** A database where there is a server, else a folder, whose first start takes seconds. */
export async function newTarget(): Promise<Target> {
  const database = await makeDatabase();
  return database
    ? { where: { databaseUrl: database.url, durability: "relaxed" }, remove: database.drop }
    : newFolder();
}

function contents({ migrations: applied, tables, rows }: Taken) {
  return {
    migrations: applied,
    tables,
    *rows() {
      // In an order that no reference between tables allows.
      for (const [table, some] of [...rows].reverse()) yield { table, rows: some };
    },
  };
}

export const put = (target: Target, taken: Taken, known: readonly Migration[] = migrations) =>
  restoreStore({ context, migrations: known, ...target.where }, contents(taken));

export async function refusalOf(work: Promise<unknown>): Promise<AppError> {
  const failure: unknown = await work.catch((error: unknown) => error);
  if (failure instanceof AppError) return failure;
  throw new Error(`not refused: ${String(failure)}`);
}
