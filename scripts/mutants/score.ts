/** How many mutants of one file ended how. A killed mutant failed a test, a timed-out one made a test hang. */
export interface Tally {
  readonly killed: number;
  readonly timeout: number;
  readonly survived: number;
  readonly noCoverage: number;
  /** Did not run: the mutated file could not even be loaded. Outside the score. */
  readonly ignored: number;
}

export interface Score {
  readonly detected: number;
  readonly total: number;
  readonly share: number;
  /** Lower end of the two-sided 95 % interval by Wilson. */
  readonly lower: number;
}

/** What the score must not fall below, by its lower bound. */
export const required = 0.85;

/** Two-sided 95 %. */
const z = 1.959964;

/** Wilson's interval holds at shares near one and for small samples, where the normal approximation does not. */
export function wilsonLower(detected: number, total: number): number {
  if (total === 0) return 0;
  const share = detected / total;
  const square = z ** 2;
  const centre = share + square / (2 * total);
  const spread = z * Math.sqrt((share * (1 - share) + square / (4 * total)) / total);
  return Math.max(0, (centre - spread) / (1 + square / total));
}

/** Mutants that no test reaches count as alive. */
export function scoreOf(tallies: readonly Tally[]): Score {
  let detected = 0;
  let total = 0;
  for (const { killed, timeout, survived, noCoverage } of tallies) {
    detected += killed + timeout;
    total += killed + timeout + survived + noCoverage;
  }
  return { detected, total, share: total === 0 ? 0 : detected / total, lower: wilsonLower(detected, total) };
}

/** "91.2 % of 1204, at least 89.5 %". */
export function sayScore({ detected, total, share, lower }: Score): string {
  return `${detected} of ${total} mutants killed: ${percent(share)}, lower 95 % bound ${percent(lower)}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
