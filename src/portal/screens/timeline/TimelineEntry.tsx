import { useTranslation } from "react-i18next";
import type { LedgerEvent, MoneyText } from "../../api/types.ts";
import { useLanguage } from "../../i18n.ts";
import { Amount } from "../../ui/Amount.tsx";
import { moneyLike } from "../../ui/formatAmount.ts";
import { formatTimeOfDay } from "../../ui/formatTime.ts";
import { Hash } from "../../ui/Hash.tsx";
import { RuleTag } from "../../ui/RuleTag.tsx";
import { describeEvent, divisionOf, rulesOfForwarding } from "./descriptions.ts";
import { useSentence } from "./useSentence.ts";

interface TimelineEntryProps {
  readonly event: LedgerEvent;
  /** All events of the deal. */
  readonly history: readonly LedgerEvent[];
  readonly like: MoneyText;
}

export function TimelineEntry({ event, history, like }: TimelineEntryProps) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const sentence = useSentence();
  const facts = describeEvent(event);
  const division = divisionOf(event);
  return (
    <li className={`entry ${facts?.tone ?? "plain"}`} data-event={event.type}>
      <time dateTime={event.occurredAt}>{formatTimeOfDay(event.occurredAt, locale)}</time>
      <div>
        <p className="sentence">{sentence(event)}</p>
        {facts?.amountMinor !== undefined && (
          <p>
            <Amount money={moneyLike(facts.amountMinor, like)} />
          </p>
        )}
        {division && (
          <p>
            {t("escrow.toSeller")} <Amount money={moneyLike(division.toSeller, like)} /> · {t("escrow.toBuyer")}{" "}
            <Amount money={moneyLike(division.toBuyer, like)} />
          </p>
        )}
        <p className="trace">
          {[...(facts?.rules ?? []), ...rulesOfForwarding(event, history)].map((rule) => (
            <RuleTag key={rule} rule={rule} />
          ))}
          <span>
            {t("timeline.block", { number: event.block.number })} <Hash hex={event.block.hash} short />
          </span>
        </p>
      </div>
    </li>
  );
}
