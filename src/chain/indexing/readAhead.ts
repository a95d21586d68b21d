import { askedTooMuch } from "./limitMessages.ts";
import type { RangeReader, ReadRange } from "./rangeReader.ts";
import { createWidth } from "./width.ts";

/** A range with what was final before it was read. */
export interface AheadRange extends ReadRange {
  /** Number of the last block that was final then. */
  readonly final: number;
}

interface Wanted {
  readonly from: number;
  readonly head: number;
  readonly final: number;
}

/** Reads several ranges side by side and gives them in order. */
export interface ReadAhead {
  /** The blocks from one on, no further than the head. */
  next(wanted: Wanted): Promise<AheadRange>;
  /** Forgets what was read: another branch of the ledger counts, or something went wrong. */
  drop(): void;
  /** Blocks to a range at present. */
  width(): number;
}

const rangeFirst = 32;
const rangeMost = 256;
const rangesAhead = 3;
/** Beyond so many receipts a range is wide enough, whatever the number of its blocks. */
const receiptsEnough = 2_000;

export function createReadAhead(read: RangeReader): ReadAhead {
  const width = createWidth({ first: rangeFirst, most: rangeMost });
  let ahead: { from: number; to: number; final: number; range: Promise<ReadRange> }[] = [];

  async function readOne(from: number, to: number): Promise<ReadRange> {
    try {
      const range = await read(from, to);
      const receipts = range.blocks.reduce((sum, one) => sum + one.receipts.length, 0);
      if (receipts > receiptsEnough) width.shrink();
      else if (to - from + 1 >= width.value()) width.grow();
      return range;
    } catch (error) {
      const tooMuch = askedTooMuch(error);
      if (tooMuch) width.shrink(tooMuch.max);
      throw error;
    }
  }

  function fill({ from, head, final }: Wanted): void {
    let next = (ahead.at(-1)?.to ?? from - 1) + 1;
    while (ahead.length < rangesAhead && next <= head) {
      const to = Math.min(head, next + width.value() - 1);
      const range = readOne(next, to);
      // Its turn comes later; until then a failure is no news.
      range.catch(() => undefined);
      ahead.push({ from: next, to, final, range });
      next = to + 1;
    }
  }

  return {
    async next(wanted) {
      if (ahead[0] && (ahead[0].from !== wanted.from || ahead[0].to > wanted.head)) ahead = [];
      fill(wanted);
      const [first, ...rest] = ahead;
      if (!first) throw new Error("invariant: nothing is wanted above the head");
      const range = await first.range;
      // One that ended early is followed by another wish than for these.
      ahead = rest;
      return { ...range, final: first.final };
    },
    drop() {
      ahead = [];
    },
    width: () => width.value(),
  };
}
