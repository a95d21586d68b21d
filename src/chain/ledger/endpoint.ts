import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Logger } from "../../shared/context.ts";
import { invariant } from "../../shared/errors.ts";
import type { Ledger } from "./ledger.ts";
import { answer } from "./methods.ts";
import { type RpcError, type RpcReply, readRequest, refuse, reply, rpcCodes } from "./rpc.ts";

const BODY_BYTES_MAX = 8 * 1_048_576;
const BATCH_REQUESTS_MAX = 1_000;
const CONNECTIONS_MAX = 512;
const REQUEST_MS = 60_000;
const KEEP_ALIVE_MS = 65_000;
/** How long `close` waits for replies under way before it cuts their connections. */
const DRAIN_MS = 2_000;

const HOST = "127.0.0.1";

/** The only door to the ledger: JSON-RPC 2.0 over HTTP on this machine, for the methods of `methods.ts`. */
export interface Endpoint {
  readonly url: string;
  close(): Promise<void>;
}

export interface EndpointOptions {
  readonly ledger: Ledger;
  readonly logger: Logger;
  /** 0 takes any free port. */
  readonly port: number;
}

export async function openEndpoint({ ledger, logger, port }: EndpointOptions): Promise<Endpoint> {
  const underWay = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    underWay.add(response);
    response.once("close", () => underWay.delete(response));
    if (!server.listening) response.setHeader("connection", "close");
    serve(ledger, request, response).catch((error: unknown) => {
      // The client hung up in the middle of its own request.
      if (!request.complete) return;
      logger.error({ cause: String(error) }, "a request to the ledger failed");
      respond(response, 500, reply(null, refuse({ code: rpcCodes.internal, message: "internal error" })));
    });
  });
  server.requestTimeout = REQUEST_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, resolve);
  });
  const address = server.address();
  invariant(typeof address === "object" && address !== null, "a listening server has a port");

  return {
    url: `http://${HOST}:${address.port}`,
    async close() {
      // `server.close` ends idle connections; those with a reply under way end with that reply.
      for (const response of underWay) if (!response.headersSent) response.setHeader("connection", "close");
      const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
      await new Promise<void>((resolve) => server.close(() => resolve()));
      clearTimeout(cut);
    },
  };
}

async function serve(ledger: Ledger, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refusal = checkHeaders(request);
  if (refusal !== undefined) return refuseHttp(response, refusal);
  const body = await readBody(request);
  if (body === undefined) return refuseHttp(response, { status: 413, message: "body exceeds 8 MiB" });
  const parsed = parseJson(body);
  if (parsed === undefined) {
    return respond(response, 400, reply(null, refuse({ code: rpcCodes.parse, message: "body is not JSON" })));
  }
  const { value } = parsed;
  if (!Array.isArray(value)) return respond(response, 200, await handle(ledger, value));
  if (value.length === 0 || value.length > BATCH_REQUESTS_MAX) {
    return refuseHttp(response, { status: 400, message: `a batch has 1 to ${BATCH_REQUESTS_MAX} requests` });
  }
  respond(response, 200, await Promise.all(value.map((item: unknown) => handle(ledger, item))));
}

async function handle(ledger: Ledger, value: unknown): Promise<RpcReply> {
  const request = readRequest(value);
  if ("error" in request) return reply(request.id, refuse(request.error));
  return reply(request.id, await answer(ledger, request));
}

/**
 * A web page in a browser on this machine can reach loopback too. The content type makes the browser ask
 * first, which is never granted; the host name stops a foreign name that points to 127.0.0.1.
 */
function checkHeaders({ method, headers }: IncomingMessage): { status: number; message: string } | undefined {
  const [host] = (headers.host ?? "").split(":");
  if (host !== HOST && host !== "localhost") return { status: 403, message: "host must be 127.0.0.1" };
  if (method !== "POST") return { status: 405, message: "only POST is served" };
  if (headers["content-type"]?.split(";")[0]?.trim().toLowerCase() !== "application/json") {
    return { status: 415, message: "content type must be application/json" };
  }
  return undefined;
}

/** `undefined` when it is too large; then the rest is not read and the connection ends with the reply. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > BODY_BYTES_MAX) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    invariant(Buffer.isBuffer(chunk), "an undecoded stream gives buffers");
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parseJson(body: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(body) as unknown };
  } catch {
    return undefined;
  }
}

function refuseHttp(response: ServerResponse, { status, message }: { status: number; message: string }): void {
  const error: RpcError = { code: rpcCodes.invalidRequest, message };
  if (status === 413) response.setHeader("connection", "close");
  respond(response, status, reply(null, refuse(error)));
}

function respond(response: ServerResponse, status: number, body: RpcReply | readonly RpcReply[]): void {
  // The client hung up while it was waiting.
  if (response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}
