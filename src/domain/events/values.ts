import * as z from "zod";

/** Values as they stand in events and replies: lower-case hex, decimal strings for money, numbers for small integers. */
export const Hex32 = z.string().regex(/^0x[0-9a-f]{64}$/);
export const Address = z.string().regex(/^0x[0-9a-f]{40}$/);
/** Minor units of the currency as a decimal string. */
export const AmountMinor = z.string().regex(/^\d{1,39}$/);
export const ParticipantId = z.int().min(0).max(0xffff_ffff);
/** Seconds since the epoch, business time. */
export const Seconds = z.int().min(0);
/** Local calendar day, counted since 1970-01-01. */
export const DayNumber = z.int().min(0);
export const Currency = z.string().regex(/^[A-Z]{3}$/);
