import { useTranslation } from "react-i18next";
import { useLanguage } from "../i18n.ts";
import { formatDuration } from "./formatTime.ts";
import { useBusinessNow } from "./useBusinessNow.ts";

const soonMs = 48 * 3_600_000;

/** How long until a deadline, in business time. */
export function Countdown({ until }: { readonly until: string }) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const now = useBusinessNow();
  if (now === undefined) return null;
  const left = Date.parse(until) - now;
  const tone = left <= 0 ? "over" : left < soonMs ? "soon" : "calm";
  const time = formatDuration(Math.abs(left), locale);
  return <span className={`countdown ${tone}`}>{left > 0 ? t("time.left", { time }) : t("time.over", { time })}</span>;
}
