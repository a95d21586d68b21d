import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { CreditSummary } from "../../api/creditTypes.ts";
import type { EscrowSummary } from "../../api/escrowTypes.ts";
import type { MoneyText } from "../../api/types.ts";
import { Amount } from "../../ui/Amount.tsx";
import { Chip } from "../../ui/Chip.tsx";
import { Countdown } from "../../ui/Countdown.tsx";
import { DealStatus, type DealStatusName } from "../../ui/DealStatus.tsx";
import { Party } from "../../ui/Party.tsx";
import { Day, When } from "../../ui/When.tsx";
import type { Deal } from "./useDeals.ts";

export function DealTable({ deals }: { readonly deals: readonly Deal[] }) {
  const { t } = useTranslation();
  return (
    <table className="deals">
      <caption className="unseen">{t("deals.title")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("deals.deal")}</th>
          <th scope="col">{t("deals.parties")}</th>
          <th scope="col" className="number">
            {t("deals.amount")}
          </th>
          <th scope="col">{t("deals.status")}</th>
          <th scope="col">{t("deals.deadline")}</th>
        </tr>
      </thead>
      <tbody>
        {deals.map(({ kind, deal }) =>
          kind === "credit" ? <CreditRow key={deal.id} credit={deal} /> : <EscrowRow key={deal.id} escrow={deal} />,
        )}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly href: string;
  readonly kind: string;
  readonly title: string;
  readonly money: MoneyText;
  readonly status: DealStatusName;
  readonly more?: ReactNode;
  readonly parties: ReactNode;
  readonly deadline: ReactNode;
}

function Row({ href, kind, title, money, status, more, parties, deadline }: RowProps) {
  return (
    <tr>
      <th scope="row">
        <span className="kind">{kind}</span>
        <Link href={href}>{title}</Link>
      </th>
      <td className="parties">{parties}</td>
      <td className="number">
        <Amount money={money} />
      </td>
      <td>
        <DealStatus status={status} /> {more}
      </td>
      <td className="deadline">{deadline}</td>
    </tr>
  );
}

function CreditRow({ credit }: { readonly credit: CreditSummary }) {
  const { t } = useTranslation();
  const { id, reference, issuingBank, applicant, beneficiary, amount, status, confirmation, expiryDate } = credit;
  return (
    <Row
      href={`/app/credits/${id}`}
      kind={t("deals.credit")}
      title={reference ?? t("deals.noReference", { id: id.slice(2, 10) })}
      money={amount}
      status={status}
      more={confirmation === "added" && <Chip tone="good">{t("credit.confirmed")}</Chip>}
      parties={
        <>
          <span>
            <Party party={applicant} /> <span aria-hidden="true">→</span> <Party party={beneficiary} />
          </span>
          <span className="muted">
            {t("credit.issuedBy")} <Party party={issuingBank} />
          </span>
        </>
      }
      deadline={
        <>
          <span className="muted">{t("credit.expiry")}</span> <Day date={expiryDate} />
        </>
      }
    />
  );
}

function EscrowRow({ escrow }: { readonly escrow: EscrowSummary }) {
  const { t } = useTranslation();
  const { id, title, buyer, seller, arbiter, total, status, fundBy } = escrow;
  const isOffer = status === "proposed" || status === "agreed";
  return (
    <Row
      href={`/app/escrows/${id}`}
      kind={t("deals.escrow")}
      title={title ?? t("deals.noReference", { id: id.slice(2, 10) })}
      money={total}
      status={status}
      parties={
        <>
          <span>
            <Party party={buyer} /> <span aria-hidden="true">→</span> <Party party={seller} />
          </span>
          <span className="muted">
            {t("escrow.arbiter")} <Party party={arbiter} />
          </span>
        </>
      }
      deadline={
        isOffer ? (
          <>
            <span className="muted">{t("escrow.fundBy")}</span> <When at={fundBy} /> <Countdown until={fundBy} />
          </>
        ) : (
          <span className="muted">{t(status === "funded" ? "escrow.byMilestone" : "state.nothing")}</span>
        )
      }
    />
  );
}
