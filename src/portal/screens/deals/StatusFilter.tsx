import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { DealStatusName } from "../../ui/DealStatus.tsx";
import { creditStatuses, escrowStatuses } from "./useDeals.ts";

/** Links, because the filter is part of the address: it can be kept, sent and gone back from. */
export function StatusFilter({ chosen }: { readonly chosen: DealStatusName | undefined }) {
  const { t } = useTranslation();
  return (
    <nav className="filter" aria-label={t("deals.filter")}>
      <Link href="/" {...(chosen === undefined && { "aria-current": "true" as const })}>
        {t("deals.all")}
      </Link>
      <Group name={t("deals.credits")} statuses={creditStatuses} chosen={chosen} />
      <Group name={t("deals.escrows")} statuses={escrowStatuses} chosen={chosen} />
    </nav>
  );
}

interface GroupProps {
  readonly name: string;
  readonly statuses: readonly DealStatusName[];
  readonly chosen: DealStatusName | undefined;
}

function Group({ name, statuses, chosen }: GroupProps) {
  const { t } = useTranslation();
  return (
    <span className="filter-group">
      <span className="filter-name">{name}</span>
      {statuses.map((status) => (
        <Link key={status} href={`/?status=${status}`} {...(status === chosen && { "aria-current": "true" as const })}>
          {t(`status.${status}`)}
        </Link>
      ))}
    </span>
  );
}
