import { useTranslation } from "react-i18next";
import type { LedgerEvent } from "../../api/types.ts";
import { useLanguage } from "../../i18n.ts";
import { formatInstant } from "../../ui/formatTime.ts";
import { useDirectory } from "../../ui/useDirectory.ts";
import { describeEvent } from "./descriptions.ts";

/** What an entry says, in words; its type when the portal knows no sentence for it. A retraction says so. */
export function useSentence(): (event: LedgerEvent) => string {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const { nameOf } = useDirectory();

  function happened(event: LedgerEvent): string {
    const facts = describeEvent(event);
    if (!facts) return t("timeline.unknown", { type: event.type });
    const { actor, other, untilSeconds, milestone } = facts;
    return t(`event.${facts.type}`, {
      actor: actor === undefined ? "" : nameOf(actor),
      other: other === undefined ? "" : nameOf(other),
      until: untilSeconds === undefined ? "" : formatInstant(new Date(untilSeconds * 1_000).toISOString(), locale),
      milestone: milestone ?? "",
    });
  }

  return (event) =>
    event.retracts === null ? happened(event) : t("timeline.retraction", { sentence: happened(event) });
}
