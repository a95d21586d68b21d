import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { createClock } from "../src/shared/clock.ts";
import { root } from "./command.ts";

export interface BenchResult {
  readonly name: string;
  /** `--short`: fewer rounds and smaller sizes. */
  readonly short: boolean;
  readonly unit: string;
  /** Median of the rounds' ratios; null for a slope. */
  readonly ratio: number | null;
  /** Least and greatest ratio; of a slope its 95 % interval. */
  readonly spread: readonly [number, number];
  /** Medians. */
  readonly subject: number;
  readonly baseline: number | null;
}

/** Appends one line to docs/performance.jsonl, with the code, the machine and how busy it was. */
export function recordResult(result: BenchResult): void {
  const rounded = {
    ...result,
    ...{ ratio: result.ratio && round(result.ratio), spread: result.spread.map(round) },
    ...{ subject: round(result.subject), baseline: result.baseline && round(result.baseline) },
  };
  const machine = {
    ...{ cpu: os.cpus()[0]?.model.trim() ?? "unknown", cores: os.availableParallelism(), node: process.version },
    load: round(os.loadavg()[0] ?? 0),
  };
  const line = JSON.stringify({
    ...rounded,
    commit: commitNow(),
    ...machine,
    date: new Date(createClock().wallMs()).toISOString(),
  });
  appendFileSync(join(root, "docs", "performance.jsonl"), `${line}\n`);
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

/** With `+` when what runs differs from the commit. */
function commitNow(): string {
  const git = (...words: string[]) => execFileSync("git", words, { cwd: root, encoding: "utf8" }).trim();
  try {
    const changed = git(
      "status",
      "--porcelain",
      "--",
      "src",
      "contracts",
      "scripts",
      "test/bench",
      "package-lock.json",
    );
    return `${git("rev-parse", "--short=12", "HEAD")}${changed === "" ? "" : "+"}`;
  } catch {
    // A copy without its history.
    return "unknown";
  }
}
