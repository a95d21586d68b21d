/** Which process is killed where and when, drawn from a seed, so that a failed run can be played again. */
import { randomInt } from "node:crypto";
import type { Failpoint } from "../../src/shared/failpoint.ts";

export interface Crash {
  readonly place: Failpoint;
  /** Counted from the start of this life. */
  readonly passage: number;
  readonly victim: "gateway" | "ledger";
}

/** In the order of an act's life. The first part of a name tells which process passes it. */
const places: readonly Failpoint[] = [
  "intent.committed",
  "transaction.signed",
  "transaction.accepted",
  "ledger.journalled",
  "ledger.executed",
  "ledger.recorded",
  "index.read",
  "index.committed",
];
const victims = ["gateway", "ledger"] as const;

/** The story has 41 acts; a life passes each place at most once an act and begins at most one act back. */
const actsUsed = 36;

/** Every place once with either victim, in any order, spread over the whole story. */
export function drawSchedule(seed: number): readonly Crash[] {
  const draw = createDraw(seed);
  const shuffled = shuffle(
    places.flatMap((place) => victims.map((victim) => ({ place, victim }))),
    draw,
  );
  const acts = shuffle(
    Array.from({ length: actsUsed }, (_, index) => index + 1),
    draw,
  );
  const cuts = acts.slice(0, shuffled.length).sort((a, b) => a - b);
  return shuffled.map((crash, index) => ({ ...crash, passage: (cuts[index] ?? 0) - (cuts[index - 1] ?? 0) }));
}

/** A place in the second half of a deployment of which the first half is done. */
export function drawDeploymentCrash(seed: number): Crash {
  const draw = createDraw(seed + 1);
  const place = (["ledger.journalled", "ledger.executed", "ledger.recorded"] as const)[draw(3)] ?? "ledger.recorded";
  return { place, victim: "ledger", passage: 1 + draw(4) };
}

/** As `src/config.ts` reads it. */
export function settingsOf({ place, passage, victim }: Crash): Readonly<Record<string, string>> {
  const name = place.startsWith("ledger.") ? "HANSA_LEDGER_FAILPOINT" : "HANSA_FAILPOINT";
  return { [name]: `${place}:${passage}`, HANSA_FAILPOINT_KILLS: victim };
}

/** HANSA_CRASH_ROUNDS stories (one without it), from HANSA_CRASH_SEED on or from anywhere. */
export function seedsOf(environment: Readonly<Record<string, string | undefined>>): readonly number[] {
  const rounds = Number(environment["HANSA_CRASH_ROUNDS"] ?? 1);
  const first = Number(environment["HANSA_CRASH_SEED"] ?? randomInt(1_000_000));
  return Array.from({ length: rounds }, (_, index) => first + index);
}

type Draw = (below: number) => number;

/** Mulberry32: small, and the same on every machine. */
function createDraw(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function shuffle<T>(items: readonly T[], draw: Draw): T[] {
  const keyed = items.map((item) => ({ item, at: draw(0x7fffffff) }));
  return keyed.sort((a, b) => a.at - b.at).map(({ item }) => item);
}
