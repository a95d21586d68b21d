import type { CreditTerms } from "../../domain/events/credit.ts";

/** What decides who reads what of a credit. */
export interface CreditParties {
  readonly issuingBank: number;
  readonly terms: Pick<
    CreditTerms,
    "applicant" | "beneficiary" | "advisingBank" | "secondAdvisingBank" | "nominatedBank" | "confirmer"
  >;
}

/** Banks of a credit, each once. */
export function banksOf({ issuingBank, terms }: CreditParties): readonly number[] {
  const { advisingBank, secondAdvisingBank, nominatedBank, confirmer } = terms;
  const banks = [issuingBank, advisingBank, secondAdvisingBank, nominatedBank, confirmer];
  return [...new Set(banks)].filter((bank) => bank > 0);
}

/** All parties of a credit, each once. */
export function partiesOf(credit: CreditParties): readonly number[] {
  const { applicant, beneficiary } = credit.terms;
  return [...new Set([...banksOf(credit), applicant, beneficiary])];
}

/** Field 49H is for the banks of the credit, and never for its beneficiary, even if that is a bank. */
export function readsBankOnlyTexts(credit: CreditParties, participantId: number | null): boolean {
  if (participantId === null || participantId === credit.terms.beneficiary) return false;
  return banksOf(credit).includes(participantId);
}

/** Why a bank declined is for that bank and for the bank that asked it (U14, U17). */
export function readsReason(credit: CreditParties, participantId: number | null, decliner: number): boolean {
  return participantId === decliner || participantId === credit.issuingBank;
}
