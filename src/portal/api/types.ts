/**
 * Shapes of the gateway's replies, as far as the portal reads them. Written by hand after the zod views in
 * src/features, to be replaced by types generated from docs/api/openapi.json (`paths` keeps the generator's form, so
 * that nothing else changes). A reply may hold more than is named here. Lists are plain arrays, as the generator writes
 * them: openapi-fetch does not recognise readonly ones.
 */

/** A decimal text with all decimals of its currency; it is never turned into a floating number. */
export interface MoneyText {
  readonly amount: string;
  readonly currency: string;
}

export interface PartyRef {
  readonly participantId: number;
  readonly name: string | null;
}

export interface Page<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

/** RFC 9457. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly instance: string;
}

export type UserRole = "maker" | "checker" | "viewer" | "admin";

export interface User {
  readonly userId: string;
  readonly name: string;
  readonly role: UserRole;
}

export interface Me {
  readonly user: User;
  readonly organisation: {
    readonly organisationId: string;
    readonly participantId: number | null;
    readonly name: string;
    readonly roles: string[];
  };
}

export interface Participant {
  readonly participantId: number | null;
  readonly name: string;
}

export interface LedgerEvent {
  readonly sequence: number;
  /** Number of the earlier entry that this one takes back, because the ledger was reorganised; null for what happened. */
  readonly retracts: number | null;
  readonly type: string;
  readonly subject: string;
  readonly occurredAt: string;
  readonly block: { readonly number: number; readonly hash: string; readonly logIndex: number };
  readonly data: Readonly<Record<string, unknown>>;
}

export type ApprovalStatus =
  | "awaiting_approval"
  | "submitted"
  | "signed"
  | "rejected"
  | "withdrawn"
  | "voided"
  | "lapsed";

/** An act that needs a second person: exactly what is signed, decoded. */
export interface Approval {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly summary: Readonly<Record<string, unknown>>;
  readonly status: ApprovalStatus;
  readonly proposedBy: string;
  readonly approvedBy: string | null;
  readonly reason: string | null;
  readonly orderHash: string;
  readonly calls: { readonly target: string; readonly data: string }[];
  readonly lapsesAt: string;
}

export interface Act {
  readonly orderId: string;
  readonly kind: string;
  readonly subject: string;
  readonly status: "awaiting_approval" | "submitted" | "signed" | "rejected" | "withdrawn" | "voided";
  readonly transaction: {
    readonly status:
      | "accepted"
      | "assigned"
      | "signed"
      | "broadcast"
      | "mined"
      | "final"
      | "reverted"
      | "cancelled"
      | "replaced"
      | "dead";
    readonly hash: string | null;
    readonly blockNumber: number | null;
    readonly error: string | null;
  } | null;
}

export interface Account {
  readonly token: string;
  /** The bank on which the balance is a claim. */
  readonly bank: number | PartyRef;
  readonly balance: MoneyText;
}

export interface Posting {
  readonly bookedAt: string;
  /** Signed: positive came in. */
  readonly amount: MoneyText;
  readonly balance: MoneyText;
  readonly counterparty: number | PartyRef | null;
  readonly ground: "entry" | "undertaking" | "payment" | "redemption" | "reversal" | null;
  readonly reference: string | null;
  readonly transactionHash: string;
  readonly blockNumber: number;
}

/** From a customer of one bank to a customer of another. What was ordered elsewhere has no words. */
export interface Payment {
  readonly id: string;
  readonly payer: PartyRef;
  readonly payee: PartyRef;
  readonly payerBank: PartyRef;
  readonly payeeBank: PartyRef;
  readonly money: MoneyText;
  readonly endToEndId: string | null;
  readonly purpose: string | null;
  readonly remittance: string | null;
  readonly madeAt: string;
  readonly transactionHash: string;
}
