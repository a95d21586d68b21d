import * as z from "zod";
import type { disposals } from "../../domain/events/credit.ts";
import { DocumentKind } from "../documents/queries.ts";
import { PartyRef } from "../partyNames.ts";
import { Hex32, Instant, MoneyText } from "../schemas.ts";

export const decisions = ["none", "examining", "complying", "refused", "precluded"] as const;

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

/** A bank's part in a presentation. */
export const ExaminationView = z.strictObject({
  bank: PartyRef,
  /** `none`: the bank holds the documents and has nothing to decide (U25). */
  decision: z.enum(decisions),
  receivedAt: Instant,
  /** Banking day of receipt (U57). */
  receivedOn: z.string().nullable(),
  /** First second at which the bank is precluded (U28, U42). */
  deadline: Instant.nullable(),
  /** End of the bank's banking hours on the last day, the earlier hour that a bank should keep. */
  decideBy: Instant.nullable(),
  decidedAt: Instant.nullable(),
  disposal: DisposalWordSchema.nullable(),
  forwardedTo: PartyRef.nullable(),
});
export type ExaminationView = z.infer<typeof ExaminationView>;

export const PresentationSummary = z.strictObject({
  id: Hex32,
  creditId: Hex32,
  beneficiary: PartyRef,
  presentedTo: PartyRef,
  amount: MoneyText,
  presentedAt: Instant,
  /** Banking day of presentation at the first bank (U57). */
  presentedOn: z.string(),
  shipmentDate: z.string().nullable(),
  /** Facts that a bank may raise as discrepancies (U12, U29): after expiry, after the period, shipped late. */
  isLate: z.boolean(),
  isPeriodMissed: z.boolean(),
  isShipmentLate: z.boolean(),
  /** The refused presentation that this one cures. */
  replaces: Hex32.nullable(),
  examinations: z.array(ExaminationView),
});
export type PresentationSummary = z.infer<typeof PresentationSummary>;

export const PresentationView = PresentationSummary.extend({
  documents: z.array(
    z.strictObject({
      position: z.int(),
      commitment: Hex32,
      /** Null when the document is not in this gateway. */
      documentId: z.string().nullable(),
      kind: DocumentKind.nullable(),
    }),
  ),
  /** Discrepancies of each refusing bank (U40). The wording is for that bank, its presenter and the beneficiary. */
  discrepancies: z.array(
    z.strictObject({
      bank: PartyRef,
      code: z.string(),
      /** Position of the document, from 1; 0 when it concerns none of them. */
      document: z.int(),
      article: z.int(),
      text: z.string().nullable(),
    }),
  ),
});
export type PresentationView = z.infer<typeof PresentationView>;
