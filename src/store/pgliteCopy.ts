import { constants } from "node:fs";
import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type pg from "pg";
import { orAbsent } from "../shared/orAbsent.ts";

/** Folders whose contents a start makes anew, or that are copied at the end. */
const emptyFolders: ReadonlySet<string> = new Set([
  "pg_dynshmem",
  "pg_notify",
  "pg_replslot",
  "pg_serial",
  "pg_snapshots",
  "pg_stat_tmp",
  "pg_subtrans",
  "pg_wal",
]);
const leftOut: ReadonlySet<string> = new Set(["postmaster.pid", "backup_label.old"]);
/** Copied last, as PostgreSQL's own tool does, so that it is not older than any other file. */
const controlFile = path.join("global", "pg_control");
/** Dropped by the engine when it ends, however it ends. */
const slotName = "hansa_backup";
const segmentName = /^[0-9A-F]{24}$/;

export interface CopySettings {
  /** The running engine's connection. */
  readonly pool: pg.Pool;
  /** Its folder. */
  readonly from: string;
  /** A new folder. */
  readonly to: string;
  readonly signal: AbortSignal;
}

/**
 * Copies the folder of a running engine, while it goes on writing, as PostgreSQL's own base backup does: a checkpoint,
 * the files as they happen to be, and the write-ahead log from before the first to after the last. Whoever opens the
 * copy recovers it to the moment of the end. Nobody waits but for the checkpoint; the log is kept meanwhile.
 */
export async function copyRunningFolder({ pool, from, to, signal }: CopySettings): Promise<void> {
  await pool.query("select pg_create_physical_replication_slot($1, true, true)", [slotName]);
  try {
    await pool.query("select pg_backup_start('hansa', true)");
    let label: string | undefined;
    try {
      await copyFolder(from, to, { isRoot: true, signal });
      await copyOne(path.join(from, controlFile), path.join(to, controlFile));
    } finally {
      label = await endBackup(pool);
    }
    await writeFile(path.join(to, "backup_label"), label);
    const segments = (await readdir(path.join(from, "pg_wal"))).filter((name) => segmentName.test(name));
    for (const name of segments) {
      signal.throwIfAborted();
      await copyOne(path.join(from, "pg_wal", name), path.join(to, "pg_wal", name));
    }
  } finally {
    // An engine that failed meanwhile took the slot with it.
    await pool.query("select pg_drop_replication_slot($1)", [slotName]).catch(() => undefined);
  }
}

async function endBackup(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ labelfile: string }>("select labelfile from pg_backup_stop(false)");
  return rows[0]?.labelfile ?? "";
}

async function copyFolder(from: string, to: string, options: { isRoot: boolean; signal: AbortSignal }): Promise<void> {
  const { isRoot, signal } = options;
  await mkdir(to, { recursive: true, mode: 0o700 });
  // A folder or file that is gone by now was dropped, and the log says so.
  const entries = (await orAbsent(readdir(from, { withFileTypes: true }))) ?? [];
  for (const entry of entries) {
    signal.throwIfAborted();
    if (isRoot && leftOut.has(entry.name)) continue;
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (source.endsWith(controlFile)) continue;
    if (!entry.isDirectory()) await copyOne(source, target);
    else if (isRoot && emptyFolders.has(entry.name)) await mkdir(target, { mode: 0o700 });
    else await copyFolder(source, target, { isRoot: false, signal });
  }
}

/** Where the file system can, the copy shares its blocks with the original until one of them is written. */
async function copyOne(from: string, to: string): Promise<void> {
  await orAbsent(copyFile(from, to, constants.COPYFILE_FICLONE));
}
