import { rm } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import { AppError } from "../shared/errors.ts";
import { assertOutsideTransaction } from "../shared/transactionScope.ts";
import type { DiskFaults } from "./durableFileSystem.ts";
import { type Engine, openPgliteEngine } from "./engine.ts";
import { copyRunningFolder } from "./pgliteCopy.ts";
import { completeName, copyName } from "./pgliteFolder.ts";
import { toStoreFault } from "./storeFault.ts";

/** Values as the database writes them in text; null stays null. */
export interface TextRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** The whole store as it was at one moment, while others write on. */
export interface Snapshot {
  /** One statement that reads. */
  read(statement: string): Promise<TextRows>;
}

export interface SnapshotSource {
  readonly engine: Engine;
  readonly dataDir: string | undefined;
  readonly databaseUrl: string | undefined;
}

export type WithSnapshot = <T>(signal: AbortSignal, work: (snapshot: Snapshot) => Promise<T>) => Promise<T>;

/**
 * How each engine holds a moment without holding up anybody:
 *
 * - A server keeps the old rows for a transaction with repeatable reads, on a connection of its own.
 * - The embedded engine has one connection, so a long transaction would stop everything. Its folder is copied while it
 *   runs, a second engine opens the copy, and that one is read at leisure and thrown away.
 * - In memory (tests) a transaction on the one connection has to do; everybody else waits.
 *
 * At most one at a time. Errors: `backup.under_way`, `store.unavailable`, `store.disk_full`, `store.files_damaged` when
 * the copy does not start, which means that the original would not either; and whatever `work` throws.
 */
export function createSnapshots(source: SnapshotSource): WithSnapshot {
  let isUnderWay = false;
  return async (signal, work) => {
    assertOutsideTransaction("a snapshot of the store");
    if (isUnderWay) throw new AppError("backup.under_way");
    isUnderWay = true;
    try {
      return await take(source, signal, work);
    } finally {
      isUnderWay = false;
    }
  };
}

function take<T>(source: SnapshotSource, signal: AbortSignal, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  const { engine, dataDir, databaseUrl } = source;
  if (databaseUrl !== undefined) return onServer(databaseUrl, signal, work);
  if (dataDir === undefined) return inOneTransaction(engine.pool, signal, work);
  return onCopy({ engine, dataDir }, signal, work);
}

/** Text that means the same on every server that reads it. */
const textSettings = "-c timezone=UTC -c datestyle=ISO -c bytea_output=hex -c default_transaction_read_only=on";

async function onServer<T>(
  databaseUrl: string,
  signal: AbortSignal,
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 1,
    application_name: "hansa backup",
    options: textSettings,
  });
  // Whoever reads next is told.
  pool.on("error", () => undefined);
  try {
    return await inOneTransaction(pool, signal, work);
  } finally {
    await pool.end();
  }
}

async function onCopy<T>(
  { engine, dataDir }: { engine: Engine; dataDir: string },
  signal: AbortSignal,
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const copyDir = path.join(dataDir, copyName);
  let copy: Engine | undefined;
  try {
    await rm(copyDir, { recursive: true, force: true });
    const [from, to] = [path.join(dataDir, completeName), path.join(copyDir, completeName)];
    await copyRunningFolder({ pool: engine.pool, from, to, signal }).catch((error: unknown) => {
      throw toCopyFault(error);
    });
    copy = openPgliteEngine({ dataDir: copyDir, durability: "relaxed", faults: withoutSyncs() });
    return await inOneTransaction(copy.pool, signal, work);
  } finally {
    await copy?.close();
    await rm(copyDir, { recursive: true, force: true });
  }
}

/** Nobody needs the copy after a power cut. */
function withoutSyncs(): DiskFaults {
  const faults = new Int32Array(new SharedArrayBuffer(8));
  faults.set([-1, 1]);
  return faults;
}

const full: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT"]);

function toCopyFault(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return full.has(code) ? new AppError("store.disk_full", {}, { cause: error }) : toStoreFault(error, false);
}

const asText = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig;

async function inOneTransaction<T>(
  pool: pg.Pool,
  signal: AbortSignal,
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw toStoreFault(error, true);
  });
  let isLost = false;
  const lose = () => {
    isLost = true;
  };
  client.on("error", lose);

  async function run(text: string): Promise<TextRows> {
    signal.throwIfAborted();
    try {
      const { fields, rows } = await client.query<(string | null)[]>({ text, rowMode: "array", types: asText });
      return { columns: fields.map(({ name }) => name), rows };
    } catch (error) {
      throw toStoreFault(error, isLost);
    }
  }

  try {
    await run("begin isolation level repeatable read, read only");
    return await work({ read: run });
  } finally {
    await client.query("rollback").catch(lose);
    client.off("error", lose);
    client.release(isLost);
  }
}
