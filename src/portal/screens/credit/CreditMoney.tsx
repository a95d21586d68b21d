import { useTranslation } from "react-i18next";
import type { Credit } from "../../api/creditTypes.ts";
import { Amount } from "../../ui/Amount.tsx";
import { MoneyBar } from "../../ui/MoneyBar.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { Party } from "../../ui/Party.tsx";

/** The amount, what was drawn of it, and which banks are bound for the rest (U13, U14). */
export function CreditMoney({ credit }: { readonly credit: Credit }) {
  const { t } = useTranslation();
  const { amount, drawing, contingentLiabilities } = credit;
  return (
    <Panel title={t("deals.amount")}>
      <p className="balance">
        <Amount money={amount} />
      </p>
      <MoneyBar
        label={t("credit.drawing")}
        whole={drawing.limit}
        parts={[
          { name: t("credit.drawn"), money: drawing.drawn, tone: "seller" },
          { name: t("credit.available"), money: drawing.available, tone: "open" },
        ]}
      />
      {contingentLiabilities.length > 0 && (
        <ul className="lines">
          {contingentLiabilities.map(({ bank, as, amount: liable }) => (
            <li key={`${as}${bank.participantId}`}>
              <span>
                <Party party={bank} /> <span className="muted">{t(`credit.bound.${as}`)}</span>
              </span>
              <Amount money={liable} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
