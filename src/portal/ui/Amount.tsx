import type { MoneyText } from "../api/types.ts";
import { useLanguage } from "../i18n.ts";
import { formatDecimal } from "./formatAmount.ts";

/** `EUR 100,000.00`: the currency by its ISO 4217 code, as the field writes it. */
export function Amount({ money }: { readonly money: MoneyText }) {
  const { locale } = useLanguage();
  return (
    <span className="amount">
      <span className="currency">{money.currency}</span>
      {"\u00a0"}
      {formatDecimal(money.amount, locale)}
    </span>
  );
}
