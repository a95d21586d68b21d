import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { waitingApprovalsQuery } from "../../api/queries.ts";
import { useSession } from "../../api/useSession.ts";
import { Loaded } from "../../ui/Loaded.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { ApprovalList } from "../approvals/ApprovalList.tsx";

/** Acts of the own organisation that wait for a second person. */
export function WaitingApprovals() {
  const { t } = useTranslation();
  const { client } = useSession();
  const query = useQuery(waitingApprovalsQuery(client));
  return (
    <Panel title={t("approval.waiting")}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? <p className="muted">{t("approval.none")}</p> : <ApprovalList approvals={items} />
        }
      </Loaded>
    </Panel>
  );
}
