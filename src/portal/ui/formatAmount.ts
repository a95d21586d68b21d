import type { MoneyText } from "../api/types.ts";

function separatorsOf(locale: string): string {
  return new Intl.NumberFormat(locale).formatToParts(0.1).find(({ type }) => type === "decimal")?.value ?? ".";
}

/**
 * A decimal text in the form of a language: `1234567.80` as `1,234,567.80`. The text never becomes a floating number,
 * so that amounts of any length keep every digit.
 */
export function formatDecimal(amount: string, locale: string): string {
  const [, sign = "", whole = "", decimals] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount) ?? [];
  if (whole === "") return amount;
  const grouped = new Intl.NumberFormat(locale).format(BigInt(whole));
  return `${sign && "\u2212"}${grouped}${decimals === undefined ? "" : separatorsOf(locale) + decimals}`;
}

/** Minor units of amounts that have the same currency and therefore the same number of decimals. */
export function minorOf({ amount }: MoneyText): bigint {
  return BigInt(amount.replace(".", ""));
}

/** Minor units as events state them, with the currency and the decimals of the deal's own amount. */
export function moneyLike(minor: string | bigint, { amount, currency }: MoneyText): MoneyText {
  const decimals = amount.split(".")[1]?.length ?? 0;
  const digits = String(minor).padStart(decimals + 1, "0");
  const cut = digits.length - decimals;
  return { amount: digits.slice(0, cut) + (decimals === 0 ? "" : `.${digits.slice(cut)}`), currency };
}

/** How much of the whole, in hundredths of a percent, rounded down. */
export function shareOf(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number((part * 10_000n) / whole);
}
