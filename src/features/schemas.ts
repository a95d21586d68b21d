import * as z from "zod";
import { dayNumber, isPlainDate } from "../shared/calendar.ts";
import { AppError } from "../shared/errors.ts";
import { limits } from "../shared/limits.ts";
import { type Money, moneyText, parseAmount } from "../shared/money.ts";

/** ISO 4217 alphabetic code. */
export const CurrencyText = z.string().regex(/^[A-Z]{3}$/);

/** Money in requests and replies: `{amount: "100000.00", currency: "EUR"}`. */
export const MoneyText = z.strictObject({
  amount: z.string().min(1).max(60),
  currency: CurrencyText,
});
export type MoneyText = z.infer<typeof MoneyText>;

export const Hex32 = z.string().regex(/^0x[0-9a-f]{64}$/, "32 bytes in lower-case hex");
/**
 * A whole number in a path, query or header: digits only. A blank, `0x0` or `1e0` is a client's fault, not a number.
 */
export function IntegerText(min: number, max: number) {
  return z
    .string()
    .regex(/^(?:0|[1-9]\d{0,15})$/, "a whole number in digits")
    .transform(Number)
    .pipe(z.int().min(min).max(max));
}

/** Minor units as the ledger holds them: a whole number below 2^128 in digits. */
export const Uint128Text = z
  .string()
  .regex(/^(?:0|[1-9]\d{0,38})$/, "a whole number in digits")
  .refine((digits) => !/^\d{1,39}$/.test(digits) || BigInt(digits) < 2n ** 128n, "a whole number below 2^128");

/** The ledger counts participants from 1. The store keeps ids in columns of 32 bits with a sign. */
export const participantIdMax = 0x7fff_ffff;
export const ParticipantIdText = IntegerText(1, participantIdMax);
export const ParticipantIdInBody = z.int().min(1).max(participantIdMax);

const isLedgerDate = (date: string) => isPlainDate(date) && dayNumber(date) > 0;
/** The ledger counts days from 1970-01-01, and day 0 is none. */
export const PlainDateText = z.iso.date({ abort: true }).refine(isLedgerDate, "a date from 1970-01-02 on");
export const Instant = z.iso.datetime();
export const Uuid = z.uuid();

/** A secret that the client makes: at least 256 random bits as base64url. It is never stored and never replied. */
export const ClientSecret = z.string().regex(/^[A-Za-z0-9_-]{43,86}$/, "43 to 86 characters of base64url");

/** Query of a list: `cursor` is the last reply's `nextCursor`. */
export const PageQuery = z.strictObject({
  cursor: z.string().max(200).optional(),
  limit: IntegerText(1, limits.pageSizeMax).default(limits.pageSizeDefault),
});

export function pageOf<T extends z.ZodType>(item: T) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** A cursor is the last item's key, opaque to clients. */
export function encodeCursor(key: string | number): string {
  return Buffer.from(JSON.stringify([key]), "utf8").toString("base64url");
}

/**
 * The key of a cursor that `encodeCursor` could have made, of text that the store can hold: neither NUL nor half a
 * surrogate pair. @throws AppError `request.cursor_invalid`
 */
export function decodeCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const key = keyOfCursor(cursor);
  const isKey = typeof key === "string" || typeof key === "number";
  if (!isKey || encodeCursor(key) !== cursor) throw new AppError("request.cursor_invalid");
  const text = String(key);
  if (text.includes("\0") || !text.isWellFormed()) throw new AppError("request.cursor_invalid");
  return text;
}

function keyOfCursor(cursor: string): unknown {
  try {
    const [key] = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as unknown[];
    return key;
  } catch {
    // Whatever it was, it was not made by us.
    return undefined;
  }
}

/** A whole number in a cursor's key, from 0 to what its column holds. @throws AppError `request.cursor_invalid` */
export function numberOfCursor(text: string | undefined, max: number = Number.MAX_SAFE_INTEGER): number {
  const number = IntegerText(0, max).safeParse(text);
  if (!number.success) throw new AppError("request.cursor_invalid");
  return number.data;
}

const logIndexMax = 0x7fff_ffff;

/** Key of a row in a list that goes by its place on the ledger. */
export function blockCursor(row: { readonly block_number: number; readonly log_index: number }): string {
  return `${row.block_number}:${row.log_index}`;
}

/** The place that a cursor made of `blockCursor` names. @throws AppError `request.cursor_invalid` */
export function cursorPosition(cursor: string | undefined) {
  const key = decodeCursor(cursor);
  if (key === undefined) return undefined;
  const [block, log, ...more] = key.split(":");
  if (more.length > 0) throw new AppError("request.cursor_invalid");
  return { block: numberOfCursor(block), log: numberOfCursor(log, logIndexMax) };
}

/** Cuts a list that was read with one row more than the page has. */
export function toPage<T>(rows: readonly T[], limit: number, keyOf: (row: T) => string | number) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
}

/** Money in minor units; nothing is a fault unless `allowZero` is set. @throws AppError `request.invalid` naming what is wrong with it. */
export function toMinor(money: MoneyText, pointer: string, options: { readonly allowZero?: boolean } = {}): Money {
  const parsed = parseAmount(money, options);
  if (parsed.ok) return parsed.money;
  throw new AppError("request.invalid", {}, { faults: [{ pointer, detail: parsed.fault }] });
}

/** Money text of minor units as the store and the ledger keep them. */
export function fromMinor(amountMinor: string | bigint, currency: string): MoneyText {
  return moneyText({ amountMinor: BigInt(amountMinor), currency });
}

/** RFC 3339 of business seconds. */
export function instant(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
