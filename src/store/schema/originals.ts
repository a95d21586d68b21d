import type { ColumnType, JSONColumnType } from "kysely";
import type { SettlementLeg } from "../../domain/events/settlement.ts";
import type { Fixed } from "./parties.ts";

/** A message as received or written; the text is kept as it came. */
export interface MessageRow {
  id: Fixed<string>;
  organisation_id: Fixed<string>;
  direction: Fixed<"outgoing" | "incoming">;
  type: Fixed<string>;
  release: Fixed<string>;
  reference: Fixed<string | null>;
  /** BICs of the headers, null where they do not say. */
  sender: Fixed<string | null>;
  receiver: Fixed<string | null>;
  text: Fixed<string>;
  /** SHA-256 of the text: the same message is kept once. */
  content_hash: Fixed<string>;
  findings: JSONColumnType<unknown[]>;
  based_on: Fixed<string | null>;
  created_at_ms: Fixed<number>;
}

/**
 * What a credit says beyond the ledger: texts, the bank's own reference, the salt of the commitment. The id is the
 * credit's id on the ledger, known before it is issued.
 */
export interface CreditContentRow {
  credit_id: Fixed<string>;
  organisation_id: Fixed<string>;
  reference: string;
  message_id: string | null;
  /** Terms for the ledger: the struct of ICredits.Terms, amounts as strings. */
  terms: JSONColumnType<Record<string, unknown>>;
  /** Texts by MT700 field; bank-only fields (49H) stand in `bank_only`. */
  content: JSONColumnType<Record<string, unknown>>;
  bank_only: JSONColumnType<Record<string, unknown>>;
  content_salt: Fixed<string>;
  version: number;
  created_at_ms: Fixed<number>;
  /** Whether the credit is on the ledger, as far as this store has read it; triggers keep it true (migration 0008). */
  issued: ColumnType<boolean, never, never>;
}

/** Why a bank declined to advise or confirm; the ledger has the commitment (U14, U17). */
export interface DeclinedReasonRow {
  commitment: Fixed<string>;
  credit_id: Fixed<string>;
  bank: Fixed<number>;
  kind: Fixed<"advice" | "confirmation">;
  reason: Fixed<string>;
  salt: Fixed<string>;
  order_id: Fixed<string>;
}

/** An encrypted document. Name and content are sealed under the document's own key, which the master key wraps. */
export interface DocumentRow {
  id: Fixed<string>;
  organisation_id: Fixed<string>;
  kind: Fixed<string>;
  media_type: Fixed<string>;
  size_bytes: Fixed<number>;
  wrapped_key: string | null;
  sealed_name: string;
  sealed_content: Uint8Array;
  commitment: Fixed<string>;
  salt: Fixed<string>;
  created_at_ms: Fixed<number>;
}

export interface PresentationDocumentRow {
  presentation_id: Fixed<string>;
  position: Fixed<number>;
  document_id: Fixed<string>;
}

/** The wording of a notice of refusal, whose commitments stand on the ledger. */
export interface RefusalTextRow {
  presentation_id: Fixed<string>;
  bank: Fixed<number>;
  discrepancies: JSONColumnType<unknown[]>;
  order_id: Fixed<string>;
}

export interface EscrowContentRow {
  escrow_id: Fixed<string>;
  organisation_id: Fixed<string>;
  title: Fixed<string>;
  text: Fixed<string>;
  salt: Fixed<string>;
  milestone_titles: JSONColumnType<string[]>;
  created_at_ms: Fixed<number>;
}

/** What a party says of a milestone; the ledger has the commitment. Its salt lets the other parties check it. */
export interface EscrowEvidenceRow {
  commitment: Fixed<string>;
  escrow_id: Fixed<string>;
  position: Fixed<number>;
  kind: Fixed<"delivery" | "dispute">;
  participant: Fixed<number>;
  text: Fixed<string>;
  salt: Fixed<string>;
  order_id: Fixed<string>;
  created_at_ms: Fixed<number>;
}

/** What a payment says beyond the ledger, in ISO 20022 terms. It belongs to the order that makes the payment. */
export interface PaymentContentRow {
  order_id: Fixed<string>;
  /** Id of the payment on the ledger, known before it is made. */
  payment_id: Fixed<string>;
  organisation_id: Fixed<string>;
  end_to_end_id: Fixed<string>;
  purpose: Fixed<string | null>;
  remittance: Fixed<string | null>;
  created_at_ms: Fixed<number>;
}

/** What somebody said of money; the ledger has the commitment. */
export interface CommittedTextRow {
  commitment: Fixed<string>;
  organisation_id: Fixed<string>;
  kind: Fixed<"redemption_request" | "redemption_payout" | "give_back" | "freeze" | "forced_transfer">;
  text: Fixed<string>;
  /** Null where it is the organisation's own, so that the same text gives the same commitment. */
  salt: Fixed<string | null>;
  order_id: Fixed<string>;
  created_at_ms: Fixed<number>;
}

/** A settlement as a party proposed it, for its parties; the id is the digest that they consent to. */
export interface SettlementProposalRow {
  id: Fixed<string>;
  organisation_id: Fixed<string>;
  proposed_by: Fixed<number>;
  legs: JSONColumnType<SettlementLeg[]>;
  deadline: Fixed<number>;
  salt: Fixed<string>;
  created_at_ms: Fixed<number>;
}

export interface SettlementProposalPartyRow {
  participant: Fixed<number>;
  settlement_id: Fixed<string>;
}

/** A party's consent: the signature of its account, as ERC-1271 takes it. */
export interface SettlementConsentRow {
  settlement_id: Fixed<string>;
  participant: Fixed<number>;
  order_id: Fixed<string>;
  signature: Fixed<string>;
  created_at_ms: Fixed<number>;
}

export interface OriginalsSchema {
  committed_texts: CommittedTextRow;
  settlement_proposals: SettlementProposalRow;
  settlement_proposal_parties: SettlementProposalPartyRow;
  settlement_consents: SettlementConsentRow;
  payment_contents: PaymentContentRow;
  messages: MessageRow;
  credit_contents: CreditContentRow;
  declined_reasons: DeclinedReasonRow;
  documents: DocumentRow;
  presentation_documents: PresentationDocumentRow;
  refusal_texts: RefusalTextRow;
  escrow_contents: EscrowContentRow;
  escrow_evidence: EscrowEvidenceRow;
}
