import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, runCommand } from "../command.ts";
import type { Tally } from "./score.ts";
import { strykerFolder, type Target } from "./targets.ts";

export interface Outcome extends Tally {
  /** Mutants that no test noticed: line:column, mutator, replacement, in the order of the file. */
  readonly alive: readonly string[];
}

interface ReportedMutant {
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}

interface Order {
  /** Copy of the project that mutants are written into. */
  readonly folder: string;
  readonly target: Target;
  /** Only these mutants, as keys without the file; absent: all. */
  readonly sample?: readonly string[];
  /** Takes over what an earlier run of the same file showed and no changed test can alter. */
  readonly incremental: boolean;
}

/** What Stryker said last, for a run that failed, and what its incremental mode keeps. Not committed. */
const stateFolder = join(root, "coverage", "mutation");

/**
 * Runs Stryker on one file of the copy. A mutant may take 10 s longer than three times its tests: a busy machine must
 * not pass for an endless loop, which Stryker also recognises by counting how often a mutant is passed.
 */
function configOf({ folder, target, sample, incremental }: Order): Readonly<Record<string, unknown>> {
  return {
    inPlace: true,
    tempDirName: ".stryker-tmp",
    testRunner: "mocha",
    plugins: [
      join(strykerFolder, "mocha-runner", "dist", "src", "index.js"),
      join(folder, "tools", "sampled.mjs"),
      join(folder, "tools", "labels.mjs"),
    ],
    ignorers: ["labels"],
    testRunnerNodeArgs: ["--import=tsx", "--no-experimental-require-module"],
    // Mocha's own configuration forbids what a run of single tests needs, and its flags belong to Node here.
    mochaOptions: { "no-config": true, extension: ["ts"], spec: target.killers },
    mutate: [target.file],
    checkers: sample ? ["sampled"] : [],
    coverageAnalysis: "perTest",
    concurrency: 1,
    // tsx does not check types.
    disableTypeChecks: false,
    incremental,
    incrementalFile: join(stateFolder, `${nameOf(target)}.json`),
    ignorePatterns: ["artifacts", "types", "contracts"],
    reporters: ["json"],
    jsonReporter: { fileName: "report.json" },
    timeoutMS: 10_000,
    timeoutFactor: 3,
    dryRunTimeoutMinutes: 10,
    allowConsoleColors: false,
    thresholds: { high: 100, low: 0, break: null },
    warnings: { slow: false, unknownOptions: true },
  };
}

/** Stops with what Stryker said when it could not run the tests at all. */
export async function runStryker(order: Order): Promise<Outcome> {
  const { folder, target, sample } = order;
  const report = join(folder, "report.json");
  const source = join(folder, target.file);
  const original = readFileSync(join(folder, target.file), "utf8");
  const log = join(stateFolder, `${nameOf(target)}.log`);
  mkdirSync(stateFolder, { recursive: true });
  rmSync(report, { force: true });
  writeFileSync(join(folder, "stryker.json"), JSON.stringify(configOf(order)));
  writeFileSync(join(folder, "sample.json"), JSON.stringify(sample ?? []));
  const code = await runCommand({
    file: join(strykerFolder, "core", "bin", "stryker.js"),
    arguments: ["run", "stryker.json"],
    folder,
    env: { HANSA_MUTANT_SAMPLE: join(folder, "sample.json"), NODE_OPTIONS: "" },
    outputFile: log,
  });
  writeFileSync(source, original);
  if (code !== 0) throw new Error(`Stryker failed on ${target.file}:\n${readFileSync(log, "utf8").slice(-4_000)}`);
  const { files } = JSON.parse(readFileSync(report, "utf8")) as {
    files: Readonly<Record<string, { mutants: readonly ReportedMutant[] }>>;
  };
  return count(files[target.file]?.mutants ?? [], sample !== undefined);
}

function count(mutants: readonly ReportedMutant[], sampled: boolean): Outcome {
  const of = (...statuses: readonly string[]) => mutants.filter(({ status }) => statuses.includes(status));
  return {
    killed: of("Killed").length,
    timeout: of("Timeout").length,
    survived: of("Survived").length,
    noCoverage: of("NoCoverage").length,
    // With a sample, "CompileError" is how the checker says that a mutant is not in it.
    ignored: of("RuntimeError", "Ignored", ...(sampled ? [] : ["CompileError"])).length,
    alive: of("Survived", "NoCoverage")
      .toSorted((a, b) => a.location.start.line - b.location.start.line)
      .map(describe),
  };
}

function describe({ status, mutatorName, replacement = "", location: { start } }: ReportedMutant): string {
  const text = replacement.replace(/\s+/g, " ");
  const shown = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  return `${start.line}:${start.column} ${mutatorName} → ${shown}${status === "NoCoverage" ? " (no test reaches it)" : ""}`;
}

function nameOf({ file }: Target): string {
  return file.slice("src/chain/".length).replaceAll("/", ".");
}
