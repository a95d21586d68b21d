import { mkdir, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { type BackupReport, backup } from "./backup.ts";
import { refuseUnusablePlace } from "./backupPlace.ts";
import { partsInFolder, refuseEmptyStore, refuseMissingData } from "./dataFolder.ts";
import type { BackupDesk } from "./features/backups/endpoints.ts";
import type { Context } from "./shared/context.ts";
import { AppError } from "./shared/errors.ts";
import { orAbsent } from "./shared/orAbsent.ts";
import type { Durability } from "./store/durability.ts";
import { lockFolder } from "./store/lock.ts";
import { migrations } from "./store/migrations/all.ts";
import { openStore, type Store } from "./store/store.ts";

export interface BackupState {
  /** Since the last one was complete; undefined where there is none. */
  readonly ageSeconds: number | undefined;
  /** Since this process began. */
  readonly failuresTotal: number;
}

const folderName = "backups";
const completeName = /^hansa-.*\.tar$/;

interface BackupDeskParts {
  readonly context: Context;
  readonly store: Store;
  readonly dataDir: string;
}

/** Backups of the running gateway, in `backups/` of its data folder. Ends one that is under way when the gateway stops. */
export async function openBackupDesk(parts: BackupDeskParts): Promise<BackupDesk & { state(): BackupState }> {
  const { context, store, dataDir } = parts;
  const { clock, shutdown } = context;
  const folder = path.join(dataDir, folderName);
  let running: Promise<unknown> | undefined;
  let failuresTotal = 0;
  let lastMs = (await listBackups(folder))[0]?.completedMs;
  shutdown.add("backup", async () => {
    await running?.catch(() => undefined);
  });

  async function run(): Promise<BackupReport> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await removeUnfinished(folder);
    const name = `hansa-${new Date(clock.wallMs()).toISOString().replaceAll(/[:.]/g, "-")}.tar`;
    const { signal } = shutdown;
    return await backup({ store, dataDir, file: path.join(folder, name), context, signal });
  }

  return {
    async take() {
      if (running) throw new AppError("backup.under_way");
      const started = run();
      running = started;
      try {
        const { file, ...report } = await started;
        lastMs = clock.wallMs();
        return { ...report, file: relative(file), completedAt: new Date(lastMs).toISOString() };
      } catch (error) {
        failuresTotal += 1;
        context.logger.error({ error: String(error) }, "a backup failed");
        throw shutdown.signal.aborted ? new AppError("store.unavailable", {}, { cause: error }) : error;
      } finally {
        running = undefined;
      }
    },
    async list() {
      const found = await listBackups(folder);
      return found.map(({ file, bytes, completedMs }) => {
        return { file: relative(file), bytes, completedAt: new Date(completedMs).toISOString() };
      });
    },
    state: () => ({
      ageSeconds: lastMs === undefined ? undefined : Math.max(0, (clock.wallMs() - lastMs) / 1000),
      failuresTotal,
    }),
  };
}

function relative(file: string): string {
  return `${folderName}/${path.basename(file)}`;
}

/** The last one first. */
async function listBackups(folder: string) {
  const names = ((await orAbsent(readdir(folder))) ?? []).filter((name) => completeName.test(name));
  const found = [];
  for (const name of names.sort().reverse()) {
    const file = path.join(folder, name);
    const info = await orAbsent(stat(file));
    if (info) found.push({ file, bytes: info.size, completedMs: Math.floor(info.mtimeMs) });
  }
  return found;
}

/** What a process left that was killed. This one owns the folder, and no other makes backups in it. */
async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (name.endsWith(".unfinished")) await rm(path.join(folder, name));
}

/**
 * A backup of a data folder that no gateway works on, as before an upgrade or a move to a server.
 *
 * Errors: `start.data_missing` and `backup.place_unusable` before anything is written, `store.folder_locked` while a gateway
 * works on it (ask it for a backup then), and those of `backup` and `openStore`.
 */
export async function backupFolder(options: {
  readonly context: Context;
  readonly dataDir: string;
  readonly databaseUrl?: string;
  /** There is a ledger outside, so no journal in the folder. */
  readonly isLedgerOutside?: boolean;
  readonly durability?: Durability;
  readonly file: string;
}): Promise<BackupReport> {
  const { context, dataDir, databaseUrl, durability = "strict", isLedgerOutside = false } = options;
  const file = path.resolve(options.file);
  await refuseMissingData(dataDir, partsInFolder({ databaseUrl, isLedgerOutside }));
  await refuseUnusablePlace(file);
  const lock = await lockFolder(dataDir);
  try {
    const where = databaseUrl === undefined ? { dataDir: path.join(dataDir, "store") } : { databaseUrl };
    const store = await openStore({ context, migrations, durability, accept: refuseEmptyStore, ...where });
    try {
      return await backup({ store, dataDir, file, context });
    } finally {
      await store.close();
    }
  } finally {
    lock.release();
  }
}
