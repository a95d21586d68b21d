/** The campaign over real processes: sweeps of kills in rounds, each done once for a version of the code. */
import fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Prepared, prepare } from "./cast.ts";
import { playDemoRound } from "./demoRound.ts";
import { killLeftOvers } from "./life.ts";
import { playOutsideRound } from "./outsideRound.ts";
import { codeVersion, openResults, type Results, type Stamp, stampNow } from "./results.ts";
import { playRound, type RoundReport } from "./round.ts";
import { type Crash, drawSweep, isOutsidePlace, type Kill, mainPlaces, outsidePlaces } from "./schedule.ts";

/** One SIGKILL, and what became of the round that it belongs to. */
export interface KillLine extends Stamp {
  readonly kind: "kill";
  /** Of the sweep. */
  readonly seed: number;
  /** Within the sweep: `traffic 0`, `traffic 1` …, `demo`, or `outside`. */
  readonly round: string;
  readonly index: number;
  readonly place: string;
  readonly victim: string;
  readonly passage: number | null;
  readonly afterMs: number | null;
  readonly outcome: "ok" | "failed";
  /** From the start of the process that was killed to its end. */
  readonly ms: number | null;
}

/** What was checked when the kills of a round were over. */
export interface RoundLine extends Stamp {
  readonly kind: "round";
  readonly seed: number;
  readonly round: string;
  readonly kills: number;
  readonly seconds: number;
  readonly outcome: "ok" | "failed";
  readonly error: string | null;
  readonly report: Omit<RoundReport, "killMs"> | null;
}

export type ChaosLine = KillLine | RoundLine;

export interface ChaosOptions {
  readonly file: string;
  /** Of the first sweep; the others follow. */
  readonly seed: number;
  readonly sweeps: number;
  /** Kills at this place only. */
  readonly only: string | undefined;
  readonly killsPerRound?: number;
  /** Rounds at a time. */
  readonly atOnce: number;
  readonly say: (line: string) => void;
}

interface Planned {
  readonly seed: number;
  readonly round: string;
  /** Of traffic; a story of its own name draws them itself. */
  readonly kills: readonly (Crash | Kill)[] | keyof typeof stories;
}

const stories = { demo: playDemoRound, outside: playOutsideRound } as const;
/** Both stories come with every so many sweeps of traffic. */
const storiesEvery = 5;

/** Which stories come with a sweep: those that the wanted place lies in, or now and then both. */
function storiesOf(only: string | undefined, index: number): readonly (keyof typeof stories)[] {
  if (only !== undefined) return isOutsidePlace(only) ? ["outside"] : [];
  return index % storiesEvery === 0 ? ["demo", "outside"] : [];
}

export function planRounds({ seed, sweeps, only, killsPerRound = 9 }: ChaosOptions): readonly Planned[] {
  return Array.from({ length: sweeps }, (_, index) => seed + index).flatMap((own, index) => {
    const kills = drawSweep(own, only);
    const rounds = Array.from({ length: Math.ceil(kills.length / killsPerRound) }, (_, number): Planned => {
      const from = number * killsPerRound;
      return { seed: own, round: `traffic ${number}`, kills: kills.slice(from, from + killsPerRound) };
    });
    return [...rounds, ...storiesOf(only, index).map((name) => ({ seed: own, round: name, kills: name }))];
  });
}

/** Runs what is missing. @returns whether everything that is known of this code version is well */
export async function runChaos(options: ChaosOptions): Promise<boolean> {
  const code = codeVersion();
  const results = openResults<ChaosLine>(options.file, code);
  const plan = planRounds(options);
  const isDone = ({ seed, round, kills }: Planned) =>
    results.lines.some(
      (line) =>
        line.kind === "round" &&
        line.seed === seed &&
        line.round === round &&
        (typeof kills === "string" || line.kills === kills.length),
    );
  const left = plan.filter((planned) => !isDone(planned));
  options.say(`code ${code}: ${plan.length} rounds, ${plan.length - left.length} of them done before`);
  const scratch = fs.mkdtempSync(path.join(fs.existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "hansa-chaos-"));
  let failed = 0;
  process.once("exit", () => {
    // What a failed round left is there to be looked at.
    if (failed === 0) fs.rmSync(scratch, { recursive: true, force: true });
  });

  async function work(prepared: Prepared | undefined): Promise<void> {
    for (let planned = left.shift(); planned; planned = left.shift()) {
      const dataDir = path.join(scratch, `${planned.seed}-${planned.round.replace(" ", "-")}`);
      const isWell = await runOne(planned, { ...options, code, results, dataDir, prepared });
      if (!isWell) failed += 1;
    }
  }

  try {
    const isPreparing = left.some(({ kills }) => typeof kills !== "string");
    const prepared = isPreparing ? await prepare(path.join(scratch, "prepared")) : undefined;
    await Promise.all(Array.from({ length: options.atOnce }, () => work(prepared)));
  } finally {
    killLeftOvers();
    if (failed > 0) options.say(`the folders of failed rounds are in ${scratch}`);
  }
  return results.lines.every(({ outcome }) => outcome === "ok");
}

interface Running extends ChaosOptions {
  readonly code: string;
  readonly results: Results<ChaosLine>;
  readonly dataDir: string;
  readonly prepared: Prepared | undefined;
}

interface Outcome {
  readonly kills: readonly (Crash | Kill)[];
  readonly report: RoundReport | undefined;
  readonly error: string | null;
}

async function runOne(planned: Planned, running: Running): Promise<boolean> {
  const { seed, round } = planned;
  const { say, results, code } = running;
  const begun = performance.now();
  const { kills, report, error } = await attempt(planned, running);
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  const outcome = error === null ? "ok" : "failed";
  const stamp = stampNow(code);
  for (const [index, kill] of kills.entries()) {
    const when =
      kill.place === "anywhere" ? { passage: null, afterMs: kill.afterMs } : { passage: kill.passage, afterMs: null };
    const { place, victim } = kill;
    const ms = report?.killMs[index] ?? null;
    results.append({ ...stamp, kind: "kill", ...{ seed, round, index, place, victim }, ...when, outcome, ms });
  }
  const { killMs: _killMs, ...rest } = report ?? { killMs: [] };
  const said = report ? (rest as Omit<RoundReport, "killMs">) : null;
  results.append({
    ...stamp,
    kind: "round",
    ...{ seed, round, kills: kills.length, seconds, outcome, error },
    report: said,
  });
  say(`seed ${seed}, ${round}: ${kills.length} kills in ${seconds} s, ${outcome}${error === null ? "" : `\n${error}`}`);
  return error === null;
}

async function attempt({ seed, round, kills }: Planned, { dataDir, prepared }: Running): Promise<Outcome> {
  if (typeof kills === "string") {
    const story = stories[kills](seed, dataDir);
    return await told(story.kills, story.play);
  }
  if (!prepared) throw new Error("a round begins from a prepared folder");
  const number = Number(round.split(" ")[1]);
  return await told(kills, () => playRound({ seed: seed * 100 + number, kills, prepared, dataDir }));
}

async function told(kills: readonly (Crash | Kill)[], play: () => Promise<RoundReport>): Promise<Outcome> {
  try {
    return { kills, report: await play(), error: null };
  } catch (error) {
    return { kills, report: undefined, error: String(error instanceof Error ? error.stack : error).slice(0, 4_000) };
  }
}

/** Kills by place, and the places that no kill of this code version has covered. */
export function summary(file: string): readonly string[] {
  const { lines } = openResults<ChaosLine>(file, codeVersion());
  const kills = lines.filter((line) => line.kind === "kill" && line.outcome === "ok");
  const count = (place: string) => kills.filter((line) => "place" in line && line.place === place).length;
  const rows = [...mainPlaces, ...outsidePlaces, "anywhere"].map((place) => `  ${place.padEnd(24)} ${count(place)}`);
  const failed = lines.filter((line) => line.kind === "round" && line.outcome === "failed").length;
  return [`${kills.length} kills, ${failed} failed rounds`, ...rows];
}
