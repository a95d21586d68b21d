import { enumIndex } from "../../chain/abiValues.ts";
import { commit } from "../../chain/commitment.ts";
import { encodeCall } from "../../chain/contractSet.ts";
import type { CreditTerms } from "../../domain/events/credit.ts";
import { dayNumber } from "../../shared/calendar.ts";
import { invariant } from "../../shared/errors.ts";
import { parseAmount } from "../../shared/money.ts";
import { canonicalJson } from "./canonicalJson.ts";
import type { CreditDraft, Texts } from "./draft.ts";

/** What a credit says beyond its terms on the ledger, for all of its parties. */
export interface CreditContent {
  readonly form: string;
  readonly transferable: boolean;
  readonly rules: string;
  readonly issueDate: string | null;
  readonly expiryPlace: string;
  readonly presentationEvent: string | null;
  readonly texts: Texts;
}

/** What is for banks only, with a salt of its own: who may not read it cannot guess it from the commitment either. */
export interface BankOnlyContent {
  readonly salt: string;
  readonly texts: Texts;
}

/** Everything to which the parties are bound. */
export interface BoundContent {
  readonly reference: string;
  readonly issuingBank: number;
  readonly terms: CreditTerms;
  readonly content: CreditContent;
  readonly bankOnly: BankOnlyContent;
  readonly contentSalt: string;
}

/**
 * The commitment that stands on the ledger for a credit's terms and texts (U15). Bank-only texts enter as a commitment
 * of their own, so that a beneficiary can check the rest.
 */
export function commitTerms({ reference, issuingBank, terms, content, bankOnly, contentSalt }: BoundContent): string {
  const { salt: _idSalt, termsCommitment: _itself, ...stated } = terms;
  const bankOnlyCommitment = commit("terms", canonicalJson(bankOnly.texts), bankOnly.salt);
  const whole = { reference, issuingBank, terms: stated, content, bankOnlyCommitment };
  return commit("terms", canonicalJson(whole), contentSalt);
}

export function contentOf(draft: CreditDraft): CreditContent {
  const { form, transferable, rules, issueDate, expiryPlace, presentationEvent, texts } = draft;
  return { form, transferable, rules, issueDate, expiryPlace, presentationEvent, texts };
}

/** The terms of a draft without faults as the contract takes them, bound to its texts. */
export function ledgerTermsOf(
  draft: CreditDraft,
  of: { issuingBank: number; token: string; salt: string; contentSalt: string; bankOnlySalt: string },
): CreditTerms {
  const money = parseAmount(draft.amount);
  const { availableBy, confirmation, latestShipmentDate, parties } = draft;
  invariant(money.ok && (availableBy === "sight" || availableBy === "deferred"), "a draft with faults has no terms");
  const terms = {
    salt: of.salt,
    termsCommitment: "",
    token: of.token,
    amount: String(money.money.amountMinor),
    ...parties,
    confirmation,
    availableBy,
    partialDrawings: draft.partialDrawings,
    tolerancePlus: draft.tolerancePlus,
    toleranceMinus: draft.toleranceMinus,
    expiryDay: dayNumber(draft.expiryDate),
    latestShipmentDay: latestShipmentDate === null ? 0 : dayNumber(latestShipmentDate),
    presentationDays: draft.presentationDays ?? 0,
    tenorDays: draft.tenorDays ?? 0,
  };
  const { reference, bankOnlyTexts } = draft;
  const bankOnly = { salt: of.bankOnlySalt, texts: bankOnlyTexts };
  const { issuingBank, contentSalt } = of;
  const bound = { reference, issuingBank, terms, content: contentOf(draft), bankOnly, contentSalt };
  return { ...terms, termsCommitment: commitTerms(bound) };
}

/** Calldata of `Credits.issue`. */
export function encodeIssue(terms: CreditTerms): string {
  const confirmation = enumIndex("ICredits.Confirmation", terms.confirmation);
  const availableBy = enumIndex("ICredits.Availability", terms.availableBy);
  return encodeCall("Credits", "issue", [{ ...terms, confirmation, availableBy }]);
}
