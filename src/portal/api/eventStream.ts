import { createEventStreamParser } from "./serverSentEvents.ts";
import type { LedgerEvent } from "./types.ts";

export type StreamState = "connecting" | "live" | "waiting" | "refused";

interface FollowOptions {
  readonly url: string;
  readonly apiKey: string;
  /** Id of the last event that was seen, or null to begin with the first one. */
  readonly lastId: string | null;
  readonly signal: AbortSignal;
  readonly onEvent: (event: LedgerEvent, id: string) => void;
  readonly onState: (state: StreamState) => void;
  /** Pause before coming back, by the number of failures in a row. */
  readonly delay?: (failures: number) => number;
}

const firstDelayMs = 500;
const delayMsMax = 30_000;
/** The gateway sends a comment more often than this; silence beyond it is a dead connection. */
const silenceMs = 60_000;

/**
 * Follows the organisation's events until the signal aborts: resumes after the last id that was seen, and comes back
 * with growing delays when the connection ends. `EventSource` cannot send the `Authorization` header, so the stream is
 * read by fetch. A refusal (401, 403) ends it.
 */
export async function followEvents(options: FollowOptions): Promise<void> {
  const { url, apiKey, signal, onEvent, onState, delay = delayMs } = options;
  let resumeFrom = options.lastId;
  let failures = 0;
  while (!signal.aborted) {
    onState(failures === 0 ? "connecting" : "waiting");
    const outcome = await readStream({
      url,
      apiKey,
      lastId: resumeFrom,
      signal,
      onOpen() {
        failures = 0;
        onState("live");
      },
      onEvent(event, id) {
        resumeFrom = id;
        onEvent(event, id);
      },
    }).catch(() => "ended" as const);
    if (outcome === "refused") return onState("refused");
    if (signal.aborted) return;
    onState("waiting");
    await pause(delay(failures), signal);
    failures += 1;
  }
}

/** Grows by powers of two up to a limit, with a random part, so that many portals do not come back at once. */
export function delayMs(failures: number, random: () => number = Math.random): number {
  const full = Math.min(delayMsMax, firstDelayMs * 2 ** failures);
  return full / 2 + (full / 2) * random();
}

interface ReadOptions extends Omit<FollowOptions, "onState" | "delay"> {
  readonly onOpen: () => void;
}

async function readStream(options: ReadOptions): Promise<"ended" | "refused"> {
  const { url, apiKey, lastId, onOpen, onEvent } = options;
  const silence = new AbortController();
  const signal = AbortSignal.any([options.signal, silence.signal]);
  const response = await fetch(url, {
    headers: {
      accept: "text/event-stream",
      authorization: `Bearer ${apiKey}`,
      ...(lastId !== null && { "last-event-id": lastId }),
    },
    cache: "no-store",
    signal,
  });
  if (response.status === 401 || response.status === 403) return "refused";
  if (!response.ok || !response.body) return "ended";
  onOpen();
  const parser = createEventStreamParser();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const timer = setTimeout(() => silence.abort(), silenceMs);
    const { done, value } = await reader.read().finally(() => clearTimeout(timer));
    if (done) return "ended";
    for (const { id, data } of parser.push(value)) onEvent(JSON.parse(data) as LedgerEvent, id);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => resolve(clearTimeout(timer)), { once: true });
  });
}
