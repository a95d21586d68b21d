/** What may be drawn on a credit, as the contract `Credits` counts it. Amounts are minor units. */

export interface DrawingTerms {
  readonly amountMinor: bigint;
  /** Percent over and under the amount (39A); both zero when no tolerance is stated. */
  readonly tolerancePlus: number;
  readonly toleranceMinus: number;
  readonly partialDrawings: boolean;
}

export interface DrawingRoom {
  /** Amount with the upper tolerance, rounded down (U51). */
  readonly limitMinor: bigint;
  /** What may still be drawn: nothing after the one drawing of a credit that allows no partial drawings (U54). */
  readonly availableMinor: bigint;
  /** The least single drawing where partial drawings are not allowed, rounded up (U53); 0 where they are. */
  readonly leastDrawingMinor: bigint;
}

/** Percent that a single drawing may fall short where no tolerance is stated and partial drawings are barred (U53). */
const defaultMinusPercent = 5;

/** The band of a credit's amount after `drawnMinor` was drawn (U51, U53, U54). */
export function drawingRoom(terms: DrawingTerms, drawnMinor: bigint): DrawingRoom {
  const { amountMinor, tolerancePlus, toleranceMinus, partialDrawings } = terms;
  const limitMinor = (amountMinor * BigInt(100 + tolerancePlus)) / 100n;
  const spent = drawnMinor > 0n && !partialDrawings;
  const minus = tolerancePlus === 0 && toleranceMinus === 0 ? defaultMinusPercent : toleranceMinus;
  return {
    limitMinor,
    availableMinor: spent ? 0n : limitMinor - drawnMinor,
    leastDrawingMinor: partialDrawings ? 0n : (amountMinor * BigInt(100 - minus) + 99n) / 100n,
  };
}
