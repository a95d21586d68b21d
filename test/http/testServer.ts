import { Registry } from "prom-client";
import type { Caller, Endpoint } from "../../src/features/endpoint.ts";
import { createServer, type ServerOptions } from "../../src/http/server.ts";
import { createFixedClock } from "../../src/shared/clock.ts";
import type { Logger } from "../../src/shared/context.ts";
import { createShutdown } from "../../src/shared/shutdown.ts";
import { createMapIdempotency } from "./mapIdempotency.ts";

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export function createRecordingLogger(): Logger & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const record = (level: string) => (facts: object, message: string) => {
    lines.push({ level, message, facts: { ...facts } });
  };
  return { lines, debug: record("debug"), info: record("info"), warn: record("warn"), error: record("error") };
}

export function callerOf(overrides: Partial<Caller> = {}): Caller {
  return {
    userId: "user-1",
    organisationId: "organisation-1",
    participantId: 1,
    role: "maker",
    keyId: "0000000000000001",
    organisationRoles: ["bank"],
    secret: "secret-of-user-1",
    ...overrides,
  };
}

/** Credentials that the test server knows, unless a test brings its own. */
export const callers: Readonly<Record<string, Caller>> = {
  "maker-key": callerOf(),
  "viewer-key": callerOf({ userId: "user-2", role: "viewer", secret: "secret-of-user-2" }),
  "merchant-key": callerOf({
    userId: "user-3",
    organisationId: "organisation-2",
    organisationRoles: ["merchant"],
    secret: "secret-of-user-3",
  }),
};

export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly logger: ReturnType<typeof createRecordingLogger>;
  /** Calls as the maker unless `as` says otherwise; `as: null` sends no credentials. JSON bodies get a media type. */
  call(method: string, path: string, options?: CallOptions): Promise<Response>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly as?: string | null;
  readonly key?: string;
  readonly json?: unknown;
  readonly body?: BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function startTestServer(
  endpoints: readonly Endpoint[],
  overrides: Partial<ServerOptions> = {},
): Promise<TestServer> {
  const logger = createRecordingLogger();
  const server = createServer({
    context: { logger, clock: createFixedClock(0), shutdown: createShutdown() },
    endpoints,
    authenticate: async (token) => callers[token],
    idempotency: createMapIdempotency(),
    health: { live: () => true, ready: async () => ({ ready: true, checks: { store: { ok: true } } }) },
    metrics: new Registry(),
    info: { title: "Test", version: "1.0.0" },
    strict: true,
    ...overrides,
  });
  const { url, port } = await server.listen(0, "127.0.0.1");
  return {
    url,
    port,
    logger,
    close: () => server.close(),
    call: (method, path, options = {}) => fetch(`${url}${path}`, requestOf(method, options)),
  };
}

function requestOf(method: string, { as = "maker-key", key, json, body, headers = {} }: CallOptions): RequestInit {
  const payload = body ?? (json === undefined ? undefined : JSON.stringify(json));
  return {
    method,
    headers: {
      ...(as !== null && { Authorization: `Bearer ${as}` }),
      ...(key !== undefined && { "Idempotency-Key": key }),
      ...(payload !== undefined && { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(payload !== undefined && { body: payload }),
  };
}

/** The parsed problem of a reply; fails when the reply is no problem. */
export async function problemOf(response: Response): Promise<{
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly type: string;
  readonly retryable: boolean;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}> {
  const type = response.headers.get("content-type");
  if (type !== "application/problem+json") throw new Error(`${response.status} ${type}: ${await response.text()}`);
  return JSON.parse(await response.text());
}
