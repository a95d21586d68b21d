import { useTranslation } from "react-i18next";
import type { Examination, PresentationSummary } from "../../api/creditTypes.ts";
import { Amount } from "../../ui/Amount.tsx";
import { Chip } from "../../ui/Chip.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { Party } from "../../ui/Party.tsx";
import { RuleTag } from "../../ui/RuleTag.tsx";
import { When } from "../../ui/When.tsx";
import { ExaminationLine } from "./ExaminationLine.tsx";

/** Each showing of documents, with every bank's own clock and decision. */
export function Presentations({ presentations }: { readonly presentations: readonly PresentationSummary[] }) {
  const { t } = useTranslation();
  if (presentations.length === 0) return null;
  const inOrder = [...presentations].sort((one, other) => (one.presentedAt < other.presentedAt ? -1 : 1));
  return (
    <Panel title={t("presentation.title")}>
      {inOrder.map((presentation) => (
        <OnePresentation key={presentation.id} presentation={presentation} />
      ))}
    </Panel>
  );
}

function OnePresentation({ presentation }: { readonly presentation: PresentationSummary }) {
  const { t } = useTranslation();
  const { id, amount, presentedAt, presentedTo, replaces } = presentation;
  return (
    <article className="presentation">
      <h3>
        <When at={presentedAt} />
      </h3>
      <p>
        <Amount money={amount} /> <span className="muted">{t("presentation.to")}</span> <Party party={presentedTo} />
        {replaces && <span className="muted"> · {t("presentation.cures")}</span>}
      </p>
      <Faults presentation={presentation} />
      <ul className="lines">
        {inOrderOfReceipt(presentation).map((examination) => (
          <ExaminationLine key={examination.bank.participantId} presentationId={id} examination={examination} />
        ))}
      </ul>
    </article>
  );
}

/** Banks in the order in which the documents went from one to the next. */
function inOrderOfReceipt({ presentedTo, examinations }: PresentationSummary): readonly Examination[] {
  const ordered: Examination[] = [];
  let next = examinations.find(({ bank }) => bank.participantId === presentedTo.participantId);
  while (next && !ordered.includes(next)) {
    ordered.push(next);
    const to = next.forwardedTo?.participantId;
    next = examinations.find(({ bank }) => bank.participantId === to);
  }
  return [...ordered, ...examinations.filter((one) => !ordered.includes(one))];
}

/** Facts that a bank may raise as discrepancies; the presentation stands nevertheless. */
function Faults({ presentation }: { readonly presentation: PresentationSummary }) {
  const { t } = useTranslation();
  const { isLate, isPeriodMissed, isShipmentLate } = presentation;
  if (!isLate && !isPeriodMissed && !isShipmentLate) return null;
  return (
    <p className="chips">
      {isLate && (
        <>
          <Chip tone="bad">{t("presentation.late")}</Chip> <RuleTag rule="U12" />
        </>
      )}
      {isPeriodMissed && (
        <>
          <Chip tone="bad">{t("presentation.periodMissed")}</Chip> <RuleTag rule="U29" />
        </>
      )}
      {isShipmentLate && <Chip tone="bad">{t("presentation.shipmentLate")}</Chip>}
    </p>
  );
}
