/**
 * What a power cut leaves of writes that were not forced to the disk. A disk writes sectors whole; which of them it had
 * written by then, and in which order, nobody promised.
 */
import type { Draw } from "./draw.ts";

/** Every disk in use writes at least this much at once. */
const sectorBytes = 512;

export interface Piece {
  readonly position: number;
  readonly bytes: Uint8Array;
}

/**
 * How the unforced operations fared: none arrived, all, all up to a byte of one write, any sectors, the last sectors
 * without the first, all but one sector of each write.
 */
export const fates = ["none", "all", "prefix", "sectors", "reversed", "hole"] as const;
export type Fate = (typeof fates)[number];

/** The fate of each of `count` unforced operations, oldest first. */
export function fatesOf(count: number, fate: Fate, draw: Draw): readonly Fate[] {
  const cut = fate === "prefix" && count > 0 ? draw(count) : 0;
  return Array.from({ length: count }, (_, index) => {
    if (fate !== "prefix" || index === cut) return fate;
    return index < cut ? "all" : "none";
  });
}

/** Which parts of a write are on the disk. */
export function survivors(write: Piece, fate: Fate, draw: Draw): readonly Piece[] {
  if (fate === "none" || write.bytes.length === 0) return [];
  if (fate === "all") return [write];
  if (fate === "prefix") return [{ ...write, bytes: write.bytes.subarray(0, draw(write.bytes.length + 1)) }];
  const sectors = sectorsOf(write);
  if (fate === "sectors") return sectors.filter(() => draw.chance(1, 2));
  if (fate === "hole") {
    const lost = draw.chance(1, 2) ? draw(Math.min(2, sectors.length)) : draw(sectors.length);
    return sectors.toSpliced(lost, 1);
  }
  return sectors.slice(draw(sectors.length));
}

/** A write along the sectors' borders on the disk. */
function sectorsOf({ position, bytes }: Piece): readonly Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  while (start < bytes.length) {
    const end = Math.min(bytes.length, start + sectorBytes - ((position + start) % sectorBytes));
    pieces.push({ position: position + start, bytes: bytes.subarray(start, end) });
    start = end;
  }
  return pieces;
}
