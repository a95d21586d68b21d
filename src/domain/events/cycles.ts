import * as z from "zod";
import { Currency, Hex32, ParticipantId, Seconds } from "./values.ts";

/** Minor units: a sum of amounts may pass what a single amount can be. */
const Sum = z.string().regex(/^\d{1,78}$/);
const NetSum = z.string().regex(/^-?\d{1,78}$/);

/** Events of cycles in which banks settle what they owe each other. A schema only grows: consumers ignore what they do not know. */
export const cycleEvents = {
  "settlement.joined": z.object({ bank: ParticipantId, currency: Currency, agent: ParticipantId }),
  /** `until`: first second at which the agent may no longer settle for the bank. */
  "settlement.left": z.object({ bank: ParticipantId, currency: Currency, agent: ParticipantId, until: Seconds }),
  /** What one bank got, minor units; below zero what it paid. It comes before the cycle's own event. */
  "cycle.bank_settled": z.object({
    cycleId: Hex32,
    bank: ParticipantId,
    agent: ParticipantId,
    net: NetSum,
  }),
  "cycle.settled": z.object({
    id: Hex32,
    agent: ParticipantId,
    currency: Currency,
    ref: Hex32,
    gross: Sum,
    paid: Sum,
  }),
} as const;
