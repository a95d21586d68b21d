import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "../../shared/errors.ts";
import { type FileLock, takeFileLock } from "../../shared/fileLock.ts";

/** The ledger before this one ends by itself as soon as it runs: its channel is closed. */
const waitMs = 10_000;
const everyMs = 50;

/**
 * Makes this process the only writer of the folder's journal until it ends. The gateway's lock of the folder is not enough:
 * a gateway that is killed gives it up at once, while its ledger may still stand still somewhere and write when it goes on.
 * @throws AppError `ledger.still_running` when another ledger has it after ten seconds
 */
export async function lockJournal(dataDir: string, options: { readonly waitMs?: number } = {}): Promise<FileLock> {
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, "lock.ledger");
  const endMs = performance.now() + (options.waitMs ?? waitMs);
  for (;;) {
    const lock = takeFileLock(path);
    if (lock) return lock;
    if (performance.now() >= endMs) throw new AppError("ledger.still_running", { folder: dataDir });
    await delay(everyMs);
  }
}
