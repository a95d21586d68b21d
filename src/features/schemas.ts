import * as z from "zod";
import { AppError } from "../shared/errors.ts";
import { limits } from "../shared/limits.ts";
import { type Money, moneyText, parseAmount } from "../shared/money.ts";

/** Money in requests and replies: `{amount: "100000.00", currency: "EUR"}`. */
export const MoneyText = z.strictObject({
  amount: z.string().min(1).max(60),
  currency: z.string().regex(/^[A-Z]{3}$/),
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

export const ParticipantIdText = IntegerText(1, 0xffff_ffff);
export const PlainDateText = z.iso.date();
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

/** @throws AppError `request.cursor_invalid` */
export function decodeCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  try {
    const [key] = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as unknown[];
    if (typeof key === "string" || typeof key === "number") return String(key);
  } catch {
    // Falls through: whatever it was, it was not made by us.
  }
  throw new AppError("request.cursor_invalid");
}

/** Cuts a list that was read with one row more than the page has. */
export function toPage<T>(rows: readonly T[], limit: number, keyOf: (row: T) => string | number) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
}

/** Money in minor units. @throws AppError `request.invalid` naming what is wrong with it. */
export function toMinor(money: MoneyText, pointer: string): Money {
  const parsed = parseAmount(money);
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
