import { useTranslation } from "react-i18next";
import type { Credit } from "../../api/creditTypes.ts";
import { Fact, Facts } from "../../ui/Facts.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { Party } from "../../ui/Party.tsx";

const roles = [
  "applicant",
  "beneficiary",
  "issuingBank",
  "advisingBank",
  "secondAdvisingBank",
  "nominatedBank",
  "confirmer",
] as const satisfies readonly (keyof Credit["parties"])[];

export function CreditParties({ credit: { parties } }: { readonly credit: Credit }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("deals.parties")}>
      <Facts>
        {roles.map((role) => {
          const party = parties[role];
          return (
            party && (
              <Fact key={role} name={t(`summary.${role}`)}>
                <Party party={party} />
              </Fact>
            )
          );
        })}
      </Facts>
    </Panel>
  );
}
