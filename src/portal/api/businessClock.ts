import { queryOptions } from "@tanstack/react-query";
import type { ApiClient } from "./client.ts";
import { keys } from "./keys.ts";
import { problemOf } from "./problem.ts";

/** What the server's business time was, and where the browser's own stopwatch stood at that moment. */
export interface ClockReading {
  readonly businessMs: number;
  readonly readAtMs: number;
  /** A sandbox's clock, which may jump forward. */
  readonly isTestClock: boolean;
}

const readEveryMs = 60_000;

/**
 * Business time as the server has it: the sandbox's test clock where there is one, else the `Date` header of the
 * reply, because without a test clock business time is wall time. The browser's own clock may be wrong and is not asked.
 */
async function readClock(client: ApiClient): Promise<ClockReading> {
  const { data, error, response } = await client.GET("/v1/sandbox/clock");
  const readAtMs = performance.now();
  if (data) return { businessMs: Date.parse(data.businessTime), readAtMs, isTestClock: true };
  const date = Date.parse(response.headers.get("date") ?? "");
  if (response.status !== 404 || Number.isNaN(date)) throw problemOf(response, error);
  return { businessMs: date, readAtMs, isTestClock: false };
}

export function clockQuery(client: ApiClient) {
  return queryOptions({
    queryKey: keys.clock(),
    queryFn: () => readClock(client),
    refetchInterval: readEveryMs,
    refetchOnWindowFocus: "always",
  });
}
