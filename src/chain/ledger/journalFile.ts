import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";

/**
 * The bytes under the journal. An interface, because tests put a file of their own under it that is full
 * or that forgets what was not synced.
 */
export interface JournalFile {
  size(): Promise<number>;
  /** Reads at most `length` bytes; fewer only at the end of the file. */
  read(position: number, length: number): Promise<Buffer>;
  write(bytes: Buffer, position: number): Promise<void>;
  /** Returns when everything written is on the disk. */
  sync(): Promise<void>;
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens `ledger.journal` in the data folder and makes both when they do not exist. */
export async function openJournalFile(dataDir: string): Promise<JournalFile> {
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, "ledger.journal");
  const handle = await open(path, "r+").catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    const created = await open(path, "wx+", 0o600);
    await syncFolder(dataDir);
    return created;
  });

  return {
    async size() {
      return (await handle.stat()).size;
    },
    async read(position, length) {
      const bytes = Buffer.alloc(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    },
    async write(bytes, position) {
      let written = 0;
      while (written < bytes.length) {
        const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
        written += bytesWritten;
      }
    },
    sync: () => handle.datasync(),
    truncate: (size) => handle.truncate(size),
    close: () => handle.close(),
  };
}

/** A new file survives a power cut only when its folder's entry is on the disk too. Windows has no such call. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
