/**
 * SWIFT's notation of formats as a tree: `35x[$35x]0-3`, `<DATE2>29x`, `[/34x$]35x[$35x]0-3`.
 * `n`, `a`, `c`, `d`, `x`, `z` are character sets, `!` is a fixed length, `$` a line break, `[]` optional.
 */
import { invariant } from "../../shared/errors.ts";
import type { CharacterSet } from "./characterSets.ts";

/** Parts with a meaning of their own, checked beyond their characters. */
export type SpecialPart = "date" | "currency" | "amount" | "bic" | "debitCredit";

export type FormatNode =
  | { readonly kind: "run"; readonly set: CharacterSet; readonly min: number; readonly max: number }
  | { readonly kind: "literal"; readonly character: string }
  | { readonly kind: "special"; readonly part: SpecialPart }
  | { readonly kind: "group"; readonly nodes: readonly FormatNode[]; readonly min: number; readonly max: number };

export interface Format {
  readonly nodes: readonly FormatNode[];
  /** `(***)`: no slash at either end and no two slashes together. */
  readonly plainReference: boolean;
}

const specials: Readonly<Record<string, SpecialPart>> = {
  "<DATE2>": "date",
  "<CUR>": "currency",
  "<AMOUNT>15": "amount",
  "<BIC>": "bic",
  "<DC>": "debitCredit",
};

const token = /(\d+)(!?)([nacdxz])|(<[A-Z0-9]+>(?:15)?)|\](?:(\d+)-(\d+))?|\[|\(\*+\)|[/$]/y;

/** The node of a token that is no bracket. */
function leafOf(notation: string, found: RegExpExecArray): FormatNode {
  const [text, length, fixed, set, special] = found;
  if (set !== undefined) {
    const most = Number(length);
    return { kind: "run", set: set as CharacterSet, min: fixed === "!" ? most : 1, max: most };
  }
  if (special === undefined) return { kind: "literal", character: text === "$" ? "\n" : text };
  const part = specials[special];
  invariant(part !== undefined, `format ${notation} has an unknown part`);
  return { kind: "special", part };
}

/** Compiles a notation. A notation that is not understood is a programmer's error in the tables. */
export function compileFormat(notation: string): Format {
  const stack: FormatNode[][] = [[]];
  let plainReference = false;
  token.lastIndex = 0;
  while (token.lastIndex < notation.length) {
    const found = token.exec(notation);
    invariant(found !== null, `format ${notation} is not understood`);
    const [text] = found;
    const nodes = stack.at(-1);
    invariant(nodes !== undefined, `format ${notation} closes too many brackets`);
    if (text.startsWith("(")) {
      plainReference ||= text === "(***)";
    } else if (text === "[") {
      stack.push([]);
    } else if (text.startsWith("]")) {
      stack.pop();
      stack.at(-1)?.push({ kind: "group", nodes, min: Number(found[5] ?? 0), max: Number(found[6] ?? 1) });
    } else {
      nodes.push(leafOf(notation, found));
    }
  }
  const [nodes] = stack;
  invariant(stack.length === 1 && nodes !== undefined, `format ${notation} leaves a bracket open`);
  return { nodes, plainReference };
}
