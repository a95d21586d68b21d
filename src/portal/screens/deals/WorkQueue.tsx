import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { PresentationSummary } from "../../api/creditTypes.ts";
import { toExamineQuery } from "../../api/queries.ts";
import { useSession } from "../../api/useSession.ts";
import { Amount } from "../../ui/Amount.tsx";
import { Countdown } from "../../ui/Countdown.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { Party } from "../../ui/Party.tsx";
import { RuleTag } from "../../ui/RuleTag.tsx";
import { When } from "../../ui/When.tsx";

/** Documents that wait for the own bank's decision, each with its clock. */
export function WorkQueue() {
  const { t } = useTranslation();
  const { client, me } = useSession();
  const isBank = me.organisation.roles.includes("bank");
  const query = useQuery(toExamineQuery(client, isBank));
  if (!isBank) return null;
  return (
    <Panel title={t("queue.title")} aside={<RuleTag rule="U28" />}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="muted">{t("queue.none")}</p>
          ) : (
            <ul className="lines">
              {items.map((presentation) => (
                <ToExamine key={presentation.id} presentation={presentation} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

function ToExamine({ presentation }: { readonly presentation: PresentationSummary }) {
  const { t } = useTranslation();
  const { me } = useSession();
  const { creditId, beneficiary, amount, presentedOn } = presentation;
  const own = presentation.examinations.find(({ bank }) => bank.participantId === me.organisation.participantId);
  const until = own?.decideBy ?? own?.deadline;
  return (
    <li>
      <span>
        <Link href={`/app/credits/${creditId}`}>{t("queue.examine", { date: presentedOn })}</Link>
        <span className="muted block">
          <Party party={beneficiary} /> · <Amount money={amount} />
        </span>
      </span>
      {until && (
        <span className="line-end">
          <Countdown until={until} />
          <span className="muted">
            {t("examination.decideBy")} <When at={until} />
          </span>
        </span>
      )}
    </li>
  );
}
