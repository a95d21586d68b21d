/** Fails when code asks the machine for the time anywhere but in src/shared/clock.ts: tests could not move it. */
import { globSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import ts from "typescript";
import { root } from "./command.ts";

/** The one file that may. */
const clock = "src/shared/clock.ts";

/** Lines (from 1) on which a source calls `Date.now()`, `Date()`, or `new Date()` without arguments. */
export function findClockReads(source: string): number[] {
  const file = ts.createSourceFile("source.tsx", source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const lines: number[] = [];
  const visit = (node: ts.Node): void => {
    if (readsClock(node)) lines.push(file.getLineAndCharacterOfPosition(node.getStart()).line + 1);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return lines;
}

function readsClock(node: ts.Node): boolean {
  if (ts.isNewExpression(node)) return isDate(node.expression) && (node.arguments?.length ?? 0) === 0;
  if (ts.isCallExpression(node)) return isDate(node.expression);
  // Also as a value: `const now = Date.now`.
  return ts.isPropertyAccessExpression(node) && isDate(node.expression) && node.name.text === "now";
}

function isDate(node: ts.Node): boolean {
  return ts.isIdentifier(node) && node.text === "Date";
}

if (import.meta.filename === process.argv[1]) {
  const files = globSync("src/**/*.{ts,tsx,mjs}", { cwd: root }).map((file) => file.split(sep).join("/"));
  const reads = files
    .filter((file) => file !== clock)
    .flatMap((file) => findClockReads(readFileSync(join(root, file), "utf8")).map((line) => `${file}:${line}`));
  for (const place of reads)
    process.stdout.write(`${place} reads the machine's clock; take it from the context's clock.\n`);
  process.exit(reads.length === 0 ? 0 : 1);
}
