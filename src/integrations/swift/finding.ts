/** What reading a message found out, each with its place, so that a person can go there and a program can decide. */

/** An error makes the message unusable as of its release; a warning is what a person should look at. */
export type Severity = "error" | "warning";

export interface Finding {
  /** Stable code of ours, such as `field_missing`. */
  readonly code: string;
  /** SWIFT's own error code where it is known, such as `C90` or `T50`. */
  readonly network?: string;
  readonly severity: Severity;
  /** Tag with its option letter (`32B`), or null when the finding is about the envelope. */
  readonly field: string | null;
  /** 1 for the first field of this tag in the message. */
  readonly occurrence: number;
  /** Index into the text, in UTF-16 units, counted from 0. */
  readonly offset: number;
  /** Line of the text, counted from 1. */
  readonly line: number;
  readonly message: string;
  /** First and last release in which the rule holds, such as `SRU2018`; absent means always. */
  readonly since?: string;
  readonly until?: string;
}

/** At most this many findings are kept for one message: a hostile text shall not make a reply of its own size. */
export const findingsMax = 500;

export interface Findings {
  add(finding: Finding): void;
  list(): Finding[];
}

/** Collects findings in the order of their offsets, the first `findingsMax` of them. */
export function createFindings(): Findings {
  const found: Finding[] = [];
  return {
    add(finding) {
      if (found.length < findingsMax) found.push(finding);
    },
    list: () => [...found].sort((one, other) => one.offset - other.offset),
  };
}

/** Whether any finding is an error. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === "error");
}
