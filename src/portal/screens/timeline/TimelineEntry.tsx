import { useTranslation } from "react-i18next";
import type { LedgerEvent, MoneyText } from "../../api/types.ts";
import { useLanguage } from "../../i18n.ts";
import { Amount } from "../../ui/Amount.tsx";
import { moneyLike } from "../../ui/formatAmount.ts";
import { formatTimeOfDay } from "../../ui/formatTime.ts";
import { Hash } from "../../ui/Hash.tsx";
import { RuleTag } from "../../ui/RuleTag.tsx";
import { describeEvent, divisionOf, rulesOfForwarding } from "./descriptions.ts";
import { retractionsIn } from "./retractions.ts";
import { useSentence } from "./useSentence.ts";

interface TimelineEntryProps {
  readonly event: LedgerEvent;
  /** All entries of the deal. */
  readonly history: readonly LedgerEvent[];
  readonly like: MoneyText;
}

/** What happened; what was taken back, struck through and saying so; or the retraction, in words alone. */
export function TimelineEntry({ event, history, like }: TimelineEntryProps) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const sentence = useSentence();
  const isTakenBack = retractionsIn(history).has(event.sequence);
  const stands = event.retracts === null && !isTakenBack;
  const tone = stands ? (describeEvent(event)?.tone ?? "plain") : "plain";
  return (
    <li className={`entry ${tone}${isTakenBack ? " takenBack" : ""}`} data-event={event.type}>
      <time dateTime={event.occurredAt}>{formatTimeOfDay(event.occurredAt, locale)}</time>
      <div>
        {isTakenBack ? (
          <>
            <p className="takenBackNotice">{t("timeline.takenBack")}</p>
            <del>
              <p className="sentence">{sentence(event)}</p>
              <Money event={event} like={like} />
            </del>
          </>
        ) : (
          <>
            <p className="sentence">{sentence(event)}</p>
            {stands && <Money event={event} like={like} />}
          </>
        )}
        <p className="trace">
          {stands && <Rules event={event} history={history} />}
          <span>
            {t("timeline.block", { number: event.block.number })} <Hash hex={event.block.hash} short />
          </span>
        </p>
      </div>
    </li>
  );
}

function Money({ event, like }: Pick<TimelineEntryProps, "event" | "like">) {
  const { t } = useTranslation();
  const amountMinor = describeEvent(event)?.amountMinor;
  const division = divisionOf(event);
  return (
    <>
      {amountMinor !== undefined && (
        <p>
          <Amount money={moneyLike(amountMinor, like)} />
        </p>
      )}
      {division && (
        <p>
          {t("escrow.toSeller")} <Amount money={moneyLike(division.toSeller, like)} /> · {t("escrow.toBuyer")}{" "}
          <Amount money={moneyLike(division.toBuyer, like)} />
        </p>
      )}
    </>
  );
}

function Rules({ event, history }: Pick<TimelineEntryProps, "event" | "history">) {
  const rules = [...(describeEvent(event)?.rules ?? []), ...rulesOfForwarding(event, history)];
  return rules.map((rule) => <RuleTag key={rule} rule={rule} />);
}
