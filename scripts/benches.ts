/** One benchmark: `run` measures subject and baseline once each, in the same process and the same state. */
export interface Bench {
  readonly name: string;
  /** What the two numbers count, such as "transactions/s". More is better. */
  readonly unit: string;
  /** An odd number has a true median. `--short` makes at most three. */
  readonly rounds: number;
  /** An implementation swaps which of the two goes first by the round's parity, so that neither is always warm. */
  readonly run: (round: { short: boolean; round: number }) => Promise<{ subject: number; baseline: number }>;
  readonly close?: () => Promise<void>;
}

const registered: Bench[] = [];

/** Called by each file in test/bench when it is loaded. */
export function registerBench(bench: Bench): void {
  registered.push(bench);
}

export function benches(): readonly Bench[] {
  return registered;
}

/** The middle value, or the mean of the two middle ones. @throws RangeError for no values */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  if (low === undefined || high === undefined) throw new RangeError("no values to take the median of");
  return (low + high) / 2;
}
