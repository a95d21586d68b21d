import { open, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import * as z from "zod";
import { fullAware, readArchive, sha256Of, syncFolder } from "./backupArchive.ts";
import { type Manifest, memberNames, readMemberName, verifyArchive } from "./backupManifest.ts";
import type { Context } from "./shared/context.ts";
import { AppError } from "./shared/errors.ts";
import { writeSecretFile } from "./shared/secretFile.ts";
import type { TextRow } from "./store/backup.ts";
import { lockFolder, unfinishedRestore } from "./store/lock.ts";
import { migrations } from "./store/migrations/all.ts";
import { restoreStore } from "./store/restore.ts";

export interface RestoreOptions {
  readonly file: string;
  /** A folder that does not exist, or is empty but for the master key. */
  readonly dataDir: string;
  /** A server with an empty database, instead of a store in the folder. */
  readonly databaseUrl?: string;
  readonly context: Pick<Context, "logger">;
}

export interface RestoreReport {
  readonly createdAt: string;
  readonly rows: number;
  readonly lastBlock: number | null;
}

const decompress = promisify(gunzip);
const Row = z.array(z.string().nullable());

/** What may lie in the folder: the lock's files, and what a backup never has. */
const mayBeThere = /^(lock.*|master\.key)$/;

/**
 * Makes a data folder (and a database) out of a backup, of whichever engine it was made. The next ordinary start replays
 * the journal, indexes what the store lacks and sends again what was signed. The master key has to be put in its place
 * by hand. The whole file is verified before anything is made, and a restore that fails leaves nothing.
 *
 * Errors: `backup.*`, `store.folder_unusable`, `store.folder_locked`, `store.newer_than_code`, `store.disk_full`, `store.unavailable`.
 */
export async function restore(options: RestoreOptions): Promise<RestoreReport> {
  const manifest = await verifyArchive(options.file);
  const lock = await lockFolder(options.dataDir, { mayBeUnfinished: true });
  try {
    await clearUnfinished(options.dataDir);
    await refuseFilled(options.dataDir);
    return await fill(options, manifest);
  } finally {
    lock.release();
  }
}

/** Everything that a restore makes in the folder. */
const made = ["store", "ledger.journal", "lane.key"] as const;

async function clearUnfinished(dataDir: string): Promise<void> {
  const names = await readdir(dataDir);
  if (!names.includes(unfinishedRestore)) return;
  await removeMade(dataDir);
}

async function removeMade(dataDir: string): Promise<void> {
  for (const name of made) await rm(path.join(dataDir, name), { recursive: true, force: true });
  await syncFolder(dataDir);
  await rm(path.join(dataDir, unfinishedRestore), { force: true });
}

async function refuseFilled(dataDir: string): Promise<void> {
  const found = (await readdir(dataDir)).find((name) => !mayBeThere.test(name));
  if (found !== undefined) throw new AppError("backup.target_not_empty", { folder: dataDir, found });
}

async function fill(options: RestoreOptions, manifest: Manifest): Promise<RestoreReport> {
  const { dataDir, databaseUrl, context } = options;
  // While this file is there, no gateway starts in the folder.
  writeSecretFile(path.join(dataDir, unfinishedRestore), `${manifest.createdAt}\n`);
  try {
    await restoreFiles(options, manifest);
    const where = databaseUrl === undefined ? { dataDir: path.join(dataDir, "store") } : { databaseUrl };
    await restoreStore({ context, migrations, ...where }, contentsOf(options.file, manifest));
  } catch (error) {
    await removeMade(dataDir);
    throw error;
  }
  await syncFolder(dataDir);
  await rm(path.join(dataDir, unfinishedRestore));
  await syncFolder(dataDir);
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  return { createdAt: manifest.createdAt, rows, lastBlock: manifest.journal?.lastBlock ?? null };
}

/** The members again, each held against the manifest: the file may have changed since it was verified. */
async function* readVerified(file: string, manifest: Manifest) {
  let index = 0;
  for await (const { name, bytes } of readArchive(file)) {
    const part = manifest.parts[index];
    if (!part) return;
    if (part.name !== name || part.sha256 !== sha256Of(bytes)) throw new AppError("backup.altered", { part: name });
    index += 1;
    if (name === memberNames.format) continue;
    const content = readMemberName(name);
    if (!content) throw new AppError("backup.altered", { part: name });
    yield { name, content, bytes };
  }
}

async function restoreFiles({ file, dataDir }: RestoreOptions, manifest: Manifest): Promise<void> {
  let written = 0;
  const journal = manifest.journal && (await open(path.join(dataDir, memberNames.journal), "wx", 0o600));
  try {
    for await (const { content, bytes } of readVerified(file, manifest)) {
      if (content.kind === "file" && made.some((name) => name === content.file)) {
        writeSecretFile(path.join(dataDir, content.file), Buffer.from(bytes).toString("utf8"));
      }
      if (content.kind !== "journal" || !journal) continue;
      const plain = await decompress(bytes);
      await fullAware(journal.appendFile(plain));
      written += plain.length;
    }
    if (journal) await fullAware(journal.sync());
  } finally {
    await journal?.close();
  }
  if (written !== (manifest.journal?.bytes ?? 0)) throw new AppError("backup.altered", { part: memberNames.journal });
}

function contentsOf(file: string, manifest: Manifest) {
  const { migrations: applied, tables } = manifest;

  async function* rows() {
    const left = new Map(tables.map((table) => [table.name, table.rows]));
    for await (const { name, content, bytes } of readVerified(file, manifest)) {
      if (content.kind !== "table") continue;
      const some = readRows(name, await decompress(bytes));
      left.set(content.table, (left.get(content.table) ?? 0) - some.length);
      yield { table: content.table, rows: some };
    }
    for (const [table, count] of left) if (count !== 0) throw new AppError("backup.altered", { part: table });
  }

  const described = tables.map(({ rows: _rows, ...table }) => table);
  return { migrations: applied, tables: described, rows };
}

function readRows(name: string, bytes: Buffer): readonly TextRow[] {
  const lines = bytes.toString("utf8").split("\n");
  lines.pop();
  const parsed = z.array(Row).safeParse(lines.map((line) => JSON.parse(line) as unknown));
  if (!parsed.success) throw new AppError("backup.altered", { part: name });
  return parsed.data;
}
