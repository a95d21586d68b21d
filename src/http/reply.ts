import type { ServerResponse } from "node:http";
import type { Reply } from "../features/endpoint.ts";
import { invariant } from "../shared/errors.ts";

/** A reply as it goes over the wire, and as an idempotency record keeps it. */
export interface EncodedReply {
  readonly status: number;
  /** Null when there is no body. */
  readonly contentType: string | null;
  readonly bodyBytes: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

const jsonType = "application/json";

/** Bytes of a reply. A body with a `contentType` is text or bytes already; any other becomes JSON. */
export function encodeReply(reply: Reply): EncodedReply {
  const { status, body, contentType, headers = {} } = reply;
  if (body === undefined) return { status, contentType: null, bodyBytes: new Uint8Array(), headers };
  if (contentType === undefined) {
    return { status, contentType: jsonType, bodyBytes: Buffer.from(JSON.stringify(body)), headers };
  }
  if (body instanceof Uint8Array) return { status, contentType, bodyBytes: body, headers };
  invariant(typeof body === "string", "a reply with a media type of its own has a body of text or bytes");
  const isBareText = contentType.startsWith("text/") && !contentType.includes(";");
  return {
    status,
    contentType: isBareText ? `${contentType}; charset=utf-8` : contentType,
    bodyBytes: Buffer.from(body),
    headers,
  };
}

/** The reply that a stored record stands for. */
export function decodeReply(encoded: EncodedReply): Reply {
  const { status, contentType, bodyBytes, headers } = encoded;
  if (contentType === null) return { status, headers };
  const text = Buffer.from(bodyBytes).toString("utf8");
  if (contentType === jsonType) return { status, body: JSON.parse(text), headers };
  return { status, body: text, contentType, headers };
}

export function sendReply(
  response: ServerResponse,
  reply: EncodedReply,
  extraHeaders: Readonly<Record<string, string>> = {},
): void {
  response.statusCode = reply.status;
  for (const [name, value] of Object.entries({ ...reply.headers, ...extraHeaders })) response.setHeader(name, value);
  if (reply.contentType !== null) response.setHeader("Content-Type", reply.contentType);
  if (reply.status !== 204) response.setHeader("Content-Length", reply.bodyBytes.byteLength);
  response.end(reply.bodyBytes);
}
