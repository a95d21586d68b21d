// @ts-check
/**
 * A checker for Stryker that lets only a sample of the mutants run. Stryker can be told ranges of a file, but a range
 * takes in every mutant that lies within it, so a block in the sample would bring all of its statements along.
 */
import { readFileSync } from "node:fs";

/**
 * @typedef {{ line: number, column: number }} Position
 * @typedef {{ mutatorName: string, replacement?: string, location: { start: Position, end: Position } }} Mutant
 */

/** What tells a mutant from every other of its file; lines and columns as Stryker counts them inside, from 0. @param {Mutant} mutant */
export function keyOf({ mutatorName, replacement, location: { start, end } }) {
  return `${start.line}:${start.column}-${end.line}:${end.column} ${mutatorName} ${replacement ?? ""}`;
}

function createSampled() {
  /** @type {Set<string>} */
  const sample = new Set(JSON.parse(readFileSync(/** @type {string} */ (process.env.HANSA_MUTANT_SAMPLE), "utf8")));
  /** @param {Mutant} mutant */
  const judge = (mutant) =>
    sample.has(keyOf(mutant)) ? { status: "passed" } : { status: "compileError", reason: "not in the sample" };
  return {
    init: () => Promise.resolve(),
    /** @param {(Mutant & { id: string })[]} mutants */
    check: (mutants) => Promise.resolve(Object.fromEntries(mutants.map((mutant) => [mutant.id, judge(mutant)]))),
  };
}

export const strykerPlugins = [{ kind: "Checker", name: "sampled", factory: createSampled }];
