import type { LedgerEvent } from "../../api/types.ts";
import { useSentence } from "./useSentence.ts";

/** Tells screen readers what has just happened. */
export function Announcer({ event }: { readonly event: LedgerEvent | null }) {
  const sentence = useSentence();
  return (
    <p className="unseen" aria-live="polite" data-testid="latest-event">
      {event && sentence(event)}
    </p>
  );
}
