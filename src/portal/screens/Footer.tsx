import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { clockQuery } from "../api/businessClock.ts";
import { useSession } from "../api/useSession.ts";
import { useLanguage } from "../i18n.ts";
import { formatInstant } from "../ui/formatTime.ts";
import { useBusinessNow } from "../ui/useBusinessNow.ts";

/** Which time this page counts in, and where it is shown. */
export function Footer() {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const { client } = useSession();
  const { data: clock } = useQuery(clockQuery(client));
  const now = useBusinessNow();
  const zone = new Intl.DateTimeFormat(locale).resolvedOptions().timeZone;
  return (
    <footer className="foot">
      {now !== undefined && (
        <span>
          {t(clock?.isTestClock ? "time.testClock" : "time.businessTime", {
            time: formatInstant(new Date(now).toISOString(), locale),
          })}
        </span>
      )}
      <span>{t("time.zone", { zone })}</span>
      <a href="/docs">{t("nav.docs")}</a>
    </footer>
  );
}
