import { createHash } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { reasonOf } from "./backupPlace.ts";
import { AppError } from "./shared/errors.ts";

/**
 * The container of a backup: a plain tar file, which any system can list and unpack. Members are small enough to be
 * held in memory, so a part of unknown length is a row of members.
 */
export interface Member {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface PartEntry {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface ArchiveWriter {
  add(member: Member): Promise<void>;
  /** What was added so far. */
  entries(): readonly PartEntry[];
  /** Ends the archive, forces it to the disk and gives it its name. */
  finish(): Promise<{ readonly bytes: number }>;
  /** Removes what was written. Harmless after `finish`. */
  discard(): Promise<void>;
}

const blockBytes = 512;
/** Of what is read; a header that claims more is damaged. */
const memberBytesMax = 256 * 1024 * 1024;
const nameBytesMax = 100;

export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * Writes beside `file` and renames at the end, so that nothing stands under its name before it is complete.
 * @throws AppError `store.disk_full`, from `add` and `finish` too
 */
export async function createArchiveWriter(file: string, mtimeSeconds: number): Promise<ArchiveWriter> {
  const unfinished = `${file}.unfinished`;
  const handle = await fullAware(open(unfinished, "w", 0o600));
  const entries: PartEntry[] = [];
  let bytesWritten = 0;
  let isOpen = true;

  async function write(...pieces: Uint8Array[]): Promise<void> {
    const joined = Buffer.concat(pieces);
    await fullAware(handle.appendFile(joined));
    bytesWritten += joined.length;
  }

  async function close(): Promise<void> {
    if (!isOpen) return;
    isOpen = false;
    await handle.close();
  }

  return {
    async add({ name, bytes }) {
      await write(makeHeader({ name, size: bytes.length, mtimeSeconds }), bytes, padding(bytes.length));
      entries.push({ name, bytes: bytes.length, sha256: sha256Of(bytes) });
    },
    entries: () => entries,
    async finish() {
      await write(Buffer.alloc(2 * blockBytes));
      await fullAware(handle.sync());
      await close();
      await rename(unfinished, file);
      await syncFolder(path.dirname(file));
      return { bytes: bytesWritten };
    },
    async discard() {
      await close();
      await rm(unfinished, { force: true });
    },
  };
}

const full: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** @throws AppError `store.disk_full` for what the host calls so */
export async function fullAware<T>(writing: Promise<T>): Promise<T> {
  try {
    return await writing;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    throw full.has(code) ? new AppError("store.disk_full", {}, { cause: error }) : error;
  }
}

/** The name of a new file is durable only with its folder. Windows has no handles of folders. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Reads an archive from its beginning. @throws AppError `backup.unreadable`, `backup.not_a_backup` when it does not begin
 * as one, `backup.truncated` when it ends too early, `backup.altered` when a header is damaged
 */
export async function* readArchive(file: string): AsyncGenerator<Member, void, undefined> {
  const handle = await openArchive(file);
  try {
    for (let position = 0; ; ) {
      const header = await readFully(handle, position, blockBytes);
      if (header.every((byte) => byte === 0)) return;
      const found = readHeader(header);
      if (!found) throw new AppError(position === 0 ? "backup.not_a_backup" : "backup.altered", { part: "a header" });
      const bytes = await readFully(handle, position + blockBytes, found.size);
      yield { name: found.name, bytes };
      position += blockBytes + found.size + padding(found.size).length;
    }
  } finally {
    await handle.close();
  }
}

async function openArchive(file: string): Promise<FileHandle> {
  const handle = await open(file, "r").catch((error: unknown) => {
    throw new AppError("backup.unreadable", { file, reason: reasonOf(error) }, { cause: error });
  });
  if (!(await handle.stat()).isDirectory()) return handle;
  await handle.close();
  throw new AppError("backup.unreadable", { file, reason: "it is a folder" });
}

async function readFully(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) throw new AppError(position === 0 ? "backup.not_a_backup" : "backup.truncated");
    filled += bytesRead;
  }
  return bytes;
}

function padding(size: number): Buffer {
  return Buffer.alloc((blockBytes - (size % blockBytes)) % blockBytes);
}

/** Fields of a ustar header: offset and length (POSIX.1-1988, `pax` format's base). */
const fields = {
  name: [0, nameBytesMax],
  mode: [100, 8],
  owner: [108, 8],
  group: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
} as const;
type Field = keyof typeof fields;

const magic = "ustar\u000000";

function makeHeader({ name, size, mtimeSeconds }: { name: string; size: number; mtimeSeconds: number }): Buffer {
  const header = Buffer.alloc(blockBytes);
  const put = (field: Field, text: string) => header.write(text, fields[field][0], fields[field][1], "latin1");
  const octal = (field: Field, value: number) =>
    put(field, `${value.toString(8).padStart(fields[field][1] - 1, "0")}\0`);
  put("name", name);
  octal("mode", 0o600);
  octal("owner", 0);
  octal("group", 0);
  octal("size", size);
  octal("mtime", mtimeSeconds);
  put("type", "0");
  put("magic", magic);
  octal("checksum", checksumOf(header));
  return header;
}

/** Sum of the bytes, with spaces in the place of the sum itself. */
function checksumOf(header: Buffer): number {
  const [start, length] = fields.checksum;
  return header.reduce((sum, byte, index) => sum + (index >= start && index < start + length ? 0x20 : byte), 0);
}

function readHeader(header: Buffer): { name: string; size: number } | undefined {
  const text = (field: Field) => {
    const [start, length] = fields[field];
    return header.toString("latin1", start, start + length).replace(/\0.*$/s, "");
  };
  const sum = Number.parseInt(text("checksum"), 8);
  const size = /^[0-7]{11}$/.test(text("size")) ? Number.parseInt(text("size"), 8) : Number.NaN;
  const isWhole = text("magic") === "ustar" && sum === checksumOf(header) && size <= memberBytesMax;
  return isWhole ? { name: text("name"), size } : undefined;
}
