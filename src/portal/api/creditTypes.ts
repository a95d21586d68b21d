/** Credits, presentations and undertakings as replies show them; see types.ts. */
import type { MoneyText, PartyRef } from "./types.ts";

export type CreditStatus = "draft" | "issued" | "expired" | "closed";
type Advice = "none" | "advised" | "declined";

export interface CreditSummary {
  readonly id: string;
  readonly status: CreditStatus;
  readonly reference: string | null;
  readonly issuingBank: PartyRef;
  readonly applicant: PartyRef;
  readonly beneficiary: PartyRef;
  readonly amount: MoneyText;
  readonly available: MoneyText;
  readonly expiryDate: string;
  readonly advice: Advice;
  readonly secondAdvice: Advice;
  readonly confirmation: "silent" | "added" | "declined";
  readonly issuedAt: string | null;
}

export interface Examination {
  readonly bank: PartyRef;
  readonly decision: "none" | "examining" | "complying" | "refused" | "precluded";
  readonly receivedAt: string;
  readonly receivedOn: string | null;
  /** First second at which the bank is precluded (U28, U42). */
  readonly deadline: string | null;
  /** End of the bank's banking hours on the last day. */
  readonly decideBy: string | null;
  readonly decidedAt: string | null;
  readonly disposal: "HOLD" | "NOTIFY" | "RETURN" | "PREVINST" | null;
  readonly forwardedTo: PartyRef | null;
}

export interface PresentationSummary {
  readonly id: string;
  readonly creditId: string;
  readonly beneficiary: PartyRef;
  readonly presentedTo: PartyRef;
  readonly amount: MoneyText;
  readonly presentedAt: string;
  readonly presentedOn: string;
  readonly shipmentDate: string | null;
  readonly isLate: boolean;
  readonly isPeriodMissed: boolean;
  readonly isShipmentLate: boolean;
  readonly replaces: string | null;
  readonly examinations: Examination[];
}

export interface Discrepancy {
  readonly bank: PartyRef;
  readonly code: string;
  /** Position of the document, from 1; 0 when it concerns none of them. */
  readonly document: number;
  readonly article: number;
  readonly text: string | null;
}

export interface Presentation extends PresentationSummary {
  readonly documents: { readonly position: number; readonly commitment: string; readonly kind: string | null }[];
  readonly discrepancies: Discrepancy[];
}

export interface Undertaking {
  readonly id: string;
  readonly presentationId: string;
  readonly obligor: PartyRef;
  readonly holder: PartyRef;
  readonly amount: MoneyText;
  readonly dueAt: string;
  readonly isDue: boolean;
  /** `transferred` to one that held it and gave it to `holder`. */
  readonly status: "owed" | "paid" | "transferred";
}

export interface Credit extends CreditSummary {
  readonly parties: {
    readonly issuingBank: PartyRef;
    readonly applicant: PartyRef;
    readonly beneficiary: PartyRef;
    readonly advisingBank: PartyRef;
    readonly secondAdvisingBank: PartyRef | null;
    readonly nominatedBank: PartyRef | null;
    readonly confirmer: PartyRef | null;
  };
  readonly terms: {
    readonly rules: string | null;
    readonly confirmation: "without" | "may_add" | "confirm";
    readonly availableBy: "sight" | "deferred";
    readonly tenorDays: number | null;
    readonly expiryPlace: string | null;
    readonly latestShipmentDate: string | null;
    readonly presentationDays: number | null;
  };
  /** Texts by MT700 field. */
  readonly texts: Readonly<Record<string, string[]>> | null;
  readonly bankOnlyTexts: Readonly<Record<string, string[]>> | null;
  readonly drawing: { readonly limit: MoneyText; readonly drawn: MoneyText; readonly available: MoneyText };
  readonly deadlines: {
    readonly bank: PartyRef;
    readonly lastDay: string;
    readonly isRolled: boolean;
    readonly presentBy: string;
    readonly expiresAt: string;
  }[];
  readonly contingentLiabilities: {
    readonly bank: PartyRef;
    readonly as: "issuer" | "confirmer";
    readonly amount: MoneyText;
  }[];
  readonly undertakings: Undertaking[];
  readonly presentations: PresentationSummary[];
}
