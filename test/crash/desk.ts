/**
 * How the driver's clients speak to whichever gateway lives: a request is sent with one key until it has an answer, and
 * every answer is written down. What stands here was acknowledged, and must hold for ever.
 */
import { setTimeout as delay } from "node:timers/promises";

export interface Request {
  /** Unique in the round; the idempotency key. */
  readonly key: string;
  readonly token: string;
  readonly path: string;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The reply is as fresh as the outcome (`Prefer: wait`), not the one that was stored. */
  readonly isWaited: boolean;
}

/** A request and everything that was said to it. */
export interface Entry {
  readonly request: Request;
  readonly answers: Answer[];
}

/** The address of the living gateway; there is none between two lives. */
export interface Network {
  set(url: string | undefined): void;
  /** Waits for a life. @throws Error when the round was given up */
  url(): Promise<string>;
  giveUp(cause: Error): void;
}

export function createNetwork(): Network {
  let current = Promise.withResolvers<string>();
  let isOpen = false;
  let cause: Error | undefined;
  // A round that is given up may have nobody waiting.
  current.promise.catch(() => undefined);
  return {
    set(url) {
      if (url === undefined) {
        if (!isOpen) return;
        isOpen = false;
        current = Promise.withResolvers<string>();
        current.promise.catch(() => undefined);
        return;
      }
      isOpen = true;
      current.resolve(url);
    },
    url: () => (cause ? Promise.reject(cause) : current.promise),
    giveUp(reason) {
      cause = reason;
      current.reject(reason);
    },
  };
}

export interface Desk {
  /** Sends until there is an answer that says something. `waitSeconds` asks for the outcome. */
  send(request: Request, waitSeconds?: number): Promise<Answer>;
  /** Several acts of one caller in one request, each under its own key. */
  batch(requests: readonly Request[]): Promise<readonly Answer[]>;
  read(token: string, target: string): Promise<unknown>;
  readonly entries: ReadonlyMap<string, Entry>;
  /** Answers of the kind that no client should ever see. */
  readonly faults: readonly string[];
  /** Times that a request had to be sent again. */
  resent(): number;
}

const patienceMs = 45_000;
const pauseMs = 60;
/** Busy, stopping, or the ledger is away: the same request may come again. */
const again: ReadonlySet<number> = new Set([429, 502, 503, 504]);

export function createDesk(network: Network): Desk {
  const entries = new Map<string, Entry>();
  const faults: string[] = [];
  let resent = 0;

  async function attempt(token: string, target: string, init: { method: string; headers?: object; body?: unknown }) {
    for (;;) {
      const url = await network.url();
      try {
        const reply = await fetch(url + target, {
          method: init.method,
          headers: {
            authorization: `Bearer ${token}`,
            ...(init.body !== undefined && { "content-type": "application/json" }),
            ...init.headers,
          },
          ...(init.body !== undefined && { body: JSON.stringify(init.body) }),
          signal: AbortSignal.timeout(patienceMs),
        });
        const text = await reply.text();
        if (!again.has(reply.status)) {
          if (reply.status >= 500) faults.push(`${init.method} ${target}: ${reply.status} ${text}`);
          else return { reply, text };
        }
      } catch {
        // The connection was cut, before or after the gateway had the request: nobody knows which.
      }
      resent += 1;
      await delay(pauseMs);
    }
  }

  function record(request: Request, answer: Answer): Answer {
    const entry = entries.get(request.key) ?? { request, answers: [] };
    entries.set(request.key, entry);
    entry.answers.push(answer);
    return answer;
  }

  return {
    entries,
    faults,
    resent: () => resent,
    async send(request, waitSeconds) {
      const headers = {
        "idempotency-key": request.key,
        ...(waitSeconds !== undefined && { prefer: `wait=${waitSeconds}` }),
      };
      const { body } = request;
      const { reply, text } = await attempt(request.token, request.path, { method: "POST", headers, body });
      const isWaited = reply.headers.has("preference-applied");
      return record(request, { status: reply.status, text, isWaited });
    },
    async batch(requests) {
      const [first] = requests;
      if (!first) return [];
      const acts = requests.map(({ key, path, body }) => ({
        idempotencyKey: key,
        path,
        ...(body !== undefined && { body }),
      }));
      for (;;) {
        const { reply, text } = await attempt(first.token, "/v1/batch", { method: "POST", body: { acts } });
        if (reply.status !== 200) throw new Error(`/v1/batch: ${reply.status} ${text}`);
        const { results } = JSON.parse(text) as { results: { status: number; body: unknown }[] };
        const isWhole = results.every(({ status }) => !again.has(status) && status < 500);
        if (!isWhole) {
          await delay(pauseMs);
          continue;
        }
        return results.map(({ status, body }, index) => {
          const request = requests[index] ?? first;
          return record(request, { status, text: JSON.stringify(body), isWaited: false });
        });
      }
    },
    async read(token, target) {
      const { reply, text } = await attempt(token, target, { method: "GET" });
      if (!reply.ok) throw new Error(`GET ${target}: ${reply.status} ${text}`);
      return JSON.parse(text);
    },
  };
}
