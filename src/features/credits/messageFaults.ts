import type { CreditTerms } from "../../integrations/swift/creditTerms.ts";
import type { SwiftParty } from "../../integrations/swift/fieldValues.ts";
import type { DraftFault, DraftParties } from "./draft.ts";

/** Banks of a credit that an MT700 can name. */
export type BankParty = Exclude<keyof DraftParties, "applicant" | "beneficiary">;

/** What the drafting person decides itself: who the firms are, and what a message says in free text only. */
export interface MessageOverrides {
  readonly parties: Pick<DraftParties, "applicant" | "beneficiary"> & {
    readonly [P in BankParty]?: number | undefined;
  };
  readonly tenorDays?: number | undefined;
  readonly presentationDays?: number | undefined;
  readonly partialDrawings?: boolean | undefined;
}

/** The participant of a BIC that the message gives for a party, or undefined if the BIC is nobody's. */
export type ParticipantOf = (bic: string, party: BankParty) => number | undefined;

const anyBank = /^ANY BANK\b/;

function bicOf(party: SwiftParty | null): string | undefined {
  return party?.kind === "bank" ? party.bic : undefined;
}

/** The BICs of a message that stand for parties of the credit. */
export function bicsOf(terms: CreditTerms): Readonly<Record<BankParty, string | undefined>> {
  return {
    advisingBank: terms.receiver ?? undefined,
    secondAdvisingBank: bicOf(terms.adviseThrough),
    nominatedBank: bicOf(terms.availableWith),
    // Without 58a the receiver is the bank that is asked (U14).
    confirmer: bicOf(terms.requestedConfirmer?.party ?? null),
  };
}

function isAnyBank({ availableWith }: CreditTerms): boolean {
  return availableWith.kind === "text" && anyBank.test(availableWith.lines[0] ?? "");
}

/** Banks that the message names in words only, or that are no participants: a person must say who they are. */
export function unresolvedBanks(terms: CreditTerms, parties: DraftParties): DraftFault[] {
  const faults: DraftFault[] = [];
  const { adviseThrough, requestedConfirmer } = terms;
  const named: readonly [BankParty, boolean, string][] = [
    ["nominatedBank", !isAnyBank(terms), "41a"],
    ["secondAdvisingBank", adviseThrough !== null, "57a"],
    ["confirmer", requestedConfirmer !== null, "58a"],
  ];
  for (const [field, isNamed, tag] of named) {
    if (isNamed && parties[field] === 0)
      faults.push({ field, detail: `field ${tag} names no participant: say who it is` });
  }
  return faults;
}

/** Where the message names a party, for a person who looks for it. */
function placesOf({ requestedConfirmer }: CreditTerms): Readonly<Record<BankParty, string>> {
  const confirmer = requestedConfirmer?.source === "receiver" ? "the receiver's address" : "field 58A";
  return {
    advisingBank: "the receiver's address",
    secondAdvisingBank: "field 57A",
    nominatedBank: "field 41A",
    confirmer,
  };
}

function contradictedBanks(
  terms: CreditTerms,
  given: MessageOverrides["parties"],
  participantOf: ParticipantOf,
): DraftFault[] {
  const bics = bicsOf(terms);
  const places = placesOf(terms);
  const faults: DraftFault[] = [];
  for (const field of ["advisingBank", "secondAdvisingBank", "nominatedBank", "confirmer"] as const) {
    const bic = bics[field];
    const named = bic === undefined ? undefined : participantOf(bic, field);
    if (given[field] === undefined || named === undefined || given[field] === named) continue;
    faults.push({ field, detail: `${places[field]} names ${bic}, which is participant ${named}` });
  }
  if (given.nominatedBank !== undefined && isAnyBank(terms)) {
    faults.push({ field: "nominatedBank", detail: "field 41D makes the credit available with any bank" });
  }
  return faults;
}

/** What 43P says plainly, or undefined where it is silent or free text. Conditions presume that drawings are allowed. */
function statedPartialDrawings({ partialShipments }: CreditTerms): boolean | undefined {
  if (partialShipments === "unstated" || partialShipments === "unclear") return undefined;
  return partialShipments !== "not_allowed";
}

/**
 * Where the drafting person says other than the message does. A bank is named by its BIC, if that is a participant's
 * (U09, U14, U15); days and partial drawings only where they do not stand in free text (U29, U54).
 */
export function contradictions(
  terms: CreditTerms,
  overrides: MessageOverrides,
  participantOf: ParticipantOf,
): DraftFault[] {
  const faults = contradictedBanks(terms, overrides.parties, participantOf);
  const { presentationDays, partialDrawings } = overrides;
  const { presentation } = terms;
  const isStated = presentation.status === "stated";
  if (isStated && presentationDays !== undefined && presentationDays !== presentation.days) {
    faults.push({ field: "presentationDays", detail: `field 48 says ${presentation.days} days` });
  }
  const stated = statedPartialDrawings(terms);
  if (stated !== undefined && partialDrawings !== undefined && partialDrawings !== stated) {
    const said = stated ? "allows" : "prohibits";
    faults.push({ field: "partialDrawings", detail: `field 43P ${said} partial drawings` });
  }
  return faults;
}
