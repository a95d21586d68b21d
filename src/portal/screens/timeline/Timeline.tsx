import { useTranslation } from "react-i18next";
import type { LedgerEvent, MoneyText } from "../../api/types.ts";
import { useLanguage } from "../../i18n.ts";
import { formatDayOf } from "../../ui/formatTime.ts";
import { Panel } from "../../ui/Panel.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { TimelineEntry } from "./TimelineEntry.tsx";
import { useDealEvents } from "./useDealEvents.ts";

interface TimelineProps {
  readonly subjects: readonly string[];
  /** An amount of the deal: it says the currency and the decimals in which events count. */
  readonly like: MoneyText;
}

/** What happened, oldest first, by day. */
export function Timeline({ subjects, like }: TimelineProps) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const { events, isComplete, error } = useDealEvents(subjects);
  const days = Map.groupBy(events, ({ occurredAt }) => formatDayOf(occurredAt, locale));
  return (
    <Panel
      title={t("timeline.title")}
      aside={<span className="muted">{t("timeline.count", { count: events.length })}</span>}
    >
      {error && <ProblemNote problem={error} />}
      {!isComplete && !error && <p className="muted">{t("state.loading")}</p>}
      {isComplete && events.length === 0 && <p className="muted">{t("timeline.none")}</p>}
      <ol className="timeline">
        {[...days].map(([day, ofDay]) => (
          <TimelineDay key={day} day={day} events={ofDay} history={events} like={like} />
        ))}
      </ol>
    </Panel>
  );
}

interface TimelineDayProps {
  readonly day: string;
  readonly events: readonly LedgerEvent[];
  readonly history: readonly LedgerEvent[];
  readonly like: MoneyText;
}

function TimelineDay({ day, events, history, like }: TimelineDayProps) {
  return (
    <li>
      <h3>{day}</h3>
      <ol>
        {events.map((event) => (
          <TimelineEntry key={event.sequence} event={event} history={history} like={like} />
        ))}
      </ol>
    </li>
  );
}
