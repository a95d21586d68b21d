import { useTranslation } from "react-i18next";
import { useSearchParams } from "wouter";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { DealTable } from "./DealTable.tsx";
import { StatusFilter } from "./StatusFilter.tsx";
import { toStatus, useDeals } from "./useDeals.ts";
import { WaitingApprovals } from "./WaitingApprovals.tsx";
import { WorkQueue } from "./WorkQueue.tsx";

/** What waits for this organisation, and its deals. */
export function DealsScreen() {
  const { t } = useTranslation();
  const [search] = useSearchParams();
  const status = toStatus(search.get("status"));
  const { deals, isComplete, error, hasMore, readMore, readAgain } = useDeals(status);
  return (
    <Screen title={t("deals.title")}>
      <div className="queues">
        <WorkQueue />
        <WaitingApprovals />
      </div>
      <StatusFilter chosen={status} />
      {error && <ProblemNote problem={error} onRetry={() => void readAgain()} />}
      {!isComplete && !error && <p className="muted">{t("state.loading")}</p>}
      {deals.length > 0 && <DealTable deals={deals} />}
      {isComplete && deals.length === 0 && <p className="empty">{t(status ? "deals.noneOfStatus" : "deals.none")}</p>}
      {hasMore && (
        <button type="button" className="button" onClick={() => void readMore()}>
          {t("state.more")}
        </button>
      )}
    </Screen>
  );
}
