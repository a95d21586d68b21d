import { useTranslation } from "react-i18next";
import type { Escrow, Milestone } from "../../api/escrowTypes.ts";
import { Amount } from "../../ui/Amount.tsx";
import { Chip, type Tone } from "../../ui/Chip.tsx";
import { Countdown } from "../../ui/Countdown.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { Party } from "../../ui/Party.tsx";
import { When } from "../../ui/When.tsx";

const tones: Readonly<Record<Milestone["status"], Tone>> = {
  open: "plain",
  delivered: "accent",
  disputed: "bad",
  settled: "good",
};

export function Milestones({ escrow }: { readonly escrow: Escrow }) {
  const { t } = useTranslation();
  const { milestones, evidence } = escrow;
  return (
    <Panel title={t("escrow.milestones")}>
      <ol className="lines">
        {milestones.map((milestone) => (
          <OneMilestone
            key={milestone.position}
            milestone={milestone}
            evidence={evidence.filter(({ position }) => position === milestone.position)}
          />
        ))}
      </ol>
    </Panel>
  );
}

interface OneMilestoneProps {
  readonly milestone: Milestone;
  readonly evidence: Escrow["evidence"];
}

function OneMilestone({ milestone, evidence }: OneMilestoneProps) {
  const { t } = useTranslation();
  const { position, title, money, status, toSeller, toBuyer } = milestone;
  return (
    <li>
      <span>
        <strong>
          {position + 1}. {title}
        </strong>
        <Deadline milestone={milestone} />
        {evidence.map(({ kind, by, text }) => (
          <span key={`${kind}${by.participantId}`} className="block evidence">
            <span className="muted">
              {t(`escrow.evidence.${kind}`)} <Party party={by} />
            </span>
            <q>{text}</q>
          </span>
        ))}
      </span>
      <span className="line-end">
        <Amount money={money} />
        <Chip tone={tones[status]}>{t(`escrow.milestone.${status}`)}</Chip>
        {toSeller && toBuyer && (
          <span className="muted">
            {t("escrow.toSeller")} <Amount money={toSeller} />
            <br />
            {t("escrow.toBuyer")} <Amount money={toBuyer} />
          </span>
        )}
      </span>
    </li>
  );
}

/** The clock that runs for a milestone, and what ends it when nobody acts. */
function Deadline({ milestone }: { readonly milestone: Milestone }) {
  const { t } = useTranslation();
  const { status, dueAt, inspectionEndsAt, rulingEndsAt, timedExit } = milestone;
  const until = { open: dueAt, delivered: inspectionEndsAt, disputed: rulingEndsAt, settled: null }[status];
  if (status === "settled" || until === null) return null;
  return (
    <span className="block muted">
      {t(`escrow.until.${status}`)} <When at={until} /> {timedExit && <Countdown until={until} />}
      {timedExit && <span className="block">{t(`escrow.exit.${timedExit.exit}`)}</span>}
    </span>
  );
}
