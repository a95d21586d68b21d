import type { CreditDraft, DraftFacts } from "../../../src/features/credits/draft.ts";

/** Participants of the examples. */
export const ids = {
  issuer: 1,
  adviser: 2,
  second: 3,
  nominated: 4,
  applicant: 11,
  beneficiary: 12,
  carrier: 13,
} as const;

const bank = { roles: ["bank"], isActive: true };
const merchant = { roles: ["merchant"], isActive: true };

export const facts: DraftFacts = {
  issuingBank: ids.issuer,
  today: "2026-03-02",
  currencies: new Set(["EUR", "JPY"]),
  participants: new Map([
    [ids.issuer, bank],
    [ids.adviser, bank],
    [ids.second, bank],
    [ids.nominated, bank],
    [ids.applicant, merchant],
    [ids.beneficiary, merchant],
    [ids.carrier, { roles: ["carrier"], isActive: true }],
    [99, { roles: ["merchant"], isActive: false }],
  ]),
};

/** A draft without faults. */
export const soundDraft: CreditDraft = {
  reference: "LC1",
  amount: { amount: "100000.00", currency: "EUR" },
  tolerancePlus: 0,
  toleranceMinus: 0,
  confirmation: "confirm",
  availableBy: "sight",
  partialDrawings: true,
  form: "IRREVOCABLE",
  transferable: false,
  rules: "UCP 600",
  issueDate: "2026-03-02",
  expiryDate: "2026-05-13",
  expiryPlace: "AMSTERDAM",
  latestShipmentDate: "2026-05-01",
  presentationDays: 6,
  presentationEvent: null,
  tenorDays: null,
  parties: {
    applicant: ids.applicant,
    beneficiary: ids.beneficiary,
    advisingBank: ids.adviser,
    secondAdvisingBank: ids.second,
    nominatedBank: ids.nominated,
    confirmer: ids.adviser,
  },
  texts: { "45A": ["BEER"] },
  bankOnlyTexts: { "49H": ["PAY AFTER 3 DAYS"] },
};
