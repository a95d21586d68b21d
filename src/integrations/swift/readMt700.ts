/** MT700, issue of a documentary credit. */
import { type CreditTerms, creditTermsOf } from "./creditTerms.ts";
import type { Finding } from "./finding.ts";
import type { SwiftMessage } from "./message.ts";
import { type ReadOptions, readTyped } from "./readMessage.ts";
import type { Release } from "./release.ts";

export interface ReadMt700 {
  readonly message: SwiftMessage;
  readonly release: Release;
  readonly findings: readonly Finding[];
  /** Null exactly if a finding is an error. */
  readonly terms: CreditTerms | null;
}

/** Reads an MT700 as of its own release. Never throws; what is wrong stands in `findings`. */
export function readMt700(text: string, options: ReadOptions = {}): ReadMt700 {
  const { meaning, ...read } = readTyped(text, { type: "700", options, meaning: creditTermsOf });
  return { ...read, terms: meaning };
}
