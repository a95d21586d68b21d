import { readFileSync } from "node:fs";
import { join } from "node:path";
import { browserAdvice } from "./browser.ts";

/** One test as the reporter wrote it. */
export interface TestResult {
  readonly file: string;
  readonly title: string;
  readonly passed: boolean;
  readonly ms: number;
  /** Of a failed test: the error with its stack. */
  readonly why?: string;
}

/** `systems`: whole stacks, a browser, and the short forms of campaigns, by `npm run test:systems`. `main`: the others. */
export type Part = "main" | "systems";

/** How much of an error is told once more at the end. */
const reasonLines = 25;
const reasonLineChars = 400;

/** Areas whose few files take as long as so many others: every function of every contract is tried by every caller. */
const heavy: Readonly<Record<string, number>> = { "test/privileges": 45 };

const campaigns = /^test\/(crash|faults|images|races|reorg)\//;

/** The test files of a part, in their order. */
export function filesOf(part: Part, files: readonly string[]): readonly string[] {
  return files.filter((file) => (campaigns.test(file) || isSerial(file) ? "systems" : "main") === part);
}

/** What the machine offers to suites that need more than npm can install. */
export interface Means {
  readonly browser: boolean;
  readonly postgres: boolean;
  readonly requireBrowser: boolean;
  readonly requirePostgres: boolean;
}

export interface Plan {
  /** Files whose tests share nothing and may run beside each other. */
  readonly parallel: readonly string[];
  /** Files that start whole stacks or a browser, one at a time. */
  readonly serial: readonly string[];
}

/** `x.system.test.ts` starts whole stacks, `x.browser.test.ts` drives a browser, `x.postgres.test.ts` needs a server. */
export function planSuites(files: readonly string[], means: Means): Plan {
  const wanted = files.filter((file) => {
    if (isBrowserFile(file)) return means.browser;
    return !file.endsWith(".postgres.test.ts") || means.postgres;
  });
  return { parallel: wanted.filter((file) => !isSerial(file)), serial: wanted.filter(isSerial) };
}

/**
 * Splits files among processes. Files of one area stay together, because they share what their fixtures open once
 * a process; the same files are always split in the same way.
 */
export function shard(files: readonly string[], shards: number): readonly (readonly string[])[] {
  const areas = Map.groupBy(files, (file) => file.split("/").slice(0, 2).join("/"));
  const weighed = [...areas].map(([name, own]) => ({ own, weight: Math.max(own.length, heavy[name] ?? 0) }));
  const largestFirst = weighed.sort((a, b) => b.weight - a.weight || (a.own < b.own ? -1 : 1));
  const split = Array.from({ length: shards }, () => ({ files: [] as string[], weight: 0 }));
  for (const { own, weight } of largestFirst) {
    const lightest = split.reduce((least, candidate) => (candidate.weight < least.weight ? candidate : least));
    lightest.files.push(...own);
    lightest.weight += weight;
  }
  return split.filter((one) => one.files.length > 0).map((one) => one.files.sort());
}

function isSerial(file: string): boolean {
  return isBrowserFile(file) || file.endsWith(".system.test.ts");
}

function isBrowserFile(file: string): boolean {
  return file.endsWith(".browser.test.ts");
}

/** Suites that run on either store say the server's name in their titles. */
function isPostgresTest({ file, title }: TestResult): boolean {
  return file.endsWith(".postgres.test.ts") || /postgresql/i.test(title);
}

export interface Gaps {
  /** One plain line for each suite that did not run, with what to do about it. */
  readonly lines: readonly string[];
  /** How many of them were demanded. */
  readonly failed: number;
}

export interface Outcome {
  /** All test files, relative to the folder. */
  readonly files: readonly string[];
  readonly results: readonly TestResult[];
  readonly means: Means;
  readonly folder: string;
}

/** Tells which optional suites exist but did not run. A demanded suite that ran no test is a failure. */
export function findGaps({ files, results, means, folder }: Outcome): Gaps {
  const hasBrowserSuite = files.some(isBrowserFile);
  const hasPostgresSuite = files.some((file) => needsPostgres(join(folder, file)));
  const gaps = [
    {
      open: hasBrowserSuite && !results.some(({ file }) => isBrowserFile(file)),
      required: means.requireBrowser,
      line: means.browser
        ? "Not run: the browser suite, although a browser was found."
        : `Not run: the browser suite, because no browser was found; ${browserAdvice}.`,
    },
    {
      open: hasPostgresSuite && !results.some(isPostgresTest),
      required: means.requirePostgres,
      line: means.postgres
        ? "Not run: the suites on PostgreSQL, although HANSA_DATABASE_URL is set."
        : "Not run: the suites on PostgreSQL, because HANSA_DATABASE_URL is not set (postgres://user:password@host/database of an empty database).",
    },
  ].filter(({ open }) => open);
  return { lines: gaps.map(({ line }) => line), failed: gaps.filter(({ required }) => required).length };
}

/** The files whose tests took longest, without what their hooks took. */
export function slowestFiles(results: readonly TestResult[], count: number): readonly string[] {
  const files = [...Map.groupBy(results, ({ file }) => file)].map(([file, own]) => {
    return { file, ms: own.reduce((sum, { ms }) => sum + ms, 0) };
  });
  const slowest = files.sort((a, b) => b.ms - a.ms).slice(0, count);
  return slowest.map(({ file, ms }) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${file}`);
}

/** What failed, for the end of a long run's output, each with the first lines of its reason. */
export function describeFailures(results: readonly TestResult[]): readonly string[] {
  return results
    .filter(({ passed }) => !passed)
    .map(({ file, title, why = "" }) => {
      const reason = why.split("\n").slice(0, reasonLines);
      return [`${file}: ${title}`, ...reason.map((line) => `    ${line.slice(0, reasonLineChars)}`)].join("\n");
    });
}

function needsPostgres(path: string): boolean {
  return path.endsWith(".postgres.test.ts") || readFileSync(path, "utf8").includes("HANSA_DATABASE_URL");
}
