import * as z from "zod";
import type { disposals } from "../../domain/events/credit.ts";

/** Disposal of the documents in the words of the trade (U40), and on the ledger. */
export const disposalWords = {
  HOLD: "hold",
  NOTIFY: "notify",
  RETURN: "return",
  PREVINST: "previous_instructions",
} as const satisfies Record<string, (typeof disposals)[number]>;
export type DisposalWord = keyof typeof disposalWords;
export const DisposalWordSchema = z.enum(["HOLD", "NOTIFY", "RETURN", "PREVINST"]);

export function wordOfDisposal(disposal: string | null): DisposalWord | null {
  const found = Object.entries(disposalWords).find(([, name]) => name === disposal);
  return found ? (found[0] as DisposalWord) : null;
}
