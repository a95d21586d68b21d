import { randomInt } from "node:crypto";

/** A number from 0 to below 1 for a label; the same label gives the same number. */
export type Dice = (label: string) => number;

/**
 * Dice of one request. They depend on the seed, on what is asked and on how often it was asked before, not on what
 * other requests come between: two runs that ask the same meet the same faults, however their calls interleave.
 */
export function rollFor(seed: number, request: string): Dice {
  return (label) => spread(`${seed}|${request}|${label}`);
}

/** One of these. */
export function pick<T>(dice: Dice, label: string, items: readonly T[]): T | undefined {
  return items[Math.floor(dice(label) * items.length)];
}

/** The seed of this run: `FAULT_SEED` of the environment repeats an earlier one. Printed, so that a failure can be repeated. */
export function seedOfRun(): number {
  const seed = Number(process.env["FAULT_SEED"] ?? randomInt(2 ** 31));
  process.stdout.write(`      (FAULT_SEED=${seed})\n`);
  return seed;
}

/** FNV-1a, then mixed so that close texts give far numbers. */
function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
