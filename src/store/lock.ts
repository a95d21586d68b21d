import fs from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { AppError } from "../shared/errors.ts";
import { type FileLock, takeFileLock } from "../shared/fileLock.ts";

const lockName = "lock";
/** Who holds the lock, for the message only; it decides nothing and may be out of date. */
const ownerName = "lock.owner";

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
  const held = openLock(dataDir);
  if (!mayBeUnfinished && fs.existsSync(path.join(dataDir, unfinishedRestore))) {
    held.release();
    throw new AppError("backup.unfinished", { folder: dataDir });
  }
  const identity = identityOf(dataDir);
  const ownerFile = path.join(dataDir, ownerName);
  // Without room on the disk the message will name nobody; the lock stands all the same.
  await writeFile(ownerFile, `${process.pid}\n`, { mode: 0o600 }).catch(() => undefined);
  return {
    isLost: () => !held.isHeld() || identityOf(dataDir) !== identity,
    release() {
      if (!held.isHeld()) return;
      fs.rmSync(ownerFile, { force: true });
      held.release();
    },
  };
}

function openLock(dataDir: string): FileLock {
  let lock: FileLock | undefined;
  try {
    fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    lock = takeFileLock(path.join(dataDir, lockName));
  } catch (cause) {
    throw new AppError("store.folder_unusable", { folder: dataDir }, { cause });
  }
  if (!lock) throw new AppError("store.folder_locked", { folder: dataDir, pid: readOwner(dataDir) });
  return lock;
}

/** Which file stands under the lock's name. Asking does not open it, which would give the lock away. */
function identityOf(dataDir: string): string | undefined {
  const found = fs.statSync(path.join(dataDir, lockName), { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino}`;
}

function readOwner(dataDir: string): number | null {
  try {
    const pid = Number(fs.readFileSync(path.join(dataDir, ownerName), "utf8"));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
