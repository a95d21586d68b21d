/**
 * Matches a value against a format. All ways of reading the value are followed at once as a set of positions, so
 * the work is bounded by the value's length times the format's, whatever the value is.
 */
import { belongsTo, runEnd } from "./characterSets.ts";
import type { Format, FormatNode, SpecialPart } from "./formatNotation.ts";

/** A part of the value that has a meaning of its own, `value.slice(start, end)`. */
export interface FoundPart {
  readonly part: SpecialPart;
  readonly start: number;
  readonly end: number;
}

export type FormatMismatch = "character" | "too_long" | "incomplete" | "line_break";

export type FormatMatch =
  | { readonly fits: true; readonly parts: readonly FoundPart[] }
  /** `at` is the furthest position that any reading reached. */
  | { readonly fits: false; readonly at: number; readonly mismatch: FormatMismatch };

interface Walk {
  readonly value: string;
  readonly parts: FoundPart[];
  furthest: number;
  /** Where a run last stopped because it had reached its greatest length. */
  fullAt: number;
}

type Positions = ReadonlySet<number>;

/** Characters of a part with a meaning; a wrong length is told by the check of the part itself. */
const partSets = { currency: "a", amount: "d", bic: "c", date: "n", debitCredit: "a" } as const;
const partLengths: Partial<Record<SpecialPart, number>> = { currency: 3, date: 6, debitCredit: 1 };

function partEnd(walk: Walk, part: SpecialPart, from: number): number | undefined {
  const length = partLengths[part];
  const end = runEnd(partSets[part], walk.value, from);
  if (length === undefined) {
    walk.furthest = Math.max(walk.furthest, end);
    return end > from ? end : undefined;
  }
  walk.furthest = Math.max(walk.furthest, Math.min(end, from + length));
  return end >= from + length ? from + length : undefined;
}

type NodeOf<K extends FormatNode["kind"]> = Extract<FormatNode, { kind: K }>;

function stepRun(walk: Walk, node: NodeOf<"run">, from: Positions): Set<number> {
  const reached = new Set<number>();
  for (const at of from) {
    let end = at;
    while (end - at < node.max && belongsTo(node.set, walk.value, end)) {
      end += 1;
      if (end - at >= node.min) reached.add(end);
    }
    walk.furthest = Math.max(walk.furthest, end);
    if (end - at === node.max) walk.fullAt = Math.max(walk.fullAt, end);
  }
  return reached;
}

function stepSpecial(walk: Walk, node: NodeOf<"special">, from: Positions): Set<number> {
  const reached = new Set<number>();
  for (const at of from) {
    const end = partEnd(walk, node.part, at);
    if (end === undefined) continue;
    reached.add(end);
    walk.parts.push({ part: node.part, start: at, end });
  }
  return reached;
}

function stepGroup(walk: Walk, node: NodeOf<"group">, from: Positions): Set<number> {
  const reached = new Set<number>(node.min === 0 ? from : []);
  let current = from;
  for (let round = 1; round <= node.max && current.size > 0; round += 1) {
    current = steps(walk, node.nodes, current);
    if (round >= node.min) for (const at of current) reached.add(at);
  }
  return reached;
}

function stepLiteral(walk: Walk, node: NodeOf<"literal">, from: Positions): Set<number> {
  return new Set([...from].filter((at) => walk.value[at] === node.character).map((at) => at + 1));
}

function step(walk: Walk, node: FormatNode, from: Positions): Set<number> {
  switch (node.kind) {
    case "literal":
      return stepLiteral(walk, node, from);
    case "run":
      return stepRun(walk, node, from);
    case "special":
      return stepSpecial(walk, node, from);
    case "group":
      return stepGroup(walk, node, from);
  }
}

function steps(walk: Walk, nodes: readonly FormatNode[], from: Positions): Positions {
  let current = from;
  for (const node of nodes) {
    if (current.size === 0) return current;
    current = step(walk, node, current);
    for (const at of current) if (at > walk.furthest) walk.furthest = at;
  }
  return current;
}

function mismatchOf(walk: Walk): FormatMismatch {
  const { value, furthest } = walk;
  if (furthest >= value.length) return "incomplete";
  if (value[furthest] === "\n") return "line_break";
  return walk.fullAt === furthest ? "too_long" : "character";
}

/** Whether the whole value fits the format, and if so the parts in it that have a meaning of their own. */
export function matchFormat(format: Format, value: string): FormatMatch {
  const walk: Walk = { value, parts: [], furthest: 0, fullAt: -1 };
  const reached = steps(walk, format.nodes, new Set([0]));
  if (reached.has(value.length)) return { fits: true, parts: walk.parts };
  return { fits: false, at: walk.furthest, mismatch: mismatchOf(walk) };
}
