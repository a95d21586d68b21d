import { AppError, invariant } from "../../shared/errors.ts";
import { decodeFrame, encodeFrame, FRAME_BYTES_MAX, isTorn, type JournalRecord } from "./frame.ts";
import type { JournalFile } from "./journalFile.ts";

const CHUNK_BYTES = 1_048_576;
const DISK_FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

export interface ReadFrame {
  readonly records: readonly JournalRecord[];
  /** The frame's end in the file, for progress against `sizeBytes`. */
  readonly endBytes: number;
}

/** The append-only truth of the embedded ledger. First `read` to the end, then `append`. */
export interface Journal {
  readonly sizeBytes: number;
  /** How much of the file `read` cut off, unused reserve included. */
  cutBytes(): number;
  /**
   * All frames in order. At the end a torn last append is cut off the file.
   * @throws AppError `ledger.journal_corrupt` when anything before it is damaged, `ledger.journal_foreign` when
   * a record is of a kind that this version does not know; the file is left as it is.
   */
  read(): AsyncGenerator<ReadFrame, void, undefined>;
  /**
   * Returns when the records are on the disk. With `reserveBytes` the next append has at least that
   * much room on a disk that fills up meanwhile.
   * @throws AppError `ledger.disk_full` when there is no room; then the journal is as it was before.
   */
  append(records: readonly JournalRecord[], reserveBytes?: number): Promise<void>;
  close(): Promise<void>;
}

export async function createJournal(file: JournalFile): Promise<Journal> {
  const sizeBytes = await file.size();
  let endBytes = 0;
  let cutBytes = 0;
  let isRead = false;

  async function cutTail(): Promise<void> {
    if (endBytes === sizeBytes) return;
    const tail = await file.read(endBytes, FRAME_BYTES_MAX);
    if (endBytes + tail.length < sizeBytes || !isTorn(tail)) {
      throw new AppError("ledger.journal_corrupt", { offsetBytes: endBytes, sizeBytes });
    }
    await shrink();
    cutBytes = sizeBytes - endBytes;
  }

  async function shrink(): Promise<void> {
    await file.truncate(endBytes);
    await file.sync();
  }

  return {
    sizeBytes,
    cutBytes: () => cutBytes,
    async *read() {
      for await (const line of lines(file)) {
        const records = decodeFrame(line);
        if (records === undefined) break;
        endBytes += line.length + 1;
        yield { records, endBytes };
      }
      await cutTail();
      isRead = true;
    },
    async append(records, reserveBytes = 0) {
      invariant(isRead, "the journal is read before it is written");
      const frame = encodeFrame(records);
      invariant(frame.length <= FRAME_BYTES_MAX, "a frame fits its bound");
      try {
        // The reserve is zeros, which the next frame overwrites and `read` cuts off.
        await file.write(Buffer.concat([frame, Buffer.alloc(reserveBytes)]), endBytes);
        await file.sync();
      } catch (error) {
        if (!isDiskFull(error)) throw error;
        await shrink();
        throw new AppError("ledger.disk_full", {}, { cause: error });
      }
      endBytes += frame.length;
    },
    async close() {
      if (isRead) await shrink();
      await file.close();
    },
  };
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && DISK_FULL.has(String(error.code));
}

/** Complete lines without their newline. What follows the last newline is not given. */
async function* lines(file: JournalFile): AsyncGenerator<Buffer, void, undefined> {
  let position = 0;
  let rest: Buffer = Buffer.alloc(0);
  while (true) {
    const chunk = await file.read(position, CHUNK_BYTES);
    if (chunk.length === 0) return;
    position += chunk.length;
    const bytes = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let newline = bytes.indexOf(0x0a); newline !== -1; newline = bytes.indexOf(0x0a, start)) {
      yield bytes.subarray(start, newline);
      start = newline + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > FRAME_BYTES_MAX) return;
  }
}
