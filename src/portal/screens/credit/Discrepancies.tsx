import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { presentationQuery } from "../../api/queries.ts";
import type { PartyRef } from "../../api/types.ts";
import { useSession } from "../../api/useSession.ts";
import { useWord } from "../../i18n.ts";
import { Loaded } from "../../ui/Loaded.tsx";

interface DiscrepanciesProps {
  readonly presentationId: string;
  readonly bank: PartyRef;
}

/** Why a bank refused. The wording is for that bank, its presenter and the beneficiary (U40). */
export function Discrepancies({ presentationId, bank }: DiscrepanciesProps) {
  const { t } = useTranslation();
  const word = useWord();
  const { client } = useSession();
  const query = useQuery(presentationQuery(client, presentationId));
  return (
    <Loaded query={query}>
      {({ discrepancies, documents }) => (
        <ul className="discrepancies">
          {discrepancies
            .filter((one) => one.bank.participantId === bank.participantId)
            .map(({ code, document, article, text }, index) => {
              const kind = documents.find(({ position }) => position === document)?.kind;
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: a notice never changes; two discrepancies may be alike.
                <li key={index}>
                  <code>{code}</code> {text ?? t("discrepancy.withheld")}{" "}
                  <span className="muted">
                    {document > 0 && t("discrepancy.document", { number: document })}
                    {kind && ` (${word("document", kind)})`}
                    {article > 0 && ` · ${t("rule.article", { article: String(article) })}`}
                  </span>
                </li>
              );
            })}
        </ul>
      )}
    </Loaded>
  );
}
