import * as z from "zod";
import { Address, AmountMinor, Hex32, ParticipantId } from "./values.ts";

/** One movement of a settlement: `item` is the undertaking that moves, or zero where money does. */
export const SettlementLeg = z.object({
  target: Address,
  from: ParticipantId,
  to: ParticipantId,
  item: Hex32,
  amount: AmountMinor,
});
export type SettlementLeg = z.infer<typeof SettlementLeg>;

/** Events of settlements. A schema only grows: consumers ignore what they do not know. */
export const settlementEvents = {
  "settlement.executed": z.object({ id: Hex32, legs: z.array(SettlementLeg) }),
  "settlement.cancelled": z.object({ id: Hex32, by: ParticipantId, parties: z.array(ParticipantId) }),
} as const;
