import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { approvalQuery, usersQuery } from "../../api/queries.ts";
import type { Approval } from "../../api/types.ts";
import { useSession } from "../../api/useSession.ts";
import { useWord } from "../../i18n.ts";
import { Chip, type Tone } from "../../ui/Chip.tsx";
import { Countdown } from "../../ui/Countdown.tsx";
import { Fact, Facts } from "../../ui/Facts.tsx";
import { Hash } from "../../ui/Hash.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { When } from "../../ui/When.tsx";
import { Decide } from "./Decide.tsx";
import { DecodedFields } from "./DecodedValue.tsx";

/** One act that waits for a second person, or did: exactly what is signed, and the decision. */
export function ApprovalScreen({ id }: { readonly id: string }) {
  const { client } = useSession();
  const query = useQuery(approvalQuery(client, id));
  return <Loaded query={query}>{(approval) => <OneApproval approval={approval} />}</Loaded>;
}

const tones: Readonly<Record<Approval["status"], Tone>> = {
  awaiting_approval: "warn",
  submitted: "good",
  signed: "good",
  rejected: "bad",
  withdrawn: "plain",
  voided: "plain",
  lapsed: "plain",
};

function OneApproval({ approval }: { readonly approval: Approval }) {
  const { t } = useTranslation();
  const word = useWord();
  return (
    <Screen title={word("kind", approval.kind)} kind={t("approval.one")}>
      <p className="chips">
        <Chip tone={tones[approval.status]}>{t(`approval.status.${approval.status}`)}</Chip>
      </p>
      <Circumstances approval={approval} />
      <Panel title={t("approval.signed")}>
        <DecodedFields fields={approval.summary} />
        <details>
          <summary>{t("approval.raw")}</summary>
          <Facts>
            <Fact name={t("approval.orderHash")}>
              <Hash hex={approval.orderHash} />
            </Fact>
            {approval.calls.map(({ target, data }) => (
              <Fact key={`${target}${data}`} name={t("approval.call")}>
                <Hash hex={target} /> <Hash hex={data} />
              </Fact>
            ))}
          </Facts>
        </details>
      </Panel>
      <Decide approval={approval} />
    </Screen>
  );
}

function Circumstances({ approval }: { readonly approval: Approval }) {
  const { t } = useTranslation();
  const { client } = useSession();
  const { data: users } = useQuery(usersQuery(client));
  const nameOf = (userId: string) => users?.items.find((user) => user.userId === userId)?.name ?? userId;
  const { kind, subject, proposedBy, approvedBy, reason, lapsesAt, status } = approval;
  const deal = dealPath(kind, subject);
  return (
    <Facts>
      <Fact name={t("approval.proposedBy")}>{nameOf(proposedBy)}</Fact>
      {approvedBy && <Fact name={t("approval.approvedBy")}>{nameOf(approvedBy)}</Fact>}
      {reason && <Fact name={t("approval.reason")}>{reason}</Fact>}
      {status === "awaiting_approval" && (
        <Fact name={t("approval.lapses")}>
          <When at={lapsesAt} /> <Countdown until={lapsesAt} />
        </Fact>
      )}
      {deal && (
        <Fact name={t("deals.deal")}>
          <Link href={deal}>{t("approval.showDeal")}</Link>
        </Fact>
      )}
    </Facts>
  );
}

const pathsByArea: Readonly<Record<string, string>> = {
  credit: "credits",
  escrow: "escrows",
  milestone: "escrows",
  // These are acts on the credit to which the documents or the claim belong.
  presentation: "credits",
  undertaking: "credits",
};

/** Where the portal shows the thing that an act concerns, if it does. */
function dealPath(kind: string, subject: string): string | undefined {
  const path = pathsByArea[kind.split(".")[0] ?? ""];
  return path && `/app/${path}/${subject}`;
}
