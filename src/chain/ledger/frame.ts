import { crc32 } from "node:zlib";
import * as z from "zod";
import { AppError } from "../../shared/errors.ts";

const seconds = z.number().int().nonnegative();
const hex = z.string().regex(/^0x[0-9a-f]*$/);

/**
 * One fact of the journal. `genesis` stands first and once. A `block` or `void` settles the oldest
 * `transaction` that is not settled yet; `void` says that the engine refused it and mined nothing.
 */
const recordSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("genesis"),
    chainId: z.number().int(),
    genesisSeconds: seconds,
    engine: z.string(),
    hash: hex,
  }),
  z.strictObject({ type: z.literal("clock"), offsetSeconds: z.number().int() }),
  z.strictObject({ type: z.literal("transaction"), raw: hex, timestamp: seconds }),
  z.strictObject({ type: z.literal("block"), number: seconds, hash: hex }),
  z.strictObject({ type: z.literal("void") }),
]);

export type JournalRecord = z.infer<typeof recordSchema>;

const frameSchema = z.array(recordSchema).min(1);

const NEWLINE = 0x0a;
/** `crc32` as 8 hex digits, a space, the text's length in bytes as 8 digits, a space. */
const HEADER_BYTES = 18;

/** A settlement of one transaction takes at most this many bytes inside a frame. */
export const SETTLEMENT_BYTES_MAX = 128;
export const FRAME_OVERHEAD_BYTES = HEADER_BYTES + 3;
/** Far above what one group of transactions can take. A damaged tail longer than this is not a torn write. */
export const FRAME_BYTES_MAX = 16 * 1_048_576;

/**
 * One append is one frame is one line: `crc32 length [record, …]\n`. All records of a group stand in one
 * frame, so an interrupted append can damage the last frame only, whatever part of it reached the disk.
 */
export function encodeFrame(records: readonly JournalRecord[]): Buffer {
  const text = Buffer.from(JSON.stringify(records));
  const header = `${crc32(text).toString(16).padStart(8, "0")} ${String(text.length).padStart(8, "0")} `;
  return Buffer.concat([Buffer.from(header), text, Buffer.of(NEWLINE)]);
}

/**
 * Reads one line without its newline. `undefined` when it is not exactly what was written.
 * @throws AppError `ledger.journal_foreign` when it is whole but holds records that this version does not know.
 */
export function decodeFrame(line: Buffer): readonly JournalRecord[] | undefined {
  const header = readHeader(line);
  if (header === undefined) return undefined;
  const text = line.subarray(HEADER_BYTES);
  if (text.length !== header.length || crc32(text) !== header.crc) return undefined;
  const parsed = frameSchema.safeParse(JSON.parse(text.toString()));
  if (!parsed.success) throw new AppError("ledger.journal_foreign", {}, { cause: parsed.error });
  return parsed.data;
}

/**
 * Tells an append that a crash interrupted from damage to what had been acknowledged. `tail` is the file
 * from the first unreadable frame to the end. Torn is: a prefix of one frame, with zeros where bytes did
 * not reach the disk. Anything behind that one frame means that the damage lies in the middle.
 */
export function isTorn(tail: Buffer): boolean {
  const written = trimZeros(tail);
  const newline = written.indexOf(NEWLINE);
  if (newline !== -1 && newline < written.length - 1) return false;
  const header = readHeader(written);
  if (header !== undefined) return written.length <= HEADER_BYTES + header.length + 1;
  // Without a header it is a write cut inside its header, or one of which sectors with a part of the header are missing.
  return written.length < HEADER_BYTES || hasTornHeader(written);
}

/** Zeros where a sector did not reach the disk, and a header's characters elsewhere. */
function hasTornHeader(bytes: Buffer): boolean {
  const header = bytes.toString("latin1", 0, HEADER_BYTES);
  return header.includes("\0") && /^[0-9a-f\0]{8}[ \0][0-9\0]{8}[ \0]$/.test(header);
}

function trimZeros(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (bytes[end - 1] === 0) end -= 1;
  return bytes.subarray(0, end);
}

function readHeader(bytes: Buffer): { crc: number; length: number } | undefined {
  const header = bytes.toString("latin1", 0, HEADER_BYTES);
  if (!/^[0-9a-f]{8} \d{8} $/.test(header)) return undefined;
  const [crc = "", length] = header.split(" ");
  return { crc: Number.parseInt(crc, 16), length: Number(length) };
}
