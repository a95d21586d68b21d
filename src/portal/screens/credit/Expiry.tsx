import { useTranslation } from "react-i18next";
import type { Credit } from "../../api/creditTypes.ts";
import { Countdown } from "../../ui/Countdown.tsx";
import { Fact, Facts } from "../../ui/Facts.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { Party } from "../../ui/Party.tsx";
import { RuleTag } from "../../ui/RuleTag.tsx";
import { Day, When } from "../../ui/When.tsx";

/** Until when documents may be presented, at each bank on its own calendar. */
export function Expiry({ credit: { expiryDate, terms, deadlines, status } }: { readonly credit: Credit }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("credit.expiry")} aside={<RuleTag rule="U12" />}>
      <Facts>
        <Fact name={t("credit.expiryDate")}>
          <Day date={expiryDate} />
          {terms.expiryPlace && `, ${terms.expiryPlace}`}
        </Fact>
        {terms.latestShipmentDate && (
          <Fact name={t("credit.latestShipment")}>
            <Day date={terms.latestShipmentDate} />
          </Fact>
        )}
        {terms.presentationDays !== null && (
          <Fact name={t("credit.presentationPeriod")}>{t("credit.days", { days: terms.presentationDays })}</Fact>
        )}
      </Facts>
      <ul className="lines">
        {deadlines.map(({ bank, presentBy, isRolled }) => (
          <li key={bank.participantId}>
            <span>
              <Party party={bank} />
              {isRolled && <span className="muted"> {t("credit.rolled")}</span>}
            </span>
            <span className="line-end">
              <When at={presentBy} /> {(status === "issued" || status === "draft") && <Countdown until={presentBy} />}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
