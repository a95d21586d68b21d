import type { JournalFile } from "../../../src/chain/ledger/journalFile.ts";

/** A file that knows what a power cut would leave, and that can be full. */
export interface MemoryFile extends JournalFile {
  /** Everything written, as the running process sees it. */
  content(): Buffer;
  /** What is there after a power cut now: all that was synced, and this part of the write since then. */
  afterPowerCut(keptBytes: number): Buffer;
  /** From now on the file cannot grow beyond this size. */
  limit(bytes: number): void;
  /** Lets the n-th operation (write, sync or truncate) from now fail with an I/O error, and all later ones. */
  breakAfter(operations: number): void;
  operations(): number;
}

export function createMemoryFile(initial: Buffer = Buffer.alloc(0)): MemoryFile {
  let content = Buffer.from(initial);
  let synced = Buffer.from(initial);
  let unsynced: { position: number; bytes: Buffer } | undefined;
  let limitBytes = Number.POSITIVE_INFINITY;
  let operations = 0;
  let breaksAt = Number.POSITIVE_INFINITY;

  function count(): void {
    operations += 1;
    if (operations > breaksAt) throw Object.assign(new Error("i/o error"), { code: "EIO" });
  }

  return {
    size: () => attempt(() => content.length),
    read: (position, length) => attempt(() => Buffer.from(content.subarray(position, position + length))),
    write: (bytes, position) =>
      attempt(() => {
        count();
        const written = bytes.subarray(0, Math.max(0, limitBytes - position));
        content = overlay(content, written, position);
        unsynced = { position, bytes: written };
        if (written.length < bytes.length) throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
      }),
    sync: () =>
      attempt(() => {
        count();
        synced = Buffer.from(content);
        unsynced = undefined;
      }),
    truncate: (size) =>
      attempt(() => {
        count();
        content = Buffer.from(content.subarray(0, size));
      }),
    close: () => Promise.resolve(),
    content: () => Buffer.from(content),
    afterPowerCut(keptBytes) {
      if (unsynced === undefined) return Buffer.from(synced);
      return overlay(synced, unsynced.bytes.subarray(0, keptBytes), unsynced.position);
    },
    limit(bytes) {
      limitBytes = bytes;
    },
    breakAfter(more) {
      breaksAt = operations + more;
    },
    operations: () => operations,
  };
}

function overlay(content: Buffer, bytes: Buffer, position: number): Buffer<ArrayBuffer> {
  const result = Buffer.alloc(Math.max(content.length, position + bytes.length));
  content.copy(result);
  bytes.copy(result, position);
  return result;
}

/** What throws at once becomes a rejection, as a real file would have it. */
function attempt<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => resolve(work()));
}
