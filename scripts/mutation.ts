/**
 * `npm run mutation [-- --file <glob>] [--sample <n> --seed <s>] [--force] [--known]`: changes src/chain in thousands of
 * small ways, one at a time, in a copy, and counts the changes that no test notices. Goes file by file, appends each
 * result to docs/assurance/mutation.jsonl and leaves out files whose line still holds, so it can be ended at any time
 * and started again. Fails when the lower 95 % bound of the score is under 85 %.
 */
import { rmSync } from "node:fs";
import { setPriority } from "node:os";
import { matchesGlob } from "node:path";
import { parseArgs } from "node:util";
import { copyProject } from "./mutants/copy.ts";
import { enumerateMutants } from "./mutants/enumerate.ts";
import { appendResult, contentHashOf, currentResult, type Result, readResults } from "./mutants/results.ts";
import { drawSample } from "./mutants/sample.ts";
import { required, sayScore, scoreOf } from "./mutants/score.ts";
import { runStryker } from "./mutants/stryker.ts";
import { mutationTargets, type Target } from "./mutants/targets.ts";
import { installTools } from "./tools.ts";

const { values: given } = parseArgs({
  options: {
    file: { type: "string", multiple: true },
    sample: { type: "string" },
    seed: { type: "string" },
    force: { type: "boolean", default: false },
    known: { type: "boolean", default: false },
  },
});
const sample = given.sample === undefined ? undefined : { size: Number(given.sample), seed: Number(given.seed ?? "1") };

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The sample's mutants of each file, as keys without the file. */
async function sampleByFile(folder: string, targets: readonly Target[]): Promise<ReadonlyMap<string, string[]>> {
  const byFile = new Map<string, string[]>();
  if (!sample) return byFile;
  const keys = await enumerateMutants(
    folder,
    targets.map(({ file }) => file),
  );
  for (const key of drawSample(keys, sample)) {
    const space = key.indexOf(" ");
    const file = key.slice(0, space);
    byFile.set(file, [...(byFile.get(file) ?? []), key.slice(space + 1)]);
  }
  return byFile;
}

interface Step {
  readonly folder: string;
  readonly target: Target;
  readonly chosen: readonly string[] | undefined;
}

/** Undefined when only what is known already was asked for, and nothing is known of this file as it stands. */
async function measure({ folder, target, chosen }: Step): Promise<Result | undefined> {
  const kind = sample && chosen ? { sample } : {};
  const contentHash = contentHashOf(folder, target);
  const known = given.force ? undefined : currentResult(readResults(), { file: target.file, contentHash, ...kind });
  if (known || given.known) return known;
  const begun = performance.now();
  const incremental = !chosen && !given.force;
  const outcome = await runStryker({ folder, target, incremental, ...(chosen ? { sample: chosen } : {}) });
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  const result = { file: target.file, contentHash, ...outcome, seconds, ...kind };
  appendResult(result);
  say(`${target.file}: ${sayScore(scoreOf([result]))}, ${seconds} s`);
  return result;
}

async function campaign(folder: string): Promise<readonly Result[]> {
  const wanted = given.file ?? ["**"];
  const targets = mutationTargets(folder).filter(({ file }) => wanted.some((glob) => matchesGlob(file, glob)));
  const byFile = await sampleByFile(folder, targets);
  const results: Result[] = [];
  for (const target of targets) {
    const chosen = byFile.get(target.file);
    if (sample && !chosen) continue;
    const result = await measure({ folder, target, chosen });
    if (result) results.push(result);
    else say(`not measured as it stands: ${target.file}`);
  }
  return results;
}

// Somebody may be working on the machine.
setPriority(15);
await installTools();
const folder = copyProject();
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const results = await campaign(folder);
const score = scoreOf(results);
for (const { file, alive } of results) for (const mutant of alive) say(`alive: ${file}:${mutant}`);
say(`${results.length} files: ${sayScore(score)}`);
if (score.lower < required) {
  say(`The bound is under ${required * 100} %.`);
  process.exitCode = 1;
}
