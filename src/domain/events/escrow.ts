import * as z from "zod";
import { Address, AmountMinor, Hex32, ParticipantId, Seconds } from "./values.ts";

export const EscrowTerms = z.object({
  salt: Hex32,
  termsCommitment: Hex32,
  token: Address,
  buyer: ParticipantId,
  seller: ParticipantId,
  arbiter: ParticipantId,
  fundBy: Seconds,
  inspectionSeconds: z.int(),
  rulingSeconds: z.int(),
  defaultSellerBps: z.int(),
  milestones: z.array(z.object({ amount: AmountMinor, dueAt: Seconds })),
});
export type EscrowTerms = z.infer<typeof EscrowTerms>;

const OfMilestone = z.object({ id: Hex32, milestone: z.int() });

/** Events of escrows. */
export const escrowEvents = {
  "escrow.proposed": z.object({
    id: Hex32,
    buyer: ParticipantId,
    seller: ParticipantId,
    proposer: ParticipantId,
    terms: EscrowTerms,
  }),
  "escrow.agreed": z.object({ id: Hex32, by: ParticipantId }),
  "escrow.funded": z.object({ id: Hex32, amount: AmountMinor }),
  "escrow.lapsed": z.object({ id: Hex32 }),
  "milestone.delivered": OfMilestone.extend({ evidenceCommitment: Hex32 }),
  "milestone.disputed": OfMilestone.extend({ by: ParticipantId, evidenceCommitment: Hex32 }),
  "milestone.settled": OfMilestone.extend({ cause: z.string(), toSeller: AmountMinor, toBuyer: AmountMinor }),
  "escrow.settled": z.object({ id: Hex32 }),
  "escrow.claimed": z.object({ id: Hex32, participant: ParticipantId, amount: AmountMinor }),
} as const;
