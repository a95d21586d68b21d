/**
 * `npm test` builds and runs the TypeScript and the Solidity tests; `npm run test:systems` runs whole systems, the browser
 * and the short forms of campaigns. Each says what ran, what failed, what did not run, and which files took longest.
 */

import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, sep } from "node:path";
import { findBrowser } from "./browser.ts";
import { buildAll } from "./build.ts";
import { root, runCommand } from "./command.ts";
import { checkGasSnapshots } from "./gasSnapshots.ts";
import {
  describeFailures,
  filesOf,
  findGaps,
  type Means,
  type Part,
  type Plan,
  planSuites,
  shard,
  slowestFiles,
  type TestResult,
} from "./suites.ts";
import type { Count } from "./tally.ts";

/** Longest that one of Mocha's two runs may take. */
const mochaMs = 30 * 60_000;

const isOn = (name: string) => process.env[name] === "1";

const means: Means = {
  browser: findBrowser() !== undefined,
  postgres: Boolean(process.env.HANSA_DATABASE_URL),
  requireBrowser: isOn("HANSA_REQUIRE_BROWSER"),
  requirePostgres: isOn("HANSA_REQUIRE_POSTGRES"),
};

interface MochaRun {
  readonly files: readonly string[];
  /** Keeps the report back until the run has ended, so that two runs do not mix their lines. */
  readonly quiet?: boolean;
}

/** `broken` when Mocha itself failed: a file did not load, or a test left something open. */
interface MochaOutcome {
  readonly results: readonly TestResult[];
  readonly broken: boolean;
}

/** Runs files under Mocha, one after the other in one process. */
async function runMocha({ files, quiet = false }: MochaRun): Promise<MochaOutcome> {
  if (files.length === 0) return { results: [], broken: false };
  const folder = mkdtempSync(join(tmpdir(), "hansa-test-"));
  const resultsFile = join(folder, "results.jsonl");
  const outputFile = join(folder, "output.txt");
  try {
    const code = await runCommand({
      file: join(root, "node_modules", "mocha", "bin", "_mocha"),
      loader: true,
      // Else Mocha loads files by `require`, where they have no `import.meta.resolve` (as .mocharc.json says too).
      nodeFlags: ["--no-experimental-require-module"],
      arguments: ["--reporter", join(root, "scripts", "mochaReporter.cjs"), ...files],
      env: { HANSA_MOCHA_RESULTS: resultsFile },
      timeoutMs: mochaMs,
      ...(quiet && { outputFile }),
    });
    if (quiet) process.stdout.write(readFileSync(outputFile));
    if (code === 124)
      process.stdout.write("Mocha did not end in time: a test hangs, or left a server or timer open.\n");
    const results = readResults(resultsFile);
    return { results, broken: code === 124 || (code !== 0 && results.every(({ passed }) => passed)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readResults(file: string): readonly TestResult[] {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  return lines.filter(Boolean).map((line) => JSON.parse(line) as TestResult);
}

/** Two processes beside each other, then what must have the machine to itself. */
async function runTypeScript({ parallel, serial }: Plan): Promise<readonly MochaOutcome[]> {
  const [first = [], ...others] = shard(parallel, Math.min(2, availableParallelism()));
  process.stdout.write(`\nTypeScript tests: ${parallel.length} files in ${others.length + 1} processes\n`);
  const runs = [runMocha({ files: first }), ...others.map((files) => runMocha({ files, quiet: true }))];
  const beside = await Promise.all(runs);
  if (serial.length > 0) process.stdout.write(`\nWhole-system and browser tests: ${serial.length} files\n`);
  return [...beside, await runMocha({ files: serial })];
}

/** What we read of Hardhat's answer; its own summary counts nothing when it prints the report itself. */
interface SolidityRun {
  readonly suiteResults: readonly {
    readonly id: { readonly name: string; readonly source: string };
    readonly testResults: readonly { readonly name: string; readonly status: string; readonly reason?: string }[];
  }[];
}

interface SolidityResult {
  readonly success: boolean;
  readonly value?: SolidityRun;
  readonly error?: SolidityRun;
}

/** Unit, fuzz and invariant tests in Solidity; with HANSA_CHECK_SNAPSHOTS=1 gas against the committed snapshots. */
async function runSolidity(): Promise<Count> {
  if (globSync("test/contracts/**/*.sol", { cwd: root }).length === 0) return { passed: 0, failed: 0 };
  process.stdout.write("\nSolidity tests\n");
  const { default: hardhat } = await import("hardhat");
  const result = (await hardhat.tasks.getTask(["test", "solidity"]).run({})) as SolidityResult;
  const suites = (result.success ? result.value : result.error)?.suiteResults ?? [];
  const results = suites.flatMap(({ id, testResults }) => testResults.map((test) => ({ id, test })));
  const passed = results.filter(({ test }) => test.status === "Success").length;
  const failures = results
    .filter(({ test }) => test.status === "Failure")
    .map(({ id, test }) => `${id.source}: ${id.name}.${test.name}: ${test.reason ?? "no reason given"}`);
  const failed = failures.length;
  if (!result.success && failed === 0) return { passed, failed: 1, failures: ["Hardhat's run of the Solidity tests"] };
  if (!isOn("HANSA_CHECK_SNAPSHOTS")) return { passed, failed, failures };
  if (await checkGasSnapshots()) return { passed: passed + 1, failed, failures };
  const differ = 'The gas snapshots differ or are absent: see above, and "npm run snapshots".';
  return { passed, failed: failed + 1, failures: [...failures, differ] };
}

async function main(part: Part): Promise<Count> {
  await buildAll();
  const all = globSync("test/**/*.test.ts", { cwd: root }).map((file) => file.split(sep).join("/"));
  const files = filesOf(part, all.sort());
  const plan = planSuites(files, means);
  const runs = await runTypeScript(plan);
  const solidity = part === "main" ? await runSolidity() : { passed: 0, failed: 0 };
  const results = runs.flatMap((run) => run.results);
  const gaps = findGaps({ files, results, means, folder: root });
  process.stdout.write(`\nLongest:\n${slowestFiles(results, 10).join("\n")}\n`);
  for (const line of gaps.lines) process.stdout.write(`\n${line}\n`);
  const broken = runs.filter((run) => run.broken).length;
  return {
    passed: results.filter(({ passed }) => passed).length + solidity.passed,
    failed: results.filter(({ passed }) => !passed).length + broken + solidity.failed + gaps.failed,
    failures: [
      ...describeFailures(results),
      ...(broken > 0 ? ["Mocha itself: a file did not load, or a test left something open (see its report)"] : []),
      ...(solidity.failures ?? []),
    ],
  };
}

const count = await main(process.argv[2] === "systems" ? "systems" : "main");
const { passed, failed, failures = [] } = count;
if (process.env.HANSA_COUNT_FILE) writeFileSync(process.env.HANSA_COUNT_FILE, JSON.stringify(count));
for (const failure of failures) process.stdout.write(`\nFailed: ${failure}\n`);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
