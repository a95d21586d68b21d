import type { Fault } from "../../shared/errors.ts";
import type { CreditDraft, DraftFault, DraftField, DraftParty } from "./draft.ts";
import { sourceFields } from "./draftFromMessage.ts";

export interface Drafted {
  readonly draft: CreditDraft;
  /** What reading the request found already. */
  readonly faults: readonly DraftFault[];
  readonly isFromMessage: boolean;
}

const parties: ReadonlySet<DraftField> = new Set<DraftParty>([
  "applicant",
  "beneficiary",
  "advisingBank",
  "secondAdvisingBank",
  "nominatedBank",
  "confirmer",
]);

/** Fields that a draft from a message can decide in its own body. */
const decidable: ReadonlySet<DraftField> = new Set(["tenorDays", "presentationDays", "partialDrawings"]);

const structuredPointers: Readonly<Partial<Record<DraftField, string>>> = {
  reference: "/reference",
  tolerancePlus: "/terms/tolerance/plusPercent",
  toleranceMinus: "/terms/tolerance/minusPercent",
  amount: "/terms/amount",
};

/** Where in the body a fault is cured. What stands in a message is named by its SWIFT field. */
export function faultsForReply(faults: readonly DraftFault[], isFromMessage: boolean): readonly Fault[] {
  return faults.map(({ field, detail }) => {
    if (parties.has(field)) return { pointer: `/parties/${field}`, detail };
    if (!isFromMessage) return { pointer: structuredPointers[field] ?? `/terms/${field}`, detail };
    if (decidable.has(field)) return { pointer: `/terms/${field}`, detail };
    const source = sourceFields[field];
    return { pointer: "/messageId", detail: source === undefined ? detail : `field ${source}: ${detail}` };
  });
}
