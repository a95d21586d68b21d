import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../command.ts";
import type { Outcome } from "./stryker.ts";
import type { Target } from "./targets.ts";

/** One line of the results: a file with all of its mutants, or what a sample had of it. */
export interface Result extends Outcome {
  readonly file: string;
  /** Of the file and of the tests that it was run with. */
  readonly contentHash: string;
  readonly seconds: number;
  /** Absent: all mutants of the file. */
  readonly sample?: { readonly size: number; readonly seed: number };
}

export const resultsPath = join(root, "docs", "assurance", "mutation.jsonl");

/** Changes when the file or one of its killers does; then what was measured says nothing any more. */
export function contentHashOf(folder: string, { file, killers }: Target): string {
  const hash = createHash("sha256");
  for (const path of [file, ...killers]) hash.update(`${path}\0${readFileSync(join(folder, path), "utf8")}\0`);
  return hash.digest("hex").slice(0, 16);
}

export function readResults(): readonly Result[] {
  if (!existsSync(resultsPath)) return [];
  const lines = readFileSync(resultsPath, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Result);
}

export function appendResult(result: Result): void {
  mkdirSync(dirname(resultsPath), { recursive: true });
  appendFileSync(resultsPath, `${JSON.stringify(result)}\n`);
}

/** The last line of the wanted kind that still holds for the file as it stands. */
export function currentResult(
  results: readonly Result[],
  wanted: { readonly file: string; readonly contentHash: string; readonly sample?: Result["sample"] },
): Result | undefined {
  const { file, contentHash, sample } = wanted;
  return results.findLast(
    (result) =>
      result.file === file &&
      result.contentHash === contentHash &&
      result.sample?.size === sample?.size &&
      result.sample?.seed === sample?.seed,
  );
}
