/**
 * `npm run bench [-- --short] [name …]`: measures each benchmark against its own baseline in the same run, round by
 * round in turn, and prints ratios. A ratio holds on any machine; a number of operations per second does not.
 */
import { globSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Bench, benches, median } from "./benches.ts";
import { root } from "./command.ts";

const given = process.argv.slice(2);
const short = given.includes("--short");
const wanted = given.filter((argument) => !argument.startsWith("--"));

async function measure({ name, unit, rounds, run, close }: Bench): Promise<void> {
  const subjects: number[] = [];
  const baselines: number[] = [];
  const ratios: number[] = [];
  try {
    for (let round = 0; round < (short ? Math.min(rounds, 3) : rounds); round += 1) {
      const { subject, baseline } = await run({ short, round });
      subjects.push(subject);
      baselines.push(baseline);
      ratios.push(subject / baseline);
    }
  } finally {
    await close?.();
  }
  const spread = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
  process.stdout.write(
    `${name}: ratio ${median(ratios).toFixed(2)} (${spread} over ${ratios.length} rounds); ` +
      `median ${show(median(subjects))} against ${show(median(baselines))} ${unit}\n`,
  );
}

function show(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

for (const file of globSync("test/bench/*.bench.ts", { cwd: root }).sort()) {
  await import(pathToFileURL(join(root, file)).href);
}
const chosen = benches().filter(({ name }) => wanted.length === 0 || wanted.includes(name));
if (chosen.length === 0) {
  const known = benches().map(({ name }) => name);
  const names = known.length > 0 ? known.join(", ") : "none yet (test/bench/*.bench.ts)";
  process.stdout.write(`Nothing was measured. Benchmarks: ${names}.\n`);
  if (wanted.length > 0) process.exitCode = 2;
}
for (const bench of chosen) await measure(bench);
