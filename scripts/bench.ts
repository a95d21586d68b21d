/**
 * `npm run bench [-- --short] [--record] [name …]`: measures each benchmark against its own baseline in the same run,
 * round by round in turn, and prints ratios. A ratio holds on any machine; a number of operations per second does not.
 * `--record` appends each result to docs/performance.jsonl.
 *
 * The exit code is 1 when something was lost, doubled or failed on the way, not when a ratio misses its target: that
 * depends on what else the machine does.
 */
import { globSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Bench, benches, endAll, type Figure, median, type Pair, type Target, type Trend } from "./benches.ts";
import { recordResult } from "./benchRecord.ts";
import { root } from "./command.ts";

const given = process.argv.slice(2);
const short = given.includes("--short");
const isRecorded = given.includes("--record");
const wanted = given.filter((argument) => !argument.startsWith("--"));

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function measure(bench: Bench): Promise<void> {
  const rounds = short ? (bench.shortRounds ?? 3) : bench.rounds;
  const measured: Readonly<Record<string, Pair>>[] = [];
  for (let round = 0; round < rounds; round += 1) measured.push(await bench.run({ short, round, rounds }));
  for (const figure of bench.figures) {
    const pairs = measured.flatMap((one) => one[figure.name] ?? []);
    if (pairs.length > 0) tell(bench.name, figure, pairs);
  }
}

function tell(bench: string, figure: Figure, pairs: readonly Pair[]): void {
  const ratios = pairs.map(({ subject, baseline }) => subject / baseline);
  const ratio = median(ratios);
  const spread = [Math.min(...ratios), Math.max(...ratios)] as const;
  const subject = median(pairs.map((pair) => pair.subject));
  const baseline = median(pairs.map((pair) => pair.baseline));
  const name = `${bench} ${figure.name}`;
  const held = figure.target ? `, ${verdict(figure.target, ratio)}` : "";
  say(
    `${name}: ratio ${ratio.toFixed(2)} (${spread.map((one) => one.toFixed(2)).join("–")} over ${pairs.length} rounds)${held}; ` +
      `${figure.subject} ${show(subject)} against ${figure.baseline} ${show(baseline)} ${figure.unit}`,
  );
  if (isRecorded) recordResult({ name, short, unit: figure.unit, ratio, spread, subject, baseline });
}

function verdict(target: Target, ratio: number): string {
  const holds = "atLeast" in target ? ratio >= target.atLeast : ratio <= target.atMost;
  const aim = "atLeast" in target ? `at least ${target.atLeast}` : `at most ${target.atMost}`;
  return holds ? `target ${aim} met` : `target ${aim} MISSED`;
}

async function measureTrend({ name: trend, figures, measure: run }: Trend): Promise<void> {
  const slopes = await run(short);
  for (const { name: figure, what, unit, flat } of figures) {
    const found = slopes[figure];
    if (!found) continue;
    const { slope, interval } = found;
    const name = `${trend} ${figure}`;
    const isFlat = interval[0] <= flat;
    const held = isFlat ? `target at most ${flat} met` : `target at most ${flat} MISSED`;
    say(
      `${name}: ${what} ${slope.toFixed(1)} ${unit} (95 %: ${interval.map((one) => one.toFixed(1)).join(" to ")}), ${held}`,
    );
    if (isRecorded) recordResult({ name, short, unit, ratio: null, spread: interval, subject: slope, baseline: null });
  }
}

function show(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

async function runOne(bench: Bench | Trend): Promise<void> {
  try {
    await ("run" in bench ? measure(bench) : measureTrend(bench));
    for (const line of (await bench.prove?.()) ?? []) say(`${bench.name}: ${line}`);
  } finally {
    await bench.close?.();
  }
}

/** What was begun in folders and processes ends with this one, also when it is told to end. */
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void endAll().finally(() => process.exit(signal === "SIGINT" ? 130 : 143)));
}
for (const file of globSync("test/bench/*.bench.ts", { cwd: root }).sort()) {
  await import(pathToFileURL(join(root, file)).href);
}
const chosen = benches().filter(({ name }) => wanted.length === 0 || wanted.includes(name));
if (chosen.length === 0 || chosen.length < new Set(wanted).size) {
  say(
    `Benchmarks: ${benches()
      .map(({ name }) => name)
      .join(", ")}.`,
  );
  process.exitCode = 2;
} else {
  try {
    for (const bench of chosen) {
      await runOne(bench).catch((error: unknown) => {
        say(`${bench.name}: FAILED\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        process.exitCode = 1;
      });
    }
  } finally {
    await endAll();
  }
}
