import { DatabaseSync } from "node:sqlite";

/**
 * Node has no file locks of its own, and files with process ids go wrong in both directions: ids are used again, and
 * two starters both clear away the same stale file. SQLite, which is part of Node, takes a true lock of the operating
 * system on all platforms. The kernel drops it when the process ends, however it ends, so it is never stale; and of
 * two starters exactly one gets it. SQLite does nothing else here: the file stays empty.
 *
 * On POSIX systems a process loses such a lock when it opens and closes the same file by other means. So nothing may
 * read the file (a backup leaves it out).
 */
export interface FileLock {
  isHeld(): boolean;
  /** Releasing twice is harmless. */
  release(): void;
}

const sqliteBusy = 5;

// A handle that is collected as garbage would give the lock away.
const held = new Set<DatabaseSync>();

/**
 * Makes this process the only holder of the file, which is made if needed, until `release` or its end.
 * @returns undefined while another process holds it
 * @throws whatever makes the file unusable
 */
export function takeFileLock(path: string): FileLock | undefined {
  let handle: DatabaseSync | undefined;
  try {
    handle = new DatabaseSync(path);
    // Takes the one RESERVED lock of the file and no other: there is no moment at which two could both fail.
    handle.exec("BEGIN IMMEDIATE");
  } catch (error) {
    handle?.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  const taken = handle;
  held.add(taken);
  return {
    isHeld: () => held.has(taken),
    release() {
      if (held.delete(taken)) taken.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === sqliteBusy;
}
