import type { CreditDraft } from "./draft.ts";
import { servedRules } from "./draft.ts";
import type { Drafted } from "./draftFaultsReply.ts";
import type { DraftRequest } from "./schemas.ts";

/** Structured terms as a draft. */
export function draftFromStructure(request: Exclude<DraftRequest, { messageId: string }>): Drafted {
  const { reference, parties, terms, texts, bankOnlyTexts } = request;
  const { applicant, beneficiary, advisingBank } = parties;
  const draft: CreditDraft = {
    reference,
    amount: terms.amount,
    tolerancePlus: terms.tolerance?.plusPercent ?? 0,
    toleranceMinus: terms.tolerance?.minusPercent ?? 0,
    confirmation: terms.confirmation,
    availableBy: terms.availableBy,
    partialDrawings: terms.partialDrawings,
    form: terms.transferable ? "IRREVOCABLE TRANSFERABLE" : "IRREVOCABLE",
    transferable: terms.transferable,
    rules: servedRules,
    issueDate: terms.issueDate ?? null,
    expiryDate: terms.expiryDate,
    expiryPlace: terms.expiryPlace,
    latestShipmentDate: terms.latestShipmentDate ?? null,
    presentationDays: terms.presentationDays,
    presentationEvent: terms.presentationEvent ?? null,
    tenorDays: terms.tenorDays ?? null,
    parties: {
      applicant,
      beneficiary,
      advisingBank,
      secondAdvisingBank: parties.secondAdvisingBank ?? 0,
      nominatedBank: parties.nominatedBank ?? 0,
      confirmer: parties.confirmer ?? 0,
    },
    texts: { ...texts },
    bankOnlyTexts: { ...bankOnlyTexts },
  };
  return { draft, faults: [], isFromMessage: false };
}
