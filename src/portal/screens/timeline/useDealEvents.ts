import { useQueries } from "@tanstack/react-query";
import { eventsQuery } from "../../api/queries.ts";
import type { LedgerEvent } from "../../api/types.ts";
import { useSession } from "../../api/useSession.ts";

/** Events of a deal and of the things that belong to it, in the order of the organisation's sequence. */
export function useDealEvents(subjects: readonly string[]) {
  const { client } = useSession();
  return useQueries({
    queries: subjects.map((subject) => eventsQuery(client, subject)),
    combine: (results) => {
      const bySequence = new Map<number, LedgerEvent>();
      for (const { data } of results) for (const event of data ?? []) bySequence.set(event.sequence, event);
      return {
        events: [...bySequence.values()].sort((one, other) => one.sequence - other.sequence),
        isComplete: results.every(({ data }) => data !== undefined),
        error: results.find(({ error }) => error)?.error ?? null,
      };
    },
  });
}
