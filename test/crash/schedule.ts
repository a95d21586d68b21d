/** Which process is killed where and when, drawn from a seed, so that a failed run can be played again. */
import { randomInt } from "node:crypto";
import type { Failpoint } from "../../src/shared/failpoint.ts";
import { createDraw, type Draw } from "../images/draw.ts";

export type Victim = "gateway" | "ledger";

/** At a named place, whichever of the two passes it. */
export interface Crash {
  readonly place: Failpoint;
  /** Counted from the start of this life. */
  readonly passage: number;
  readonly victim: Victim;
}

/** At any instant, so long after the start. `both` is what a power cut does to processes. */
export interface Kill {
  readonly place: "anywhere";
  readonly afterMs: number;
  readonly victim: Victim | "both";
}

/** Places that every act passes, in the order of its life. The first part of a name tells which process passes it. */
export const mainPlaces = [
  "intent.committed",
  "intent.claimed",
  "transaction.signed",
  "transaction.accepted",
  "transaction.recorded",
  "ledger.journalled",
  "ledger.executed",
  "ledger.recorded",
  "index.read",
  "index.committed",
] as const satisfies readonly Failpoint[];
const victims = ["gateway", "ledger"] as const;

/** Places that need a ledger outside, or that a command passes: `outsideRound.ts` drives them. */
export const outsidePlaces = [
  "replacement.signed",
  "reorganisation.committed",
  "reindex.committed",
] as const satisfies readonly Failpoint[];

export function isOutsidePlace(name: string): boolean {
  return outsidePlaces.some((place) => place === name);
}

/** A place at which the campaign can kill. */
export function isDrivenPlace(name: string): boolean {
  return isOutsidePlace(name) || mainPlaces.some((place) => place === name);
}

/** The demo has 45 acts; a life passes each place at most once an act and begins at most one act back. */
const actsUsed = 36;

/** For the demo: every place once with either victim, or once with any, in any order, spread over the whole story. */
export function drawSchedule(seed: number, size: "either victim" | "any victim"): readonly Crash[] {
  const draw = createDraw(seed);
  const pairs = mainPlaces.flatMap((place) => {
    const chosen = size === "any victim" ? [draw.pick(victims)] : victims;
    return chosen.map((victim) => ({ place, victim }));
  });
  const acts = draw.shuffle(Array.from({ length: actsUsed }, (_, index) => index + 1));
  const cuts = acts.slice(0, pairs.length).sort((a, b) => a - b);
  return draw
    .shuffle(pairs)
    .map((crash, index) => ({ ...crash, passage: (cuts[index] ?? 0) - (cuts[index - 1] ?? 0) }));
}

/** A place in the second half of a deployment of which the first half is done. */
export function drawDeploymentCrash(seed: number): Crash {
  const draw = createDraw(seed + 1);
  const place = draw.pick(["ledger.journalled", "ledger.executed", "ledger.recorded"] as const);
  return { place, victim: "ledger", passage: 1 + draw(4) };
}

/** As `src/environment.ts` reads it. */
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

/** With many clients at once one passage carries several acts; behind an intent there is one act each time. */
const passagesMax: Readonly<Partial<Record<Failpoint, number>>> = { "intent.committed": 12 };

function drawCrash(pair: Pick<Crash, "place" | "victim">, draw: Draw): Crash {
  return { ...pair, passage: 1 + draw(passagesMax[pair.place] ?? 5) };
}

/** One sweep of traffic: every place once with either victim, and six kills at any instant, the start included. */
export function drawSweep(seed: number, only?: string): readonly (Crash | Kill)[] {
  const draw = createDraw(seed);
  const crashes = mainPlaces.flatMap((place) => victims.map((victim) => drawCrash({ place, victim }, draw)));
  const kills = (["gateway", "gateway", "ledger", "ledger", "both", "both"] as const).map((victim): Kill => {
    return { place: "anywhere", afterMs: draw(6_000), victim };
  });
  return draw.shuffle<Crash | Kill>([...crashes, ...kills]).filter(({ place }) => only === undefined || place === only);
}
