import fs from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AppError } from "../shared/errors.ts";

/**
 * Node has no file locks of its own, and files with process ids go wrong in both directions: ids are used again, and
 * two starters both clear away the same stale file. SQLite, which is part of Node, takes a true lock of the operating
 * system on all platforms. The kernel drops it when the process ends, however it ends, so it is never stale; and of
 * two starters exactly one gets it. SQLite does nothing else here: the file stays empty.
 *
 * On POSIX systems a process loses such a lock when it opens and closes the same file by other means. So nothing may
 * read `lock` (a backup leaves it out).
 */
const lockName = "lock";
/** Who holds the lock, for the message only; it decides nothing and may be out of date. */
const ownerName = "lock.owner";

const sqliteBusy = 5;

/** Present while a restore fills the folder, and afterwards when it was interrupted. */
export const unfinishedRestore = "restore.unfinished";

export interface FolderLock {
  /**
   * Whether the file that is locked is no longer the folder's: it was removed, or the folder moved away or was copied
   * over. Another process could own the folder too then, so whoever sees this stops at once.
   */
  isLost(): boolean;
  /** Gives the folder free. Releasing twice is harmless. */
  release(): void;
}

// A handle that is collected as garbage would give the lock away.
const held = new Set<DatabaseSync>();

/**
 * Makes this process the only owner of `dataDir` (created if needed) until `release` or its end.
 *
 * Errors: `store.folder_locked` with the owner's `pid` (null when unknown), `store.folder_unusable`;
 * `backup.unfinished` after an interrupted restore, unless it is the restore that asks.
 */
export async function lockFolder(
  dataDir: string,
  { mayBeUnfinished = false }: { readonly mayBeUnfinished?: boolean } = {},
): Promise<FolderLock> {
  const handle = openLock(dataDir);
  if (!mayBeUnfinished && fs.existsSync(path.join(dataDir, unfinishedRestore))) {
    handle.close();
    throw new AppError("backup.unfinished", { folder: dataDir });
  }
  held.add(handle);
  const identity = identityOf(dataDir);
  const ownerFile = path.join(dataDir, ownerName);
  // Without room on the disk the message will name nobody; the lock stands all the same.
  await writeFile(ownerFile, `${process.pid}\n`, { mode: 0o600 }).catch(() => undefined);
  return {
    isLost: () => !held.has(handle) || identityOf(dataDir) !== identity,
    release() {
      if (!held.delete(handle)) return;
      fs.rmSync(ownerFile, { force: true });
      handle.close();
    },
  };
}

function openLock(dataDir: string): DatabaseSync {
  let handle: DatabaseSync | undefined;
  try {
    fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    handle = new DatabaseSync(path.join(dataDir, lockName));
    // Takes the one RESERVED lock of the file and no other: there is no moment at which two could both fail.
    handle.exec("BEGIN IMMEDIATE");
    return handle;
  } catch (cause) {
    handle?.close();
    if (isBusy(cause)) throw new AppError("store.folder_locked", { folder: dataDir, pid: readOwner(dataDir) });
    throw new AppError("store.folder_unusable", { folder: dataDir }, { cause });
  }
}

/** Which file stands under the lock's name. Asking does not open it, which would give the lock away. */
function identityOf(dataDir: string): string | undefined {
  const found = fs.statSync(path.join(dataDir, lockName), { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino}`;
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === sqliteBusy;
}

function readOwner(dataDir: string): number | null {
  try {
    const pid = Number(fs.readFileSync(path.join(dataDir, ownerName), "utf8"));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
