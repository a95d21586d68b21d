import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Escrow } from "../../api/escrowTypes.ts";
import { escrowQuery } from "../../api/queries.ts";
import { useSession } from "../../api/useSession.ts";
import { Countdown } from "../../ui/Countdown.tsx";
import { DealStatus } from "../../ui/DealStatus.tsx";
import { Fact, Facts } from "../../ui/Facts.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { Party } from "../../ui/Party.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { When } from "../../ui/When.tsx";
import { Timeline } from "../timeline/Timeline.tsx";
import { EscrowMoney } from "./EscrowMoney.tsx";
import { Milestones } from "./Milestones.tsx";

/** One escrow: where its money lies, milestone by milestone, and how it came there. */
export function EscrowScreen({ id }: { readonly id: string }) {
  const { client } = useSession();
  const query = useQuery(escrowQuery(client, id));
  return <Loaded query={query}>{(escrow) => <OneEscrow escrow={escrow} />}</Loaded>;
}

function OneEscrow({ escrow }: { readonly escrow: Escrow }) {
  const { t } = useTranslation();
  const { id, title, status } = escrow;
  return (
    <Screen title={title ?? t("deals.noReference", { id: id.slice(2, 10) })} kind={t("deals.escrow")}>
      <p className="chips">
        <DealStatus status={status} />
      </p>
      <div className="deal">
        <div className="deal-facts">
          <EscrowMoney escrow={escrow} />
          <EscrowParties escrow={escrow} />
          <Milestones escrow={escrow} />
          <EscrowTerms escrow={escrow} />
        </div>
        <Timeline subjects={[id]} like={escrow.total} />
      </div>
    </Screen>
  );
}

const roles = ["buyer", "seller", "arbiter", "bank"] as const satisfies readonly (keyof Escrow)[];

function EscrowParties({ escrow }: { readonly escrow: Escrow }) {
  const { t } = useTranslation();
  const { fundBy, lapse } = escrow;
  return (
    <Panel title={t("deals.parties")}>
      <Facts>
        {roles.map((role) => (
          <Fact key={role} name={t(`summary.${role}`)}>
            <Party party={escrow[role]} />
          </Fact>
        ))}
        {lapse && (
          <Fact name={t("escrow.fundBy")}>
            <When at={fundBy} /> <Countdown until={fundBy} />
          </Fact>
        )}
      </Facts>
    </Panel>
  );
}

function EscrowTerms({ escrow }: { readonly escrow: Escrow }) {
  const { t } = useTranslation();
  const { text, inspectionDays, rulingDays, defaultSellerBps } = escrow;
  return (
    <details className="panel">
      <summary>
        <h2>{t("credit.terms")}</h2>
      </summary>
      <Facts>
        <Fact name={t("summary.inspectionDays")}>{t("credit.days", { days: inspectionDays })}</Fact>
        <Fact name={t("summary.rulingDays")}>{t("credit.days", { days: rulingDays })}</Fact>
        <Fact name={t("summary.defaultSellerBps")}>{t("escrow.percent", { percent: defaultSellerBps / 100 })}</Fact>
        {text && (
          <Fact name={t("summary.text")}>
            <span className="lines-kept">{text}</span>
          </Fact>
        )}
      </Facts>
    </details>
  );
}
