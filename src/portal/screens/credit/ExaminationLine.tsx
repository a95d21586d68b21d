import { useTranslation } from "react-i18next";
import type { Examination } from "../../api/creditTypes.ts";
import { Chip, type Tone } from "../../ui/Chip.tsx";
import { Countdown } from "../../ui/Countdown.tsx";
import { Party } from "../../ui/Party.tsx";
import { When } from "../../ui/When.tsx";
import { Discrepancies } from "./Discrepancies.tsx";

const tones: Readonly<Record<Examination["decision"], Tone>> = {
  none: "plain",
  examining: "warn",
  complying: "good",
  refused: "bad",
  precluded: "bad",
};

interface ExaminationLineProps {
  readonly presentationId: string;
  readonly examination: Examination;
}

/** One bank's part: when it received the documents, until when it must decide, and what it decided. */
export function ExaminationLine({ presentationId, examination }: ExaminationLineProps) {
  const { t } = useTranslation();
  const { bank, decision, receivedAt, decideBy, deadline, decidedAt, disposal, forwardedTo } = examination;
  return (
    <li>
      <span>
        <Party party={bank} />
        <br />
        <span className="muted">
          {t("examination.received")} <When at={receivedAt} />
          {forwardedTo && (
            <>
              {" · "}
              {t("examination.forwardedTo")} <Party party={forwardedTo} />
            </>
          )}
        </span>
        {decision === "examining" && deadline && (
          <span className="muted block">
            {t("examination.decideBy")} <When at={decideBy ?? deadline} /> · {t("examination.precludedFrom")}{" "}
            <When at={deadline} />
          </span>
        )}
      </span>
      <span className="line-end">
        <Chip tone={tones[decision]}>{t(`examination.decision.${decision}`)}</Chip>
        {decision === "examining" && deadline && <Countdown until={decideBy ?? deadline} />}
        {decidedAt && (
          <span className="muted">
            <When at={decidedAt} />
          </span>
        )}
        {disposal && <span className="muted">{t(`examination.disposal.${disposal}`)}</span>}
      </span>
      {decision === "refused" && <Discrepancies presentationId={presentationId} bank={bank} />}
    </li>
  );
}
