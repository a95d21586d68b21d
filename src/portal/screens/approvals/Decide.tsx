import { type SubmitEvent, useId } from "react";
import { useTranslation } from "react-i18next";
import type { Act, Approval } from "../../api/types.ts";
import { useDecision } from "../../api/useDecision.ts";
import { useSession } from "../../api/useSession.ts";
import { ProblemNote } from "../../ui/ProblemNote.tsx";

/** A checker approves, which signs exactly what is shown, or rejects with a reason. Others read who may. */
export function Decide({ approval }: { readonly approval: Approval }) {
  const { t } = useTranslation();
  const { me } = useSession();
  const decision = useDecision(approval.id);
  const { data: act, error, isPending } = decision;
  const isOpen = approval.status === "awaiting_approval" && !act;
  return (
    <section className="decide" aria-label={t("approval.decide")}>
      {act && <Outcome act={act} />}
      {error && <ProblemNote problem={error} />}
      {isOpen && me.user.role !== "checker" && <p className="muted">{t("approval.byChecker")}</p>}
      {isOpen && me.user.role === "checker" && (
        <>
          <div>
            <p>{t("approval.approveLead")}</p>
            <button
              type="button"
              className="button primary"
              disabled={isPending}
              onClick={() => decision.mutate({ kind: "approve" })}
            >
              {t(isPending ? "approval.sending" : "approval.approve")}
            </button>
          </div>
          <Reject isPending={isPending} onReject={(reason) => decision.mutate({ kind: "reject", reason })} />
        </>
      )}
    </section>
  );
}

interface RejectProps {
  readonly isPending: boolean;
  readonly onReject: (reason: string) => void;
}

function Reject({ isPending, onReject }: RejectProps) {
  const { t } = useTranslation();
  const field = useId();

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget).get("reason")).trim();
    if (reason !== "") onReject(reason);
  }

  return (
    <form onSubmit={submit}>
      <label htmlFor={field}>{t("approval.reason")}</label>
      <textarea id={field} name="reason" rows={2} maxLength={500} required />
      <button type="submit" className="button danger" disabled={isPending}>
        {t("approval.reject")}
      </button>
    </form>
  );
}

/** What became of the act: rejected, on its way, executed in a block, or refused by the ledger. */
function Outcome({ act }: { readonly act: Act }) {
  const { t } = useTranslation();
  const { status, transaction } = act;
  if (status === "rejected") return <p className="note plain">{t("approval.rejected")}</p>;
  if (transaction?.status === "mined" || transaction?.status === "final") {
    return (
      <p className="note good" role="status">
        {t("approval.executed", { block: transaction.blockNumber ?? "?" })}
      </p>
    );
  }
  if (transaction && ["reverted", "cancelled", "replaced", "dead"].includes(transaction.status)) {
    return (
      <p className="note bad" role="alert">
        {t("approval.failed")} {transaction.error && <code>{transaction.error}</code>}
      </p>
    );
  }
  return (
    <p className="note plain" role="status">
      {t("approval.onItsWay")}
    </p>
  );
}
