import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Credit } from "../../api/creditTypes.ts";
import { creditQuery } from "../../api/queries.ts";
import { useSession } from "../../api/useSession.ts";
import { Chip } from "../../ui/Chip.tsx";
import { DealStatus } from "../../ui/DealStatus.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { Timeline } from "../timeline/Timeline.tsx";
import { CreditMoney } from "./CreditMoney.tsx";
import { CreditParties } from "./CreditParties.tsx";
import { CreditTerms } from "./CreditTerms.tsx";
import { Expiry } from "./Expiry.tsx";
import { Presentations } from "./Presentations.tsx";
import { Undertakings } from "./Undertakings.tsx";

/** One letter of credit: where it stands, who owes what until when, and how it came there. */
export function CreditScreen({ id }: { readonly id: string }) {
  const { client } = useSession();
  const query = useQuery(creditQuery(client, id));
  return <Loaded query={query}>{(credit) => <OneCredit credit={credit} />}</Loaded>;
}

function OneCredit({ credit }: { readonly credit: Credit }) {
  const { t } = useTranslation();
  const { id, reference, presentations, undertakings } = credit;
  const subjects = [id, ...presentations.map((one) => one.id), ...undertakings.map((one) => one.id)];
  return (
    <Screen title={reference ?? t("deals.noReference", { id: id.slice(2, 10) })} kind={t("deals.credit")}>
      <Standing credit={credit} />
      <div className="deal">
        <div className="deal-facts">
          <CreditMoney credit={credit} />
          <CreditParties credit={credit} />
          <Expiry credit={credit} />
          <Undertakings undertakings={undertakings} />
          <Presentations presentations={presentations} />
          <CreditTerms credit={credit} />
        </div>
        <Timeline subjects={subjects} like={credit.amount} />
      </div>
    </Screen>
  );
}

function Standing({ credit: { status, advice, confirmation } }: { readonly credit: Credit }) {
  const { t } = useTranslation();
  return (
    <p className="chips">
      <DealStatus status={status} />
      {advice !== "none" && <Chip tone={advice === "advised" ? "good" : "bad"}>{t(`credit.advice.${advice}`)}</Chip>}
      {confirmation !== "silent" && (
        <Chip tone={confirmation === "added" ? "good" : "bad"}>{t(`credit.confirmation.${confirmation}`)}</Chip>
      )}
    </p>
  );
}
