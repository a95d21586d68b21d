import { useTranslation } from "react-i18next";
import type { StreamState } from "../api/eventStream.ts";

/** Whether the page hears of events as they happen. */
export function LiveSign({ state }: { readonly state: StreamState }) {
  const { t } = useTranslation();
  return (
    <span className={`live ${state}`} role="status">
      {t(`live.${state}`)}
    </span>
  );
}
