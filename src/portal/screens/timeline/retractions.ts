import type { LedgerEvent } from "../../api/types.ts";

type Entry = Pick<LedgerEvent, "sequence" | "retracts">;

/**
 * By the number of an entry that was taken back: the number of the one that took it back. Where a ledger reorganises,
 * the sequence keeps what it said and says later that it no longer holds.
 */
export function retractionsIn(history: readonly Entry[]): ReadonlyMap<number, number> {
  return new Map(history.flatMap(({ sequence, retracts }) => (retracts === null ? [] : [[retracts, sequence]])));
}

/** What had happened, and was not taken back, when the sequence came to this number. */
export function stoodBefore<E extends Entry>(history: readonly E[], sequence: number): readonly E[] {
  const takenBack = retractionsIn(history);
  return history.filter((entry) => {
    const until = takenBack.get(entry.sequence) ?? Number.POSITIVE_INFINITY;
    return entry.retracts === null && entry.sequence < sequence && until > sequence;
  });
}
