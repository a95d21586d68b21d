import type { Logger } from "./shared/context.ts";

/** What the process ends with when its data folder was taken from under it. */
export const folderLostExitCode = 4;

/** A stat of one file costs nothing. */
const everyMsDefault = 1_000;

export interface FolderWatchOptions {
  readonly logger: Logger;
  /** For people: why the process ends. */
  readonly complain: (line: string) => void;
  readonly everyMs?: number;
  /** How the process ends. For tests. */
  readonly process?: Pick<NodeJS.Process, "exit">;
}

/**
 * Looks whether the lock of the data folder is still this process's, and ends the process where it is not. At once and
 * with nothing closed, as a power cut would: whoever removed the lock may have started another gateway on the folder,
 * and an orderly end writes (a checkpoint of the store, a lane's last commits) over what that one has written since.
 * What was acknowledged is on the disk. The embedded ledger ends when its channel closes.
 *
 * @returns ends the watch
 */
export function watchFolder(lock: { isLost(): boolean }, options: FolderWatchOptions): () => void {
  const { logger, complain, everyMs = everyMsDefault, process: owner = process } = options;
  let isUnclear = false;

  function look(): void {
    let isLost: boolean;
    try {
      isLost = lock.isLost();
      isUnclear = false;
    } catch (err) {
      // A volume that does not answer says nothing about who owns the folder. Said once, not each second.
      if (!isUnclear) logger.warn({ err }, "whether the data folder's lock is still ours cannot be told");
      isUnclear = true;
      return;
    }
    if (!isLost) return;
    clearInterval(timer);
    logger.error({ exitCode: folderLostExitCode }, "the data folder's lock is lost: the process ends at once");
    complain(
      "Ended at once: the data folder's file `lock` was removed or replaced, or the folder was moved away, so another " +
        "process may own it by now. What was acknowledged is kept. See that none runs on the folder and start again.",
    );
    owner.exit(folderLostExitCode);
  }

  const timer = setInterval(look, everyMs);
  // Nothing left to do ends the process before.
  timer.unref();
  return () => clearInterval(timer);
}
