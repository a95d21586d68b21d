import { addDays, type PlainDate } from "../../shared/calendar.ts";
import { type AmountFault, type MoneyText, parseAmount } from "../../shared/money.ts";

/** How a credit is available (U10). What is not served yet is known too, so that it is refused by name. */
export const availabilities = ["sight", "deferred", "acceptance", "negotiation", "mixed"] as const;
export type Availability = (typeof availabilities)[number];

export const confirmationInstructions = ["without", "may_add", "confirm"] as const;
export type ConfirmationInstruction = (typeof confirmationInstructions)[number];

/** Participant ids; 0 where the credit has no such party, or none was found. */
export interface DraftParties {
  readonly applicant: number;
  readonly beneficiary: number;
  readonly advisingBank: number;
  readonly secondAdvisingBank: number;
  /** 0 for any bank (U09). */
  readonly nominatedBank: number;
  readonly confirmer: number;
}
export type DraftParty = keyof DraftParties;

/** Texts by MT700 field, line by line. */
export type Texts = Readonly<Record<string, readonly string[]>>;

/** A credit as its issuing bank drafts it. Days are local calendar dates. */
export interface CreditDraft {
  readonly reference: string;
  readonly amount: MoneyText;
  readonly tolerancePlus: number;
  readonly toleranceMinus: number;
  readonly confirmation: ConfirmationInstruction;
  readonly availableBy: Availability;
  readonly partialDrawings: boolean;
  readonly form: string;
  readonly transferable: boolean;
  readonly rules: string;
  readonly issueDate: PlainDate | null;
  readonly expiryDate: PlainDate;
  readonly expiryPlace: string;
  readonly latestShipmentDate: PlainDate | null;
  readonly presentationDays: number | null;
  /** What the days of presentation count from, in the words of the credit; null for shipment (U29). */
  readonly presentationEvent: string | null;
  readonly tenorDays: number | null;
  readonly parties: DraftParties;
  readonly texts: Texts;
  /** Field 49H: for banks only. */
  readonly bankOnlyTexts: Texts;
}

export type DraftField = Exclude<keyof CreditDraft, "parties" | "texts" | "bankOnlyTexts"> | DraftParty;

export interface DraftFault {
  readonly field: DraftField;
  readonly detail: string;
  /** Set when the whole kind of credit is not served, so that no edit of other fields cures it. */
  readonly notBuilt?: true;
}

/** What the draft is judged against. */
export interface DraftFacts {
  readonly issuingBank: number;
  /** Local date at the issuing bank. */
  readonly today: PlainDate;
  /** Currencies in which the issuing bank has a deposit token of its own. */
  readonly currencies: ReadonlySet<string>;
  /** Participants that the draft names and that exist. */
  readonly participants: ReadonlyMap<number, { readonly roles: readonly string[]; readonly isActive: boolean }>;
}

/** Longest time to expiry and longest tenor, in days: ten years, as the contract bounds them. */
const daysMost = 3_653;
/** The rules that are served, by name (U01). */
export const servedRules = "UCP 600";

const bankParties: readonly DraftParty[] = ["advisingBank", "secondAdvisingBank", "nominatedBank", "confirmer"];

function amountDetail(fault: AmountFault): string {
  switch (fault.fault) {
    case "too_many_decimals":
      return `too_many_decimals: ${fault.have} decimals, the currency has ${fault.allowed}`;
    case "too_many_digits":
      return `too_many_digits: at most ${fault.allowed}`;
    case "malformed":
      return `malformed: at character ${fault.at}`;
    default:
      return fault.fault;
  }
}

function moneyFaults(draft: CreditDraft, { currencies }: DraftFacts): DraftFault[] {
  const faults: DraftFault[] = [];
  const parsed = parseAmount(draft.amount);
  if (!parsed.ok) faults.push({ field: "amount", detail: amountDetail(parsed) });
  else if (!currencies.has(draft.amount.currency)) {
    faults.push({ field: "amount", detail: "your bank has no deposit token in this currency" });
  }
  for (const field of ["tolerancePlus", "toleranceMinus"] as const) {
    if (draft[field] > 100) faults.push({ field, detail: "at most 100 percent" });
  }
  if (draft.texts["39C"]) faults.push({ field: "amount", detail: "additional amounts (39C) are not served yet" });
  return faults;
}

function availabilityFaults({ availableBy, tenorDays }: CreditDraft): DraftFault[] {
  if (availableBy !== "sight" && availableBy !== "deferred") {
    return [{ field: "availableBy", detail: `${availableBy} is not served yet`, notBuilt: true }];
  }
  if (availableBy === "sight") {
    return tenorDays === null ? [] : [{ field: "tenorDays", detail: "a sight credit has no tenor" }];
  }
  const fits = tenorDays !== null && tenorDays >= 1 && tenorDays <= daysMost;
  return fits ? [] : [{ field: "tenorDays", detail: `deferred payment needs a tenor of 1 to ${daysMost} days` }];
}

function dayFaults(draft: CreditDraft, { today }: DraftFacts): DraftFault[] {
  const { expiryDate, issueDate, latestShipmentDate, expiryPlace } = draft;
  const faults: DraftFault[] = [];
  const late = (detail: string) => faults.push({ field: "expiryDate", detail });
  if (issueDate !== null && expiryDate < issueDate) late(`before the date of issue ${issueDate}`);
  if (expiryDate < today) late(`past: today is ${today} at your bank`);
  if (expiryDate > addDays(today, daysMost)) late(`more than ${daysMost} days ahead`);
  if (latestShipmentDate !== null && latestShipmentDate > expiryDate) {
    faults.push({ field: "latestShipmentDate", detail: `after the expiry ${expiryDate}` });
  }
  if (expiryPlace.trim() === "") faults.push({ field: "expiryPlace", detail: "a place of expiry is missing" });
  return faults;
}

/** Each party must be there, may enter new deals, and has the role that its place needs (U03, U09, U14, U15). */
function partyFaults({ parties }: CreditDraft, { participants }: DraftFacts): DraftFault[] {
  return (Object.keys(parties) as DraftParty[]).flatMap((field): DraftFault[] => {
    const id = parties[field];
    const isOptional = field === "secondAdvisingBank" || field === "nominatedBank" || field === "confirmer";
    if (id === 0) return isOptional ? [] : [{ field, detail: "missing, or not found by its BIC" }];
    const participant = participants.get(id);
    if (!participant) return [{ field, detail: "no such participant" }];
    const needed = bankParties.includes(field) ? ["bank"] : ["bank", "merchant"];
    if (!needed.some((role) => participant.roles.includes(role))) {
      return [{ field, detail: `must be a ${needed.join(" or a ")}` }];
    }
    return participant.isActive ? [] : [{ field, detail: "suspended: may enter no new deal" }];
  });
}

function relationFaults({ parties, confirmation }: CreditDraft, { issuingBank }: DraftFacts): DraftFault[] {
  const { advisingBank, applicant, beneficiary, confirmer, secondAdvisingBank } = parties;
  const faults: DraftFault[] = [];
  if (beneficiary !== 0 && (beneficiary === issuingBank || beneficiary === applicant)) {
    faults.push({ field: "beneficiary", detail: "is the issuing bank or the applicant itself" });
  }
  if (secondAdvisingBank !== 0 && secondAdvisingBank === advisingBank) {
    faults.push({ field: "secondAdvisingBank", detail: "is the first advising bank" });
  }
  if (confirmer === 0 && confirmation !== "without") {
    faults.push({ field: "confirmer", detail: `missing: the credit says ${confirmation}` });
  }
  if (confirmer !== 0 && confirmation === "without") {
    faults.push({ field: "confirmer", detail: "nobody is asked to confirm: the credit says without" });
  }
  if (confirmer !== 0 && (confirmer === issuingBank || confirmer === beneficiary)) {
    faults.push({ field: "confirmer", detail: "is the issuing bank or the beneficiary" });
  }
  return faults;
}

function formFaults({ form, rules }: CreditDraft): DraftFault[] {
  const faults: DraftFault[] = [];
  if (!form.startsWith("IRREVOCABLE") || form.includes("STANDBY")) {
    faults.push({ field: "form", detail: "only irrevocable documentary credits are served (U02)" });
  }
  if (rules !== servedRules)
    faults.push({ field: "rules", detail: `only ${servedRules} is served yet, by name (U01)` });
  return faults;
}

/**
 * Everything in which a draft contradicts itself or the network, at once (U01, U02, U09 to U15). Empty when it can be
 * proposed; the contract has the last word.
 */
export function draftFaults(draft: CreditDraft, facts: DraftFacts): readonly DraftFault[] {
  return [
    ...formFaults(draft),
    ...moneyFaults(draft, facts),
    ...availabilityFaults(draft),
    ...dayFaults(draft, facts),
    ...partyFaults(draft, facts),
    ...relationFaults(draft, facts),
  ];
}
