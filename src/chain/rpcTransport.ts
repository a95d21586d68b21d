import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import { AppError } from "../shared/errors.ts";

/**
 * Why there is no answer, as fact `reason` of `chain.unavailable`. Whether the node did something is unknown for all but
 * `limited` and `behind`.
 */
export type Unavailability =
  | "unreachable"
  | "timeout"
  | "too_large"
  | "limited"
  | "not_json_rpc"
  /** The two that an endpoint pool adds: it was not asked. */
  | "behind"
  | "breaker_open";

export interface TransportOptions {
  /** `http://` or `https://`; a user and password in it become Basic authentication. */
  readonly url: string;
  /** For a whole call with its waits. Whoever accepts and never answers is given up after it. */
  readonly timeoutMs?: number;
  readonly connectTimeoutMs?: number;
  /** A reply beyond this many bytes is none. */
  readonly responseBytesMax?: number;
  /** Connections that are kept open at most. */
  readonly connections?: number;
  /** HTTP 429: a longer `Retry-After` than this is not waited for. */
  readonly retryAfterMaxMs?: number;
  /** HTTP 429: how often a call goes out in all. */
  readonly attemptsMax?: number;
  /** `traceparent` of the work under way. */
  readonly traceparent?: () => string | undefined;
  /** For tests: waits without waiting. */
  readonly wait?: (ms: number) => Promise<unknown>;
}

export interface Transport {
  /** Posts JSON, gives what came back as JSON. @throws AppError `chain.unavailable` with a `reason`. */
  post(payload: unknown): Promise<unknown>;
  /** Calls under way end as unavailable. */
  close(): Promise<void>;
}

export function unavailable(reason: Unavailability, cause?: unknown): AppError {
  return new AppError("chain.unavailable", { reason }, cause === undefined ? {} : { cause });
}

/** Why there was no answer; undefined when the error says something else. */
export function unavailabilityOf(error: unknown): Unavailability | undefined {
  if (!(error instanceof AppError) || error.code !== "chain.unavailable") return undefined;
  return (error.facts["reason"] ?? "unreachable") as Unavailability;
}

const firstWaitMs = 250;

export function createTransport(options: TransportOptions): Transport {
  const { timeoutMs = 30_000, retryAfterMaxMs = 5_000, attemptsMax = 3, wait = sleep } = options;
  const { origin, path, headers } = readAddress(options.url);
  const pool = new Pool(origin, {
    connections: options.connections ?? 16,
    connect: { timeout: options.connectTimeoutMs ?? 5_000 },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: options.responseBytesMax ?? 64 * 1_048_576,
    // One reply is one JSON text; several at once on a connection would wait for each other.
    pipelining: 1,
  });

  async function send(body: string, signal: AbortSignal): Promise<{ text: string } | { retryAfterMs: number }> {
    const traceparent = options.traceparent?.();
    const response = await pool.request({
      ...{ path, method: "POST", body, signal },
      headers: { ...headers, ...(traceparent !== undefined && { traceparent }) },
    });
    // Other errors of HTTP may well carry a JSON-RPC error; whoever reads the text finds out.
    if (response.statusCode !== 429) return { text: await response.body.text() };
    await response.body.dump();
    return { retryAfterMs: retryAfter(response.headers) };
  }

  /** Whether it goes out again. Too many calls were refused before anything was done, so nothing is doubled. */
  async function waitForTurn(attempt: number, retryAfterMs: number): Promise<boolean> {
    if (attempt >= attemptsMax || retryAfterMs > retryAfterMaxMs) return false;
    await wait(retryAfterMs >= 0 ? retryAfterMs : firstWaitMs * 2 ** (attempt - 1));
    return true;
  }

  return {
    async post(payload) {
      const body = JSON.stringify(payload);
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        for (let attempt = 1; ; attempt += 1) {
          const answer = await send(body, signal);
          if ("text" in answer) return JSON.parse(answer.text) as unknown;
          if (!(await waitForTurn(attempt, answer.retryAfterMs))) throw unavailable("limited");
        }
      } catch (error) {
        throw error instanceof AppError ? error : unavailable(classify(error), error);
      }
    },
    close: () => pool.destroy(),
  };
}

function readAddress(text: string): { origin: string; path: string; headers: Record<string, string> } {
  const { origin, pathname, search, username, password } = new URL(text);
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (username !== "" || password !== "") {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    headers["authorization"] = `Basic ${Buffer.from(credentials).toString("base64")}`;
  }
  return { origin, path: `${pathname}${search}`, headers };
}

/** Milliseconds that a server asks to wait: a number of seconds, or a date, by its own clock. Negative: it does not say. */
function retryAfter(headers: Readonly<Record<string, string | readonly string[] | undefined>>): number {
  const text = headers["retry-after"];
  if (typeof text !== "string" || text.trim() === "") return -1;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1_000;
  const untilMs = Date.parse(text) - Date.parse(String(headers["date"]));
  return Number.isFinite(untilMs) ? Math.max(0, untilMs) : -1;
}

const timeouts: ReadonlySet<unknown> = new Set([
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "ETIMEDOUT",
]);

function classify(error: unknown): Unavailability {
  if (error instanceof SyntaxError) return "not_json_rpc";
  if (!(error instanceof Error)) return "unreachable";
  const code = "code" in error ? error.code : undefined;
  if (error.name === "TimeoutError" || timeouts.has(code)) return "timeout";
  return code === "UND_ERR_RES_EXCEEDED_MAX_SIZE" ? "too_large" : "unreachable";
}
