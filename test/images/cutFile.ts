import type { JournalFile } from "../../src/chain/ledger/journalFile.ts";
import type { Draw } from "./draw.ts";
import { type Fate, fatesOf, type Piece, survivors } from "./pieces.ts";

type Operation =
  | ({ readonly kind: "write" } & Piece)
  | { readonly kind: "truncate"; readonly size: number }
  | { readonly kind: "sync" };

/** A file in memory that remembers everything done to it, so that a power cut at any instant can be imagined afterwards. */
export interface CutFile extends JournalFile {
  /** Operations so far: an instant of its history. */
  instant(): number;
  /** The file now, as its process sees it. */
  content(): Buffer;
  /** What the disk has when the power is cut right after the first `instant` operations. */
  image(instant: number, fate: Fate, draw: Draw): Buffer;
}

/** `initial` is on the disk. */
export function createCutFile(initial: Buffer = Buffer.alloc(0)): CutFile {
  const operations: Operation[] = [];
  const bytes = createBytes(initial);

  function perform(operation: Operation): Promise<void> {
    operations.push(operation);
    bytes.apply(operation);
    return Promise.resolve();
  }

  return {
    size: () => Promise.resolve(bytes.length()),
    read: (position, length) => Promise.resolve(bytes.copy(position, position + length)),
    write: (written, position) => perform({ kind: "write", position, bytes: Buffer.from(written) }),
    truncate: (size) => perform({ kind: "truncate", size }),
    sync: () => perform({ kind: "sync" }),
    close: () => Promise.resolve(),
    instant: () => operations.length,
    content: () => bytes.copy(),
    image(instant, fate, draw) {
      const before = operations.slice(0, instant);
      const forced = before.findLastIndex(({ kind }) => kind === "sync") + 1;
      const disk = createBytes(initial);
      for (const operation of before.slice(0, forced)) disk.apply(operation);
      lose(disk, before.slice(forced), { fate, draw });
      return disk.copy();
    },
  };
}

function lose(disk: Bytes, unforced: readonly Operation[], { fate, draw }: { fate: Fate; draw: Draw }): void {
  const own = fatesOf(unforced.length, fate, draw);
  const lengths: number[] = [];
  for (const [index, operation] of unforced.entries()) {
    const its = own[index] ?? "none";
    if (operation.kind === "write") {
      for (const piece of survivors(operation, its, draw)) disk.apply({ kind: "write", ...piece });
      lengths.push(operation.position + operation.bytes.length);
    } else if (its === "all" || (its !== "none" && draw.chance(1, 2))) disk.apply(operation);
  }
  if (fate === "none" || fate === "all" || lengths.length === 0) return;
  // The new length can be on the disk before the bytes that it counts; they read as zeros then.
  if (draw.chance(1, 2)) disk.grow(draw.pick(lengths));
}

interface Bytes {
  length(): number;
  copy(start?: number, end?: number): Buffer;
  apply(operation: Operation): void;
  grow(length: number): void;
}

function createBytes(initial: Buffer): Bytes {
  let room = Buffer.alloc(Math.max(4_096, initial.length));
  let length = initial.length;
  initial.copy(room);

  function grow(to: number): void {
    if (to <= length) return;
    if (to > room.length) room = Buffer.concat([room.subarray(0, length), Buffer.alloc(2 * to - length)]);
    length = to;
  }

  return {
    length: () => length,
    copy: (start = 0, end = length) => Buffer.from(room.subarray(Math.min(start, length), Math.min(end, length))),
    grow,
    apply(operation) {
      if (operation.kind === "write") {
        grow(operation.position + operation.bytes.length);
        room.set(operation.bytes, operation.position);
      } else if (operation.kind === "truncate") {
        room.fill(0, operation.size, length);
        length = operation.size;
      }
    },
  };
}
