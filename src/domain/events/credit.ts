import * as z from "zod";
import { Address, AmountMinor, DayNumber, Hex32, ParticipantId, Seconds } from "./values.ts";

export const CreditTerms = z.object({
  salt: Hex32,
  termsCommitment: Hex32,
  token: Address,
  amount: AmountMinor,
  applicant: ParticipantId,
  beneficiary: ParticipantId,
  advisingBank: ParticipantId,
  secondAdvisingBank: ParticipantId,
  nominatedBank: ParticipantId,
  confirmer: ParticipantId,
  confirmation: z.enum(["without", "may_add", "confirm"]),
  availableBy: z.enum(["sight", "deferred"]),
  partialDrawings: z.boolean(),
  tolerancePlus: z.int(),
  toleranceMinus: z.int(),
  expiryDay: DayNumber,
  latestShipmentDay: DayNumber,
  presentationDays: z.int(),
  tenorDays: z.int(),
});
export type CreditTerms = z.infer<typeof CreditTerms>;

export const disposals = ["hold", "notify", "return", "previous_instructions"] as const;

const OfBank = z.object({ id: Hex32, bank: ParticipantId });

/** Events of credits, confirmations, presentations and undertakings. */
export const creditEvents = {
  "credit.issued": z.object({ id: Hex32, issuingBank: ParticipantId, beneficiary: ParticipantId, terms: CreditTerms }),
  "credit.advised": OfBank.extend({ second: z.boolean(), termsCommitment: Hex32 }),
  "credit.advice_declined": OfBank.extend({ second: z.boolean(), reasonCommitment: Hex32 }),
  "credit.drawn": z.object({ id: Hex32, amount: AmountMinor, drawn: AmountMinor }),
  "credit.closed": z.object({ id: Hex32, undrawn: AmountMinor }),
  "confirmation.added": z.object({ creditId: Hex32, bank: ParticipantId, token: Address }),
  "confirmation.declined": z.object({ creditId: Hex32, bank: ParticipantId, reasonCommitment: Hex32 }),
  "presentation.made": z.object({
    id: Hex32,
    creditId: Hex32,
    bank: ParticipantId,
    presentation: z.looseObject({
      amount: AmountMinor,
      presentedAt: Seconds,
      presentedOn: DayNumber,
      shipmentDay: DayNumber,
      replaces: Hex32,
      late: z.boolean(),
      latePeriod: z.boolean(),
      lateShipment: z.boolean(),
    }),
    documents: z.array(Hex32),
  }),
  "presentation.forwarded": z.object({ id: Hex32, from: ParticipantId, to: ParticipantId }),
  "examination.started": OfBank.extend({ receivedOn: DayNumber, deadline: Seconds }),
  "presentation.honoured": OfBank.extend({ undertakingId: Hex32 }),
  "presentation.refused": OfBank.extend({
    disposal: z.enum(disposals),
    discrepancies: z.array(z.object({ kind: z.string(), document: z.int(), article: z.int(), textCommitment: Hex32 })),
  }),
  "presentation.bank_precluded": OfBank.extend({ undertakingId: Hex32 }),
  "undertaking.created": z.object({
    id: Hex32,
    creditId: Hex32,
    obligor: ParticipantId,
    undertaking: z.looseObject({
      presentationId: Hex32,
      token: Address,
      holder: ParticipantId,
      amount: AmountMinor,
      dueAt: Seconds,
    }),
  }),
  "undertaking.transferred": z.object({ id: Hex32, from: ParticipantId, to: ParticipantId }),
  "undertaking.paid": z.object({ id: Hex32, obligor: ParticipantId, holder: ParticipantId, amount: AmountMinor }),
} as const;
