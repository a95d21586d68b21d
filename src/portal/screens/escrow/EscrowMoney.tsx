import { useTranslation } from "react-i18next";
import type { Escrow } from "../../api/escrowTypes.ts";
import type { MoneyText } from "../../api/types.ts";
import { Amount } from "../../ui/Amount.tsx";
import { minorOf, moneyLike } from "../../ui/formatAmount.ts";
import { MoneyBar } from "../../ui/MoneyBar.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { Party } from "../../ui/Party.tsx";

function sumOf(amounts: readonly (MoneyText | null)[]): bigint {
  return amounts.reduce((sum, money) => sum + (money ? minorOf(money) : 0n), 0n);
}

/** Where the escrow's money lies now. */
export function EscrowMoney({ escrow }: { readonly escrow: Escrow }) {
  const { t } = useTranslation();
  const { total, locked, milestones, claimable, seller, buyer } = escrow;
  const toSeller = sumOf(milestones.map((one) => one.toSeller));
  const toBuyer = sumOf(milestones.map((one) => one.toBuyer));
  const unfunded = minorOf(total) - minorOf(locked) - toSeller - toBuyer;
  const claims = [
    { party: seller, money: claimable.seller },
    { party: buyer, money: claimable.buyer },
  ].filter(({ money }) => minorOf(money) > 0n);
  return (
    <Panel title={t("deals.amount")}>
      <p className="balance">
        <Amount money={total} />
      </p>
      <MoneyBar
        label={t("escrow.division")}
        whole={total}
        parts={[
          { name: t("escrow.toSeller"), money: moneyLike(toSeller, total), tone: "seller" },
          { name: t("escrow.toBuyer"), money: moneyLike(toBuyer, total), tone: "buyer" },
          { name: t("escrow.locked"), money: locked, tone: "locked" },
          { name: t("escrow.unfunded"), money: moneyLike(unfunded, total), tone: "open" },
        ]}
      />
      {claims.length > 0 && (
        <ul className="lines">
          {claims.map(({ party, money }) => (
            <li key={party.participantId}>
              <span>
                <Party party={party} /> <span className="muted">{t("escrow.canClaim")}</span>
              </span>
              <Amount money={money} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
