import { useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { clockQuery } from "../api/businessClock.ts";
import { useSession } from "../api/useSession.ts";

/** One timer for all countdowns of the page. */
function everySecond(notify: () => void): () => void {
  const timer = setInterval(notify, 1_000);
  return () => clearInterval(timer);
}

const stopwatchSecond = () => Math.floor(performance.now() / 1_000);

/** Business time in milliseconds, moving on by the second; undefined until the server has told it. */
export function useBusinessNow(): number | undefined {
  const { client } = useSession();
  const { data } = useQuery(clockQuery(client));
  const second = useSyncExternalStore(everySecond, stopwatchSecond);
  return data && data.businessMs + Math.max(0, second * 1_000 - data.readAtMs);
}
