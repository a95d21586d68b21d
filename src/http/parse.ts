import type { Request } from "express";
import * as z from "zod";
import type { Endpoint } from "../features/endpoint.ts";
import { AppError, type Fault } from "../shared/errors.ts";
import { limits } from "../shared/limits.ts";
import { hasBody, readJsonBody } from "./body.ts";
import { faultsOf } from "./faults.ts";
import { parseStrictJson } from "./strictJson.ts";

/** A request that fits the schemas of its endpoint. */
export interface ParsedRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body as it came, and as JSON, for the request's fingerprint. */
  readonly rawBody: Uint8Array;
  readonly json: unknown;
}

type Part = "path" | "query" | "header" | "body";

const noFields = z.strictObject({});

/**
 * Checks path, query, headers and body, in this order; the first part with faults is reported with all of its faults.
 * Errors: `request.invalid` (`facts.in` names the part), `request.malformed_json`, `request.too_large`,
 * `request.unsupported_media_type`, `idempotency.key_missing`.
 */
export async function parseRequest(endpoint: Endpoint, request: Request): Promise<ParsedRequest> {
  const params = checkPath(endpoint, request.params);
  const query = check(endpoint.query ?? noFields, plainText(request.query, "query"), "query");
  checkIdempotencyKey(endpoint, request);
  const headers = handlerHeaders(request);
  if (endpoint.body === undefined) {
    if (hasBody(request)) throw noBodyTaken();
    return { params, query, body: undefined, headers, rawBody: new Uint8Array(), json: undefined };
  }
  const rawBody = await readJsonBody(request, endpoint.bodyBytesMax);
  const json = rawBody.byteLength === 0 ? undefined : parseStrictJson(rawBody);
  return { params, query, body: checkBody(endpoint, json), headers, rawBody, json };
}

/** Parameters of the path, decoded. @throws AppError `request.invalid` */
export function checkPath(endpoint: Endpoint, params: object): unknown {
  return check(endpoint.params ?? noFields, plainText(params, "path"), "path");
}

/** A body that was JSON; undefined without one. @throws AppError `request.invalid` */
export function checkBody(endpoint: Endpoint, json: unknown): unknown {
  if (endpoint.body !== undefined) return check(endpoint.body, json, "body");
  if (json !== undefined) throw noBodyTaken();
  return undefined;
}

function noBodyTaken(): AppError {
  return invalid("body", [{ pointer: "", detail: "This request takes no body." }]);
}

function check(schema: z.ZodType, value: unknown, part: Part): unknown {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalid(part, faultsOf(parsed.error));
  return parsed.data;
}

/** Refuses text that the store cannot hold, wherever a schema would take any string. */
function plainText(values: object, part: Part): object {
  for (const [name, value] of Object.entries(values)) {
    const text = name + [value].flat().join("");
    if (text.includes("\0")) throw invalid(part, [{ pointer: "", detail: "The text contains NUL." }]);
  }
  return values;
}

function checkIdempotencyKey(endpoint: Endpoint, request: Request): void {
  if (endpoint.method === "get" || endpoint.idempotency === "entries") return;
  const key = request.headers["idempotency-key"];
  if (key === undefined) {
    if (endpoint.access !== "public") throw new AppError("idempotency.key_missing");
    return;
  }
  const { idempotencyKeyMin, idempotencyKeyMax } = limits;
  const fits = typeof key === "string" && key.length >= idempotencyKeyMin && key.length <= idempotencyKeyMax;
  if (!fits || !/^[\x20-\x7e]+$/.test(key)) {
    const detail = `Idempotency-Key has ${idempotencyKeyMin} to ${idempotencyKeyMax} printable ASCII characters.`;
    throw invalid("header", [{ pointer: "/Idempotency-Key", detail }]);
  }
}

/** Credentials are left out: the handler gets the caller instead. */
function handlerHeaders(request: Request): Record<string, string | undefined> {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (name !== "authorization" && name !== "cookie") headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return headers;
}

function invalid(part: Part, faults: readonly Fault[]): AppError {
  return new AppError("request.invalid", { in: part }, { faults });
}
