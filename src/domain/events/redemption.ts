import * as z from "zod";
import { Address, AmountMinor, Hex32, ParticipantId, Seconds } from "./values.ts";

const Ended = z.object({ id: Hex32, bank: ParticipantId, holder: ParticipantId });

/** Events of redemptions. A schema only grows: consumers ignore what they do not know. */
export const redemptionEvents = {
  "redemption.requested": z.object({
    id: Hex32,
    bank: ParticipantId,
    holder: ParticipantId,
    ref: Hex32,
    redemption: z.object({
      token: Address,
      holder: ParticipantId,
      dueAt: Seconds,
      status: z.enum(["none", "requested", "paid", "given_back", "withdrawn"]),
      amount: AmountMinor,
      bank: ParticipantId,
    }),
  }),
  "redemption.paid": Ended.extend({ payoutRef: Hex32 }),
  "redemption.given_back": Ended.extend({ reasonHash: Hex32 }),
  "redemption.withdrawn": Ended,
} as const;
