import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Route, Switch, useLocation } from "wouter";
import { useLiveEvents } from "../api/useLiveEvents.ts";
import { Screen } from "../ui/Screen.tsx";
import { AccountsScreen } from "./accounts/AccountsScreen.tsx";
import { ApprovalScreen } from "./approvals/ApprovalScreen.tsx";
import { ApprovalsScreen } from "./approvals/ApprovalsScreen.tsx";
import { CreditScreen } from "./credit/CreditScreen.tsx";
import { DealsScreen } from "./deals/DealsScreen.tsx";
import { EscrowScreen } from "./escrow/EscrowScreen.tsx";
import { Footer } from "./Footer.tsx";
import { Header } from "./Header.tsx";
import { Announcer } from "./timeline/Announcer.tsx";

/** Everything that a signed-in user sees. A change of screen brings the focus and the view to its beginning. */
export function Screens() {
  const { t } = useTranslation();
  const { state, latest } = useLiveEvents();
  const [path] = useLocation();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [path]);

  return (
    <>
      <a className="skip" href="#main">
        {t("nav.skip")}
      </a>
      <Header stream={state} />
      <main id="main" ref={main} tabIndex={-1}>
        <Switch>
          <Route path="/" component={DealsScreen} />
          <Route path="/app" component={DealsScreen} />
          <Route path="/app/credits/:id">{({ id }) => <CreditScreen key={id} id={id} />}</Route>
          <Route path="/app/escrows/:id">{({ id }) => <EscrowScreen key={id} id={id} />}</Route>
          <Route path="/app/approvals" component={ApprovalsScreen} />
          <Route path="/app/approvals/:id">{({ id }) => <ApprovalScreen key={id} id={id} />}</Route>
          <Route path="/app/accounts" component={AccountsScreen} />
          <Route>
            <Screen title={t("nav.nothingHere")}>{null}</Screen>
          </Route>
        </Switch>
      </main>
      <Footer />
      <Announcer event={latest} />
    </>
  );
}
