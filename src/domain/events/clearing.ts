import * as z from "zod";
import { AmountMinor, Currency, Hex32, ParticipantId } from "./values.ts";

/** Events of payments between banks. A schema only grows: consumers ignore what they do not know. */
export const clearingEvents = {
  "payment.made": z.object({
    id: Hex32,
    payer: ParticipantId,
    payee: ParticipantId,
    payment: z.object({
      payerBank: ParticipantId,
      payee: ParticipantId,
      payeeBank: ParticipantId,
      currency: Currency,
      amount: AmountMinor,
      ref: Hex32,
    }),
  }),
  "position.changed": z.object({
    creditor: ParticipantId,
    debtor: ParticipantId,
    currency: Currency,
    /** What the debtor owes the creditor, minor units; below zero when the creditor owes the debtor. */
    owed: z.string().regex(/^-?\d{1,39}$/),
  }),
  "limit.set": z.object({
    creditor: ParticipantId,
    debtor: ParticipantId,
    currency: Currency,
    limit: AmountMinor,
  }),
} as const;
