import { createServer as createHttpServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";
import type { Caller, Endpoint } from "../features/endpoint.ts";
import type { Context } from "../shared/context.ts";
import { AppError } from "../shared/errors.ts";
import { limits } from "../shared/limits.ts";
import { createActRoutes } from "./actRoutes.ts";
import { createApplication } from "./application.ts";
import { type ConnectionGuard, guardConnections } from "./connections.ts";
import { createContract } from "./contract.ts";
import type { IdempotencyPort } from "./idempotency.ts";
import type { ApiInfo } from "./openapi.ts";
import type { Health } from "./operations.ts";
import type { SettledPort } from "./services.ts";
import { createStreamSender } from "./stream.ts";
import { createUserLoad, type UserLoadLimits } from "./userLoad.ts";

export interface ServerOptions {
  readonly context: Context;
  readonly endpoints: readonly Endpoint[];
  /** The user whose active API key this is; undefined when there is none. */
  readonly authenticate: (bearerToken: string) => Promise<Caller | undefined>;
  readonly idempotency: IdempotencyPort;
  /** Serves `Prefer: wait=N`. */
  readonly settled?: SettledPort;
  readonly health: Health;
  /** Gets the request metrics and is served at `/metrics`. One server per registry. */
  readonly metrics: Registry;
  readonly info: ApiInfo;
  /** Folder of the built portal. */
  readonly portalDir?: string | undefined;
  /** For tests: an answer that its endpoint does not declare becomes a 500 that says so. */
  readonly strict?: boolean;
  readonly heartbeatMs?: number;
  /** After so long without taking anything, a stream's client is cut off. */
  readonly stallMs?: number;
  /** Shorter and lower in tests. */
  readonly bounds?: Partial<ServerBounds>;
  /** How long `close` lets running requests finish. */
  readonly graceMs?: number;
}

export interface HttpServer {
  /** Port 0 takes a free one. Throws `http.port_taken`. */
  listen(port: number, host: string): Promise<{ readonly url: string; readonly port: number }>;
  /** Ends event streams, lets running requests finish within the grace, cuts the rest. Closing twice is harmless. */
  close(): Promise<void>;
}

/** What a client may take of the server's time and room. */
export interface ServerBounds extends UserLoadLimits {
  /** From the connection, or the last reply, to the end of a header. */
  readonly headerMs: number;
  /** To the end of a body. */
  readonly requestMs: number;
  /** An idle connection after a reply. */
  readonly keepAliveMs: number;
  readonly connectionsMax: number;
}

const usualBounds: ServerBounds = {
  headerMs: 15_000,
  requestMs: 30_000,
  keepAliveMs: 10_000,
  connectionsMax: limits.connections,
  requestsPerUser: limits.requestsPerUser,
  streamsPerUser: limits.streamsPerUser,
};

/** How often Node looks for connections whose time is over, as a part of the shortest time. */
const checksPerTimeout = 5;

export function createServer(options: ServerOptions): HttpServer {
  const { context, endpoints, authenticate, idempotency } = options;
  const { logger } = context;
  const stop = new AbortController();
  const bounds = { ...usualBounds, ...options.bounds };
  const app = createApplication({
    logger,
    endpoints,
    health: options.health,
    metrics: options.metrics,
    info: options.info,
    portalDir: options.portalDir,
    services: {
      logger,
      idempotency,
      authenticate,
      settled: options.settled,
      contract: createContract(options.strict ?? false),
      actRoutes: createActRoutes(endpoints),
      userLoad: createUserLoad(bounds),
      sendStream: createStreamSender({
        logger,
        stopping: AbortSignal.any([stop.signal, context.shutdown.signal]),
        heartbeatMs: options.heartbeatMs ?? 15_000,
        stallMs: options.stallMs ?? 60_000,
      }),
    },
  });
  const { headerMs, requestMs, keepAliveMs } = bounds;
  const server = createHttpServer({
    headersTimeout: headerMs,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: Math.min(headerMs, requestMs) / checksPerTimeout,
  });
  // Before the application sees a request, so that no reply is over before it is known.
  const connections = guardConnections(server, bounds);
  server.on("request", app);
  let closing: Promise<void> | undefined;

  return {
    listen: (port, host) => listen(server, port, host),
    close() {
      closing ??= close({ server, stop, connections }, options.graceMs ?? 10_000);
      return closing;
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<{ url: string; port: number }> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) =>
      reject(error.code === "EADDRINUSE" ? new AppError("http.port_taken", { port, host }, { cause: error }) : error);
    server.once("error", refuse);
    server.listen(port, host, () => {
      server.removeListener("error", refuse);
      const bound = (server.address() as AddressInfo).port;
      const name = host.includes(":") ? `[${host}]` : host;
      resolve({ url: `http://${name}:${bound}`, port: bound });
    });
  });
}

interface Closing {
  readonly server: Server;
  readonly stop: AbortController;
  readonly connections: ConnectionGuard;
}

async function close({ server, stop, connections }: Closing, graceMs: number): Promise<void> {
  stop.abort();
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  // One that is kept alive after its last reply would keep a closing server waiting.
  connections.closeIdle();
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(cut);
}
