import { useTranslation } from "react-i18next";
import type { Undertaking } from "../../api/creditTypes.ts";
import { Amount } from "../../ui/Amount.tsx";
import { Chip } from "../../ui/Chip.tsx";
import { Countdown } from "../../ui/Countdown.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { Party } from "../../ui/Party.tsx";
import { When } from "../../ui/When.tsx";

/** What a bank owes by honouring, to whom, and whether it was claimed. */
export function Undertakings({ undertakings }: { readonly undertakings: readonly Undertaking[] }) {
  const { t } = useTranslation();
  if (undertakings.length === 0) return null;
  return (
    <Panel title={t("undertaking.title")}>
      <ul className="lines">
        {undertakings.map(({ id, obligor, holder, amount, dueAt, isDue, status }) => (
          <li key={id}>
            <span>
              <Party party={obligor} /> <span className="muted">{t("undertaking.owes")}</span> <Party party={holder} />
              <br />
              <span className="muted">
                {t("undertaking.due")} <When at={dueAt} />
              </span>
            </span>
            <span className="line-end">
              <Amount money={amount} />
              {status === "paid" && <Chip tone="good">{t("undertaking.paid")}</Chip>}
              {status === "transferred" && <Chip tone="plain">{t("undertaking.transferred")}</Chip>}
              {status === "owed" && isDue && <Chip tone="warn">{t("undertaking.canClaim")}</Chip>}
              {status === "owed" && !isDue && <Countdown until={dueAt} />}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
