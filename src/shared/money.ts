/**
 * Money as integers: minor units with the ISO 4217 exponent of the currency.
 * Outside it travels as `{amount: "100000.00", currency: "EUR"}`, in SWIFT messages as `EUR100000,`.
 */
import currencyCodes from "currency-codes";
import { invariant } from "./errors.ts";

/** An amount in minor units (cents for EUR, yen for JPY, fils for KWD). */
export interface Money {
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** Money as requests and replies carry it: a decimal text, never a floating number. */
export interface MoneyText {
  readonly amount: string;
  readonly currency: string;
}

/** Why a text is no amount. `at` is the index of the first character that does not fit. */
export type AmountFault =
  | { readonly fault: "currency_unknown"; readonly currency: string }
  | { readonly fault: "malformed"; readonly at: number }
  | { readonly fault: "too_many_decimals"; readonly have: number; readonly allowed: number; readonly at: number }
  | { readonly fault: "too_many_digits"; readonly allowed: string }
  | { readonly fault: "not_positive" };

export type ParsedAmount = { readonly ok: true; readonly money: Money } | ({ readonly ok: false } & AmountFault);

export type SwiftAmount = { readonly ok: true; readonly text: string } | ({ readonly ok: false } & AmountFault);

/** The largest amount that a contract holds (uint128). */
export const amountMinorMax = 2n ** 128n - 1n;

/** uint128 has at most 39 digits. */
const wholeDigitsMax = 39;

/** SWIFT amounts are `15d`: at most 15 characters, the comma counted. */
export const swiftAmountCharacters = 15;

/** ISO 4217 gives these codes no minor unit: metals, units of account, testing. No bank owes them. */
const notMoney = new Set("XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX".split(" "));

const exponents = new Map(currencyCodes.data.map((row) => [row.code, row.digits]));

/** The number of decimals of a currency (JPY 0, EUR 2, KWD 3), or undefined if ISO 4217 does not know it. */
export function currencyExponent(currency: string): number | undefined {
  return notMoney.has(currency) ? undefined : exponents.get(currency);
}

interface DecimalForm {
  readonly separator: "." | ",";
  readonly separatorNeeded: boolean;
  readonly allowZero: boolean;
}

/** Whole digits and decimals of a text, or the index of the first character that does not fit. */
type Digits =
  | { readonly ok: true; readonly whole: string; readonly decimals: string }
  | { readonly ok: false; readonly at: number };

/** Splits digits, one separator and decimals. Where the separator is a point, the form is the strict one of JSON. */
function splitDigits(text: string, form: DecimalForm): Digits {
  const found = /^(\d*)(?:([.,])(\d*))?/.exec(text);
  const [read = "", whole = "", separator, decimals = ""] = found ?? [];
  if (separator !== undefined && (separator !== form.separator || whole === "")) return { ok: false, at: whole.length };
  if (read.length < text.length) return { ok: false, at: read.length };
  if (whole === "" || (separator === undefined && form.separatorNeeded)) return { ok: false, at: text.length };
  if (form.separator === ",") return { ok: true, whole, decimals };
  if (separator !== undefined && decimals === "") return { ok: false, at: whole.length };
  return whole.length > 1 && whole.startsWith("0") ? { ok: false, at: 0 } : { ok: true, whole, decimals };
}

/** Reads an amount in one pass; the bounds of its length are tested before it becomes a number. */
function readDecimal({ amount, currency }: MoneyText, form: DecimalForm): ParsedAmount {
  const exponent = currencyExponent(currency);
  if (exponent === undefined) return { ok: false, fault: "currency_unknown", currency };
  const sign = amount.startsWith("-") ? 1 : 0;
  const digits = splitDigits(amount.slice(sign), form);
  if (!digits.ok) return { ok: false, fault: "malformed", at: sign + digits.at };
  const { whole, decimals } = digits;
  if (decimals.length > exponent) {
    const at = sign + whole.length + 1 + exponent;
    return { ok: false, fault: "too_many_decimals", have: decimals.length, allowed: exponent, at };
  }
  const tooMany: ParsedAmount = { ok: false, fault: "too_many_digits", allowed: String(amountMinorMax) };
  if (whole.length > wholeDigitsMax) return tooMany;
  const amountMinor = BigInt(whole + decimals.padEnd(exponent, "0"));
  if (amountMinor > amountMinorMax) return tooMany;
  if (sign === 1 || (amountMinor === 0n && !form.allowZero)) return { ok: false, fault: "not_positive" };
  return { ok: true, money: { amountMinor, currency } };
}

/**
 * Reads `{amount: "100000.00", currency}`. Fewer decimals than the currency has are read as zeros; more are a
 * fault even if they are zeros, because they show that the sender thinks of another currency.
 * No sign, exponent, grouping, blanks or leading zeros. Zero is a fault unless `allowZero` is set.
 */
export function parseAmount(text: MoneyText, options: { readonly allowZero?: boolean } = {}): ParsedAmount {
  const allowZero = options.allowZero ?? false;
  return readDecimal(text, { separator: ".", separatorNeeded: false, allowZero });
}

function digitsOf(money: Money): { sign: string; whole: string; decimals: string } {
  const exponent = currencyExponent(money.currency);
  invariant(exponent !== undefined, `${money.currency} is not a currency`);
  const negative = money.amountMinor < 0n;
  const digits = String(negative ? -money.amountMinor : money.amountMinor).padStart(exponent + 1, "0");
  const cut = digits.length - exponent;
  return { sign: negative ? "-" : "", whole: digits.slice(0, cut), decimals: digits.slice(cut) };
}

/** The decimal text of an amount with all decimals of its currency: `100000.00`, `100000` for JPY. */
export function formatAmount(money: Money): string {
  const { sign, whole, decimals } = digitsOf(money);
  return sign + whole + (decimals === "" ? "" : `.${decimals}`);
}

/** Money as replies carry it. */
export function moneyText(money: Money): MoneyText {
  return { amount: formatAmount(money), currency: money.currency };
}

/**
 * Reads the amount of a SWIFT field (`100000,` or `1234,56`): the comma is mandatory, at most 15 characters
 * with it, no more decimals than the currency has.
 */
export function parseSwiftAmount(
  amount: string,
  currency: string,
  options: { readonly allowZero?: boolean } = {},
): ParsedAmount {
  const allowZero = options.allowZero ?? false;
  if (amount.startsWith("-")) return { ok: false, fault: "malformed", at: 0 };
  const read = readDecimal({ amount, currency }, { separator: ",", separatorNeeded: true, allowZero });
  const form = read.ok || read.fault === "not_positive" || read.fault === "too_many_digits";
  if (form && amount.length > swiftAmountCharacters) {
    return { ok: false, fault: "too_many_digits", allowed: `${swiftAmountCharacters}d` };
  }
  return read;
}

/** The SWIFT form of an amount (`100000,` or `1234,50`), or the fault that keeps it from fitting `15d`. */
export function formatSwiftAmount(money: Money): SwiftAmount {
  if (money.amountMinor < 0n) return { ok: false, fault: "not_positive" };
  const { whole, decimals } = digitsOf(money);
  const text = `${whole},${/^0*$/.test(decimals) ? "" : decimals}`;
  if (text.length > swiftAmountCharacters) {
    return { ok: false, fault: "too_many_digits", allowed: `${swiftAmountCharacters}d` };
  }
  return { ok: true, text };
}
