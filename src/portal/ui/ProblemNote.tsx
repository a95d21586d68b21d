import { useTranslation } from "react-i18next";
import { ProblemError } from "../api/problem.ts";

interface ProblemNoteProps {
  readonly problem: Error;
  readonly onRetry?: () => void;
}

/** What went wrong: the problem's title and its stable code, with a link to the page about it. */
export function ProblemNote({ problem, onRetry }: ProblemNoteProps) {
  const { t } = useTranslation();
  const known = problem instanceof ProblemError ? problem : null;
  const title = known?.status === 0 || !known ? t("problem.unreachable") : known.message;
  return (
    <div className="note bad" role="alert">
      <p>
        <strong>{title}</strong>
        {known && known.status !== 0 && (
          <>
            {" "}
            <a className="code" href={`/errors/${known.code}`}>
              {known.code}
            </a>
          </>
        )}
      </p>
      {known?.detail && <p>{known.detail}</p>}
      {onRetry && (
        <button type="button" className="button small" onClick={onRetry}>
          {t("state.retry")}
        </button>
      )}
    </div>
  );
}
