import type { CreditTerms } from "../../integrations/swift/creditTerms.ts";
import { fieldsOf, linesOf, type SwiftMessage } from "../../integrations/swift/message.ts";
import { redactForBeneficiary } from "../../integrations/swift/redactForBeneficiary.ts";
import { moneyText } from "../../shared/money.ts";
import { type CreditDraft, type DraftFault, type DraftField, servedRules } from "./draft.ts";
import {
  type BankParty,
  bicsOf,
  contradictions,
  type MessageOverrides,
  type ParticipantOf,
  unresolvedBanks,
} from "./messageFaults.ts";

/** MT700 fields from which a draft's fields come, to name them in faults. */
export const sourceFields: Readonly<Partial<Record<DraftField, string>>> = {
  reference: "20",
  form: "40A",
  transferable: "40A",
  rules: "40E",
  issueDate: "31C",
  expiryDate: "31D",
  expiryPlace: "31D",
  amount: "32B",
  tolerancePlus: "39A",
  toleranceMinus: "39A",
  availableBy: "41a",
  tenorDays: "42P",
  partialDrawings: "43P",
  latestShipmentDate: "44C",
  presentationDays: "48",
  presentationEvent: "48",
  confirmation: "49",
};

function textsOf(message: SwiftMessage): Record<string, readonly string[]> {
  return Object.fromEntries(fieldsOf(redactForBeneficiary(message)).map((field) => [field.tag, linesOf(field)]));
}

function rulesOf(rules: string): string {
  // "Latest version" is frozen at issue, by name (U01).
  return rules === "UCP LATEST VERSION" ? servedRules : rules;
}

export interface DraftedFromMessage {
  readonly draft: CreditDraft;
  readonly faults: readonly DraftFault[];
}

/**
 * An own outgoing MT700 as a draft. What the message says in free text only is a fault until a person decides it (field
 * 48 of older releases, 42P, 43P); what it says plainly no person can override.
 */
export function draftFromMessage(
  { message, terms }: { message: SwiftMessage; terms: CreditTerms },
  overrides: MessageOverrides,
  participantOf: ParticipantOf,
): DraftedFromMessage {
  const bics = bicsOf(terms);
  const bank = (party: BankParty): number => {
    const bic = bics[party];
    return overrides.parties[party] ?? (bic === undefined ? 0 : (participantOf(bic, party) ?? 0));
  };
  const { applicant, beneficiary } = overrides.parties;
  const parties = {
    applicant,
    beneficiary,
    advisingBank: bank("advisingBank"),
    secondAdvisingBank: bank("secondAdvisingBank"),
    nominatedBank: bank("nominatedBank"),
    confirmer: bank("confirmer"),
  };
  const { presentation } = terms;
  const presentationDays = overrides.presentationDays ?? presentation.days;
  const faults = [...unresolvedBanks(terms, parties), ...contradictions(terms, overrides, participantOf)];
  if (presentationDays === null) {
    faults.push({ field: "presentationDays", detail: "free text: say the number of days" });
  }
  if (terms.partialShipments === "unclear" && overrides.partialDrawings === undefined) {
    faults.push({ field: "partialDrawings", detail: "free text: say whether partial drawings are allowed" });
  }
  const draft: CreditDraft = {
    reference: terms.number,
    amount: moneyText({ amountMinor: terms.amountMinor, currency: terms.currency }),
    tolerancePlus: terms.tolerance?.plusPercent ?? 0,
    toleranceMinus: terms.tolerance?.minusPercent ?? 0,
    confirmation: terms.confirmation,
    availableBy: terms.availableBy,
    // Allowed unless prohibited (U54); conditions are examined on the documents.
    partialDrawings: overrides.partialDrawings ?? terms.partialShipments !== "not_allowed",
    form: terms.form,
    transferable: terms.transferable,
    rules: rulesOf(terms.rules),
    issueDate: terms.issueDate,
    expiryDate: terms.expiryDate,
    expiryPlace: terms.expiryPlace,
    latestShipmentDate: terms.latestShipment,
    presentationDays,
    presentationEvent: presentation.event,
    tenorDays: overrides.tenorDays ?? null,
    parties,
    texts: textsOf(message),
    bankOnlyTexts: terms.bankOnlyLines.length === 0 ? {} : { "49H": terms.bankOnlyLines },
  };
  return { draft, faults };
}
