/** Code words that a field must hold, by message type. */
import type { Severity } from "./finding.ts";
import { holdsIn, type Period, type Release } from "./release.ts";

export interface CodeWordRule extends Period {
  readonly types: readonly string[];
  readonly tags: readonly string[];
  /** Which part of the value is the code: all of it, the last line, or what stands before or between slashes. */
  readonly part: "value" | "last_line" | "before_slash" | "between_slashes";
  readonly words: readonly string[];
  readonly severity: Severity;
  readonly network?: string;
}

const shipment = ["ALLOWED", "CONDITIONAL", "NOT ALLOWED"];
const forms = ["IRREVOCABLE", "IRREVOCABLE TRANSFERABLE"];

/** The older releases also had revocable credits and standbys in this message. */
const olderForms = [
  "REVOCABLE",
  "REVOCABLE TRANSFERABLE",
  "IRREVOCABLE STANDBY",
  "REVOCABLE STANDBY",
  "IRREVOC TRANS STANDBY",
];

const rules =
  "UCP LATEST VERSION,EUCP LATEST VERSION,UCPURR LATEST VERSION,EUCPURR LATEST VERSION,ISP LATEST VERSION,OTHR";

/** The ways in which a credit is available, after the word BY. */
export const availableByWords = {
  "BY PAYMENT": "sight",
  "BY DEF PAYMENT": "deferred",
  "BY ACCEPTANCE": "acceptance",
  "BY NEGOTIATION": "negotiation",
  "BY MIXED PYMT": "mixed",
} as const;

/** What the refusing bank does with the documents (U40). */
export const disposalWords = ["HOLD", "NOTIFY", "PREVINST", "RETURN"] as const;

const credit = { types: ["700"], severity: "error" } as const;

const codeWordRules: readonly CodeWordRule[] = [
  { ...credit, tags: ["40A"], part: "value", words: forms, since: 2018 },
  { ...credit, tags: ["40A"], part: "value", words: [...forms, ...olderForms], until: 2017 },
  { ...credit, tags: ["40E"], part: "before_slash", words: rules.split(",") },
  { ...credit, tags: ["41A", "41D"], part: "last_line", words: Object.keys(availableByWords) },
  { ...credit, tags: ["43P"], part: "value", words: shipment, since: 2018, network: "T64" },
  { ...credit, tags: ["43T"], part: "value", words: shipment, since: 2018, network: "T65" },
  { ...credit, tags: ["49"], part: "value", words: ["CONFIRM", "MAY ADD", "WITHOUT"] },
  { types: ["734"], tags: ["77B"], part: "between_slashes", words: disposalWords, severity: "warning" },
];

/** The rules on code words for a field of a message type in a release. */
export function codeWordRulesOf(type: string, tag: string, release: Release): readonly CodeWordRule[] {
  return codeWordRules.filter((rule) => rule.types.includes(type) && rule.tags.includes(tag) && holdsIn(rule, release));
}

/** The code in a value and where it starts. */
export function codeIn(value: string, part: CodeWordRule["part"]): { readonly code: string; readonly at: number } {
  const lastLine = value.lastIndexOf("\n") + 1;
  if (part === "last_line") return { code: value.slice(lastLine), at: lastLine };
  if (part === "before_slash") return { code: value.split("/", 1)[0] ?? "", at: 0 };
  if (part === "between_slashes") return { code: /^\/([^/\n]*)\//.exec(value)?.[1] ?? "", at: 0 };
  return { code: value, at: 0 };
}
