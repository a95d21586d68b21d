import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import type { StreamState } from "../api/eventStream.ts";
import { waitingApprovalsQuery } from "../api/queries.ts";
import { useSession } from "../api/useSession.ts";
import { Brand } from "../ui/Brand.tsx";
import { LanguageSwitch } from "../ui/LanguageSwitch.tsx";
import { LiveSign } from "../ui/LiveSign.tsx";

export function Header({ stream }: { readonly stream: StreamState }) {
  const { t } = useTranslation();
  const { me, signOut } = useSession();
  return (
    <header className="bar">
      <div className="bar-inner">
        <Link href="/" className="home" aria-label={t("nav.home")}>
          <Brand />
        </Link>
        <Navigation />
        <div className="bar-end">
          <LiveSign state={stream} />
          <LanguageSwitch />
          <div className="who">
            <span className="organisation">{me.organisation.name}</span>
            <span className="user">
              {me.user.name} · {t(`role.${me.user.role}`)}
            </span>
          </div>
          <button type="button" className="button small" onClick={signOut}>
            {t("session.signOut")}
          </button>
        </div>
      </div>
    </header>
  );
}

function Navigation() {
  const { t } = useTranslation();
  const { client } = useSession();
  const [path] = useLocation();
  const { data: waiting } = useQuery(waitingApprovalsQuery(client));
  const count = waiting?.items.length ?? 0;
  const area = path.split("/")[2] ?? "";
  const current = (areas: readonly string[]) => (areas.includes(area) ? { "aria-current": "page" as const } : {});
  return (
    <nav aria-label={t("nav.label")}>
      <Link href="/" {...current(["", "credits", "escrows"])}>
        {t("nav.deals")}
      </Link>
      <Link href="/app/approvals" {...current(["approvals"])}>
        {t("nav.approvals")}
        {count > 0 && (
          <span className="count" data-testid="approvals-waiting">
            <span className="unseen">{t("approval.waitingCount")}</span> {count}
            {waiting?.nextCursor && "+"}
          </span>
        )}
      </Link>
      <Link href="/app/accounts" {...current(["accounts"])}>
        {t("nav.accounts")}
      </Link>
    </nav>
  );
}
