import * as z from "zod";
import { Address, AmountMinor, Currency, Hex32, ParticipantId, Seconds } from "./values.ts";

export const Ground = z.enum(["entry", "undertaking", "payment", "redemption", "reversal"]);
const KeyChange = z.object({ account: Address, signer: z.string() });

/** Events of registry, accounts, calendars and deposit money. A schema only grows: consumers ignore what they do not know. */
export const partyEvents = {
  "participant.admitted": z.object({
    id: ParticipantId,
    account: Address,
    leiCommitment: Hex32,
    country: z.string().length(2),
    roles: z.array(z.string()),
  }),
  "participant.suspended": z.object({ id: ParticipantId, reasonHash: Hex32 }),
  "participant.reinstated": z.object({ id: ParticipantId, reasonHash: Hex32 }),
  "moratorium.declared": z.object({
    bank: ParticipantId,
    regulator: ParticipantId,
    until: Seconds,
    reasonHash: Hex32,
  }),
  "moratorium.lifted": z.object({ bank: ParticipantId, regulator: ParticipantId, reasonHash: Hex32 }),
  /** Guardian 0: nobody beside the operator proposes new keys. */
  "guardian.named": z.object({ id: ParticipantId, guardian: z.int() }),
  "recovery.proposed": z.object({
    id: ParticipantId,
    proposer: ParticipantId,
    change: z.object({
      revoked: z.array(z.string()),
      signers: z.array(z.string()),
      purposes: z.array(z.int()),
    }),
    from: Seconds,
  }),
  "recovery.vetoed": z.object({ id: ParticipantId, by: ParticipantId }),
  "recovery.completed": z.object({ id: ParticipantId }),
  "account.order_executed": z.object({ account: Address, orderHash: Hex32, nonce: z.string() }),
  "account.order_cancelled": z.object({ account: Address, nonce: z.string() }),
  "account.call_failed": z.object({ account: Address, orderHash: Hex32, index: z.string(), reason: z.string() }),
  "account.threshold_set": z.object({
    account: Address,
    threshold: z.object({
      target: Address,
      selector: z.string(),
      currency: z.string(),
      keys: z.int(),
      above: z.string(),
    }),
    from: Seconds,
  }),
  "account.key_added": KeyChange.extend({ purposes: z.int() }),
  "account.key_removed": KeyChange,
  "calendar.published": z.object({
    bank: ParticipantId,
    firstWord: z.int(),
    words: z.array(z.string()),
    cutOffMinutes: z.int(),
    offsets: z.array(z.object({ from: Seconds, offsetMinutes: z.int() })),
  }),
  "calendar.extended": z.object({ bank: ParticipantId, firstWord: z.int(), words: z.array(z.string()) }),
  "calendar.days_changed": z.object({ bank: ParticipantId, word: z.int(), was: z.string(), isNow: z.string() }),
  "currency.listed": z.object({ currency: Currency, exponent: z.int() }),
  "deposit_token.created": z.object({
    bank: ParticipantId,
    currency: Currency,
    token: Address,
    /** What the bank may create by its own entries in a day, minor units. */
    entryLimit: AmountMinor,
  }),
  "deposit.created": z.object({
    token: Address,
    ground: Ground,
    ref: Hex32,
    to: Address,
    amount: z.string(),
  }),
  "deposit.destroyed": z.object({
    token: Address,
    ground: Ground,
    ref: Hex32,
    from: Address,
    amount: z.string(),
  }),
  "deposit.entry_reversed": z.object({
    token: Address,
    ref: Hex32,
    contraRef: Hex32,
    holder: Address,
    amount: z.string(),
  }),
  "deposit.entry_limit_set": z.object({ token: Address, limit: AmountMinor, effectiveAt: Seconds }),
  "deposit.frozen": z.object({
    token: Address,
    account: Address,
    was: z.string(),
    /** All that is frozen from now on; it may be more than is there. */
    isNow: z.string(),
    reasonHash: Hex32,
  }),
  "deposit.forced": z.object({
    token: Address,
    from: Address,
    to: Address,
    amount: z.string(),
    reasonHash: Hex32,
  }),
  "deposit.moved": z.object({ token: Address, from: Address, to: Address, value: z.string() }),
} as const;
