import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { followEvents, type StreamState } from "./eventStream.ts";
import { staleKeys } from "./keys.ts";
import { lastSequence } from "./lastSequence.ts";
import type { LedgerEvent } from "./types.ts";
import { useSession } from "./useSession.ts";

export interface LiveEvents {
  readonly state: StreamState;
  /** The newest event that came while the page was open. */
  readonly latest: LedgerEvent | null;
}

/** Events of one commit come together; their queries are asked once. */
const gatherMs = 100;

/**
 * Follows the organisation's events and makes stale what each concerns. Where the stream stood is kept for the tab, so
 * that a reload goes on from there; a page that is opened anew begins with what comes next.
 */
export function useLiveEvents(): LiveEvents {
  const { apiKey, client, me } = useSession();
  const { userId } = me.user;
  const queries = useQueryClient();
  const [state, setState] = useState<StreamState>("connecting");
  const [latest, setLatest] = useState<LedgerEvent | null>(null);

  useEffect(() => {
    const stop = new AbortController();
    const place = `hansa.lastEvent.${userId}`;
    const stale = new Map<string, readonly string[]>();
    let timer: ReturnType<typeof setTimeout> | undefined;

    function refresh(): void {
      timer = undefined;
      const queryKeys = [...stale.values()];
      stale.clear();
      for (const queryKey of queryKeys) void queries.invalidateQueries({ queryKey });
    }

    function hear(event: LedgerEvent, id: string): void {
      sessionStorage.setItem(place, id);
      setLatest(event);
      for (const key of staleKeys(event)) stale.set(key.join(), key);
      timer ??= setTimeout(refresh, gatherMs);
    }

    async function begin(): Promise<void> {
      let lastId = sessionStorage.getItem(place);
      if (lastId === null) {
        lastId = await lastSequence(client).then(String, () => null);
        // What was read before that moment may have missed an event.
        void queries.invalidateQueries();
      }
      const { signal } = stop;
      await followEvents({ url: "/v1/events/stream", apiKey, lastId, signal, onState: setState, onEvent: hear });
    }

    void begin();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [apiKey, client, userId, queries]);

  return { state, latest };
}
