import type { MoneyText } from "../api/types.ts";
import { Amount } from "./Amount.tsx";
import { minorOf, shareOf } from "./formatAmount.ts";

export interface MoneyPart {
  readonly name: string;
  readonly money: MoneyText;
  readonly tone: "seller" | "buyer" | "locked" | "open";
}

interface MoneyBarProps {
  readonly label: string;
  readonly whole: MoneyText;
  readonly parts: readonly MoneyPart[];
}

/** How a sum is divided. The bar shows what the list below says; widths are attributes because of the page's policy. */
export function MoneyBar({ label, whole, parts }: MoneyBarProps) {
  const present = parts.filter(({ money }) => minorOf(money) > 0n);
  let offset = 0;
  const bars = present.map(({ name, money, tone }) => {
    const share = shareOf(minorOf(money), minorOf(whole)) / 100;
    const bar = <rect key={name} className={tone} x={`${offset}%`} width={`${share}%`} height="100%" />;
    offset += share;
    return bar;
  });
  return (
    <figure className="money-bar">
      <svg aria-hidden="true" width="100%" height="12">
        {bars}
      </svg>
      <ul aria-label={label}>
        {present.map(({ name, money, tone }) => (
          <li key={name}>
            <svg aria-hidden="true" width="10" height="10">
              <rect className={tone} width="10" height="10" rx="2" />
            </svg>
            {name} <Amount money={money} />
          </li>
        ))}
      </ul>
    </figure>
  );
}
