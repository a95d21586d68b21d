import { Link } from "wouter";
import type { Approval } from "../../api/types.ts";
import { useWord } from "../../i18n.ts";
import { Amount } from "../../ui/Amount.tsx";
import { Countdown } from "../../ui/Countdown.tsx";
import { asMoney } from "./decoded.ts";

export function ApprovalList({ approvals }: { readonly approvals: readonly Approval[] }) {
  return (
    <ul className="lines">
      {approvals.map((approval) => (
        <Line key={approval.id} approval={approval} />
      ))}
    </ul>
  );
}

function Line({ approval }: { readonly approval: Approval }) {
  const word = useWord();
  const { id, kind, summary, lapsesAt } = approval;
  const { reference, amount, money, total } = summary;
  const sum = asMoney(amount) ?? asMoney(money) ?? asMoney(total);
  return (
    <li>
      <span>
        <Link href={`/app/approvals/${id}`}>{word("kind", kind)}</Link>
        <span className="muted">
          {typeof reference === "string" && ` ${reference}`}
          {sum && (
            <>
              {" "}
              <Amount money={sum} />
            </>
          )}
        </span>
      </span>
      <span className="line-end">
        <Countdown until={lapsesAt} />
      </span>
    </li>
  );
}
