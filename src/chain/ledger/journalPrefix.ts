import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { keccak256 } from "ethers";
import { AppError } from "../../shared/errors.ts";
import { encodeFrame, type JournalRecord } from "./frame.ts";
import { createJournal, type ReadFrame } from "./journal.ts";
import type { JournalFile } from "./journalFile.ts";

/** Where a store stands on the ledger. */
export interface KnownToStore {
  /** Its last block; -1 for none. */
  readonly block: number;
  /** Hashes of what it has signed beyond that. */
  readonly openAttempts: ReadonlySet<string>;
}

export interface JournalPrefix {
  readonly chainId: number;
  readonly genesisHash: string;
  /** Number of its last block. */
  readonly lastBlock: number;
  readonly sizeBytes: number;
  /** Its bytes, a complete journal; to be read before `close`. */
  bytes(): AsyncGenerator<Buffer, void, undefined>;
  close(): Promise<void>;
}

const chunkBytes = 1_048_576;

/**
 * The journal of a ledger that goes on writing, up to the first transaction that a store (read before) does not know.
 * Every transaction comes from a lane, which stores its bytes before they leave, so what is left out belongs to acts
 * that the store does not have either: restored together they are one moment, and the store sends again what it had
 * signed and the journal has not.
 * @returns undefined where there is no journal
 * @throws AppError `ledger.journal_corrupt`, `ledger.journal_foreign`
 */
export async function openJournalPrefix(dataDir: string, known: KnownToStore): Promise<JournalPrefix | undefined> {
  const handle = await open(join(dataDir, "ledger.journal"), "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!handle) return undefined;
  try {
    const { genesis, lastBlock, endBytes, tail } = await findEnd(handle, known);
    return {
      chainId: genesis.chainId,
      genesisHash: genesis.hash,
      lastBlock,
      sizeBytes: endBytes + tail.length,
      async *bytes() {
        for (let position = 0; position < endBytes; position += chunkBytes) {
          yield await readExactly(handle, position, Math.min(chunkBytes, endBytes - position));
        }
        if (tail.length > 0) yield tail;
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

interface End {
  readonly genesis: Extract<JournalRecord, { type: "genesis" }>;
  readonly lastBlock: number;
  /** So much of the file is taken as it stands. */
  readonly endBytes: number;
  /** Frames behind that, made of the known part of a group. */
  readonly tail: Buffer;
}

async function findEnd(handle: FileHandle, known: KnownToStore): Promise<End> {
  try {
    return await scan(await viewOf(handle), known);
  } catch (error) {
    // A frame that was being written while it was read looks torn in the middle once the next one stands behind it.
    if (!(error instanceof AppError) || error.code !== "ledger.journal_corrupt") throw error;
    return await scan(await viewOf(handle), known);
  }
}

/** The file as long as it is now, never changed by reading it. */
async function viewOf(handle: FileHandle): Promise<JournalFile> {
  const { size } = await handle.stat();
  const nothing = async () => undefined;
  return {
    size: async () => size,
    async read(position, length) {
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - position)));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, position);
      return bytes.subarray(0, bytesRead);
    },
    write: nothing,
    sync: nothing,
    truncate: nothing,
    close: nothing,
  };
}

async function scan(file: JournalFile, known: KnownToStore): Promise<End> {
  const journal = await createJournal(file);
  const frames = journal.read();
  const first = await frames.next();
  const genesis = first.done ? undefined : first.value.records[0];
  if (first.done || genesis?.type !== "genesis") throw new AppError("ledger.journal_foreign");
  let endBytes = first.value.endBytes;
  let lastBlock = 0;
  let open = 0;
  for await (const { records, endBytes: frameEnd } of frames) {
    const transactions = records.filter((record) => record.type === "transaction");
    const knownHere = firstUnknown(transactions, { ...known, nextBlock: lastBlock + open + 1 });
    const kept = open + knownHere;
    if (knownHere < transactions.length) {
      const { tail, blocks } = await cutGroup({ transactions: transactions.slice(0, knownHere), kept, frames });
      return { genesis, lastBlock: lastBlock + blocks, endBytes, tail };
    }
    endBytes = frameEnd;
    lastBlock += count(records, "block");
    open = kept - count(records, "block") - count(records, "void");
  }
  return { genesis, lastBlock, endBytes, tail: Buffer.alloc(0) };
}

function count(records: readonly JournalRecord[], type: JournalRecord["type"]): number {
  return records.filter((record) => record.type === type).length;
}

type TransactionRecord = Extract<JournalRecord, { type: "transaction" }>;

/** How many of a frame's transactions come before the first that the store does not know. */
function firstUnknown(
  transactions: readonly TransactionRecord[],
  known: KnownToStore & { readonly nextBlock: number },
): number {
  const unknown = transactions.findIndex(({ raw }, index) => {
    // Each makes one block at most, so its number is this or lower.
    return known.nextBlock + index > known.block && !known.openAttempts.has(keccak256(raw));
  });
  return unknown === -1 ? transactions.length : unknown;
}

interface Group {
  /** The known ones of the frame with the first unknown transaction. */
  readonly transactions: readonly TransactionRecord[];
  /** Those and the ones before the frame that are not settled. */
  readonly kept: number;
  readonly frames: AsyncGenerator<ReadFrame, void, undefined>;
}

/** The known part of a group, and what settles it. */
async function cutGroup({ transactions, kept, frames }: Group): Promise<{ tail: Buffer; blocks: number }> {
  if (kept === 0) return { tail: Buffer.alloc(0), blocks: 0 };
  const settlements: JournalRecord[] = [];
  for await (const frame of frames) {
    settlements.push(...frame.records.filter(({ type }) => type === "block" || type === "void"));
    if (settlements.length >= kept) break;
  }
  const pieces = [transactions, settlements.slice(0, kept)].filter((piece) => piece.length > 0);
  return {
    tail: Buffer.concat(pieces.map(encodeFrame)),
    blocks: count(settlements.slice(0, kept), "block"),
  };
}

async function readExactly(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await handle.read(bytes, 0, length, position);
  if (bytesRead < length) throw new AppError("ledger.journal_corrupt", { offsetBytes: position + bytesRead });
  return bytes;
}
