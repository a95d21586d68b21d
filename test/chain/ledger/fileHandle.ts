import { type FileHandle, open } from "node:fs/promises";

type Piece = [bytes: Buffer, offset: number, length: number, position: number];

/** The forms of these methods that the journal's files use. */
interface Pieces {
  read(...piece: Piece): Promise<unknown>;
  write(...piece: Piece): Promise<unknown>;
}

/** What the system does in a test and hardly ever elsewhere. Each is called with the handle in question. */
export interface Hooks {
  /** Called before the file's size is looked up. */
  readonly stat?: (handle: FileHandle) => Promise<void>;
  /** Called between that and the answer. */
  readonly afterStat?: (handle: FileHandle) => Promise<void>;
  readonly sync?: (handle: FileHandle) => Promise<void>;
  readonly datasync?: (handle: FileHandle) => Promise<void>;
  /** No call reads or writes more bytes than this. */
  readonly bytesMax?: number;
}

/** Runs the test with these hooks in every open file of this process. */
export async function withFileHandle(hooks: Hooks, test: () => Promise<void>): Promise<void> {
  const probe = await open(import.meta.filename, "r");
  const prototype = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
  const { stat, sync, datasync } = prototype;
  const { read, write } = prototype as unknown as Pieces;
  const { bytesMax = Number.POSITIVE_INFINITY } = hooks;
  Object.assign(prototype, {
    async stat(this: FileHandle) {
      await hooks.stat?.(this);
      const found = await stat.call(this);
      await hooks.afterStat?.(this);
      return found;
    },
    async sync(this: FileHandle) {
      await hooks.sync?.(this);
      await sync.call(this);
    },
    async datasync(this: FileHandle) {
      await hooks.datasync?.(this);
      await datasync.call(this);
    },
    read(this: FileHandle, ...[bytes, offset, length, position]: Piece) {
      return read.call(this, bytes, offset, Math.min(length, bytesMax), position);
    },
    write(this: FileHandle, ...[bytes, offset, length, position]: Piece) {
      return write.call(this, bytes, offset, Math.min(length, bytesMax), position);
    },
  });
  try {
    await test();
  } finally {
    Object.assign(prototype, { stat, sync, datasync, read, write });
  }
}
