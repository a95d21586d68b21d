/** What a comparison is held to. Ratios of rates have a least value, ratios of times a greatest one. */
export type Target = { readonly atLeast: number } | { readonly atMost: number };

/** One line of the result: what is compared with what, and what is aimed at. */
export interface Figure {
  readonly name: string;
  readonly subject: string;
  readonly baseline: string;
  /** What the two numbers count, such as `acts/s`. */
  readonly unit: string;
  readonly target?: Target;
}

export interface Pair {
  readonly subject: number;
  readonly baseline: number;
}

/** Round `round` of `rounds`, counted from 0. */
export interface Round {
  readonly short: boolean;
  readonly round: number;
  readonly rounds: number;
}

/** Measurements that are made round by round, subject and baseline in turn, in the same state of the machine. */
export interface Bench {
  readonly name: string;
  readonly figures: readonly Figure[];
  /** An odd number has a true median. */
  readonly rounds: number;
  /** Of `--short`; 3 unless told. */
  readonly shortRounds?: number;
  /** A pair for each figure, by its name. Swaps by the round's parity what goes first, so that neither is always warm. */
  readonly run: (round: Round) => Promise<Readonly<Record<string, Pair>>>;
  /** After the last round: whether everything that went in came out, in sentences. @throws when not */
  readonly prove?: () => Promise<readonly string[]>;
  readonly close?: () => Promise<void>;
}

/** How something grows with work: a slope with its 95 % interval. */
export interface Slope {
  readonly slope: number;
  readonly interval: readonly [number, number];
}

export interface Trend {
  readonly name: string;
  readonly figures: readonly {
    readonly name: string;
    readonly what: string;
    readonly unit: string;
    readonly flat: number;
  }[];
  readonly measure: (short: boolean) => Promise<Readonly<Record<string, Slope>>>;
  readonly prove?: () => Promise<readonly string[]>;
  readonly close?: () => Promise<void>;
}

const registered: (Bench | Trend)[] = [];
const endings: (() => Promise<void>)[] = [];

/** Called by each file in test/bench when it is loaded. */
export function registerBench(bench: Bench): void {
  registered.push(bench);
}

/** As `registerBench`, for what is measured once, over a long run. */
export function registerTrend(trend: Trend): void {
  registered.push(trend);
}

export function benches(): readonly (Bench | Trend)[] {
  return registered.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Called once after the last benchmark, the last one added first: for what several of them share. */
export function atEnd(end: () => Promise<void>): void {
  endings.push(end);
}

export async function endAll(): Promise<void> {
  for (const end of endings.splice(0).toReversed()) await end();
}

/** Runs both, the subject first in even rounds. */
export async function inTurn(round: number, subject: () => Promise<number>, baseline: () => Promise<number>) {
  if (round % 2 === 0) {
    const first = await subject();
    return { subject: first, baseline: await baseline() };
  }
  const first = await baseline();
  return { subject: await subject(), baseline: first };
}

/** The middle value, or the mean of the two middle ones. @throws RangeError for no values */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  if (low === undefined || high === undefined) throw new RangeError("no values to take the median of");
  return (low + high) / 2;
}

/** The value below which `share` of the values lie (nearest rank). @throws RangeError for no values */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError("no values to take a quantile of");
  return value;
}

/**
 * Least squares through the points, with the 95 % interval of the slope from the scatter around the line. Neighbours
 * of a series resemble each other, so the true interval is rather wider. @throws RangeError for fewer than three points
 */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): Slope {
  const count = points.length;
  if (count < 3) throw new RangeError("a slope with an interval needs three points");
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / count;
  const squares = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / squares;
  const scatter = points.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  const error = Math.sqrt(scatter / (count - 2) / squares) * studentT(count - 2);
  return { slope, interval: [slope - error, slope + error] };
}

/** Two-sided 95 % quantile of Student's t (Cornish-Fisher expansion; within 2 % from three degrees of freedom on). */
function studentT(degrees: number): number {
  const z = 1.959964;
  const [z3, z5, z7] = [z ** 3, z ** 5, z ** 7];
  return (
    z +
    (z3 + z) / (4 * degrees) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * degrees ** 3)
  );
}
