import { access, readdir, readFile, stat, statfs } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import { type ArchiveWriter, createArchiveWriter, sha256Of } from "./backupArchive.ts";
import {
  fileMember,
  formatName,
  formatVersion,
  journalMember,
  type Manifest,
  memberNames,
  tableMember,
} from "./backupManifest.ts";
import { openJournalPrefix } from "./chain/ledger/journalPrefix.ts";
import type { Context } from "./shared/context.ts";
import { AppError } from "./shared/errors.ts";
import { orAbsent } from "./shared/orAbsent.ts";
import {
  type LedgerPosition,
  readLedgerPosition,
  readMigrations,
  readRows,
  readTables,
  type TableDescription,
} from "./store/backup.ts";
import type { Snapshot } from "./store/snapshot.ts";
import type { Store } from "./store/store.ts";

export interface BackupOptions {
  readonly store: Store;
  readonly dataDir: string;
  /** Where the backup goes; its folder must exist. */
  readonly file: string;
  readonly context: Pick<Context, "clock" | "logger">;
  /** Ends the backup and removes what was written. */
  readonly signal?: AbortSignal;
}

export interface BackupReport {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly rows: number;
  /** Last block of the journal in it; null where the ledger is elsewhere. */
  readonly lastBlock: number | null;
  readonly seconds: number;
}

/**
 * Files of the data folder that belong in a backup. The lane's key is sealed under the master key, which is left out, as
 * are the operator's and the demo's credentials: they stand there in plain text.
 */
export const backedUpFiles = ["lane.key"] as const;

const compress = promisify(gzip);
/** Before compression. */
const memberBytes = 2 * 1024 * 1024;

/**
 * Backs up a running gateway to one file: the store as of one moment, then the ledger's journal as far as that store
 * knows it, then keys. Everything acknowledged before the call is in it. Nobody is held up (see `createSnapshots`), and
 * no more than some megabytes are in memory.
 *
 * Errors: `backup.exists`, `backup.under_way`, `store.disk_full`, `store.unavailable`, `ledger.journal_corrupt`,
 * `start.other_ledger`, `start.journal_short`; there is no file then.
 */
export async function backup(options: BackupOptions): Promise<BackupReport> {
  const { store, dataDir, file, context, signal = new AbortController().signal } = options;
  const startedMs = context.clock.wallMs();
  if ((await orAbsent(access(file).then(() => true))) === true) throw new AppError("backup.exists", { file });
  await refuseWithoutRoom(dataDir, path.dirname(file));
  const writer = await createArchiveWriter(file, Math.floor(startedMs / 1000));
  try {
    await addJson(writer, memberNames.format, { format: formatName, version: formatVersion });
    const parts = await store.snapshot(signal, (snapshot) => addStore(writer, snapshot));
    const journal = parts.ledger ? await addJournal(writer, { dataDir, known: parts.ledger, signal }) : null;
    await addFiles(writer, dataDir);
    const { openAttempts: _openAttempts, ...ledger } = parts.ledger ?? { openAttempts: undefined };
    const manifest = {
      format: formatName,
      version: formatVersion,
      createdAt: new Date(startedMs).toISOString(),
      engine: store.engine,
      migrations: [...parts.migrations],
      tables: parts.tables,
      ledger: parts.ledger ? (ledger as Manifest["ledger"]) : null,
      journal,
      parts: [...writer.entries()],
    } satisfies Manifest;
    const sha256 = await addJson(writer, memberNames.manifest, manifest);
    await writer.add({ name: memberNames.manifestHash, bytes: Buffer.from(`${sha256}\n`) });
    signal.throwIfAborted();
    const { bytes } = await writer.finish();
    const rows = parts.tables.reduce((sum, table) => sum + table.rows, 0);
    const seconds = (context.clock.wallMs() - startedMs) / 1000;
    const report = { file, bytes, sha256, rows, lastBlock: journal?.lastBlock ?? null, seconds };
    context.logger.info(report, "a backup is complete");
    return report;
  } finally {
    await writer.discard();
  }
}

async function addJson(writer: ArchiveWriter, name: string, value: unknown): Promise<string> {
  const bytes = Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
  await writer.add({ name, bytes });
  return sha256Of(bytes);
}

/** Pieces longer than this are documents, which are encrypted: there are no repetitions to look for in them. */
const longPieceBytes = 16 * 1024;

/** Collects bytes and writes them as members of a bounded size, while the next ones are being read. */
function createPart(writer: ArchiveWriter, nameOf: (number: number) => string) {
  let pieces: Buffer[] = [];
  let bytes = 0;
  let number = 0;
  let writing: Promise<void> = Promise.resolve();

  async function pack(name: string, content: readonly Buffer[]): Promise<void> {
    const joined = Buffer.concat(content);
    const isLong = joined.length / content.length > longPieceBytes;
    const strategy = isLong ? constants.Z_HUFFMAN_ONLY : constants.Z_DEFAULT_STRATEGY;
    await writer.add({ name, bytes: await compress(joined, { level: 1, strategy }) });
  }

  /** At most one member is being written and one collected. */
  async function flush(): Promise<void> {
    await writing;
    if (bytes === 0) return;
    number += 1;
    writing = pack(nameOf(number), pieces);
    // Whoever waits for it next is told.
    writing.catch(() => undefined);
    pieces = [];
    bytes = 0;
  }

  return {
    async add(piece: Buffer): Promise<void> {
      bytes += piece.length;
      pieces.push(piece);
      if (bytes >= memberBytes) await flush();
    },
    async end(): Promise<void> {
      await flush();
      await writing;
    },
  };
}

interface StoreParts {
  readonly migrations: Manifest["migrations"];
  readonly tables: Manifest["tables"];
  readonly ledger: LedgerPosition | undefined;
}

async function addStore(writer: ArchiveWriter, snapshot: Snapshot): Promise<StoreParts> {
  const migrations = [...(await readMigrations(snapshot))];
  const ledger = await readLedgerPosition(snapshot);
  const tables: Manifest["tables"] = [];
  for (const table of await readTables(snapshot))
    tables.push({ ...table, rows: await addTable(writer, snapshot, table) });
  return { migrations, tables, ledger };
}

async function addTable(writer: ArchiveWriter, snapshot: Snapshot, table: TableDescription): Promise<number> {
  const part = createPart(writer, (number) => tableMember(table.name, number));
  let count = 0;
  for await (const rows of readRows(snapshot, table)) {
    count += rows.length;
    for (const row of rows) await part.add(Buffer.from(`${JSON.stringify(row)}\n`));
  }
  await part.end();
  return count;
}

interface JournalSource {
  readonly dataDir: string;
  readonly known: LedgerPosition;
  readonly signal: AbortSignal;
}

async function addJournal(
  writer: ArchiveWriter,
  { dataDir, known, signal }: JournalSource,
): Promise<Manifest["journal"]> {
  const journal = await openJournalPrefix(dataDir, known);
  if (!journal) return null;
  try {
    // A journal of another ledger beside this store would be refused at the next start.
    if (journal.genesisHash !== known.genesisHash) throw new AppError("start.other_ledger");
    // Nor does a gateway start with one that ends before the store does.
    const { lastBlock: last } = journal;
    if (last < known.block) throw new AppError("start.journal_short", { known: known.block, last });
    const part = createPart(writer, journalMember);
    for await (const bytes of journal.bytes()) {
      signal.throwIfAborted();
      await part.add(bytes);
    }
    await part.end();
    return { bytes: journal.sizeBytes, lastBlock: journal.lastBlock, genesisHash: journal.genesisHash };
  } finally {
    await journal.close();
  }
}

async function addFiles(writer: ArchiveWriter, dataDir: string): Promise<void> {
  for (const name of backedUpFiles) {
    const bytes = await orAbsent(readFile(path.join(dataDir, name)));
    if (bytes) await writer.add({ name: fileMember(name), bytes });
  }
}

/** A backup must not be what fills the disk: with the copy that it is read from, it takes twice what is there. */
async function refuseWithoutRoom(dataDir: string, folder: string): Promise<void> {
  const needed =
    2 * ((await sizeOfFolder(path.join(dataDir, "store"))) + (await sizeOfFile(dataDir, "ledger.journal")));
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < needed)
    throw new AppError("store.disk_full", { neededBytes: needed, freeBytes: bavail * bsize });
}

async function sizeOfFile(folder: string, name: string): Promise<number> {
  return (await orAbsent(stat(path.join(folder, name))))?.size ?? 0;
}

async function sizeOfFolder(folder: string): Promise<number> {
  const entries = (await orAbsent(readdir(folder, { withFileTypes: true }))) ?? [];
  let size = 0;
  for (const entry of entries) {
    size += entry.isDirectory()
      ? await sizeOfFolder(path.join(folder, entry.name))
      : await sizeOfFile(folder, entry.name);
  }
  return size;
}
