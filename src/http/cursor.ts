import { createHash } from "node:crypto";
import type { Caller, Endpoint } from "../features/endpoint.ts";
import { AppError } from "../shared/errors.ts";

const tagBytes = 9;

/**
 * A cursor names a place in one list of one organisation, and says so: what was issued by another list, or to another
 * organisation, is refused instead of giving a page that means nothing. It protects nothing, since what a caller may see
 * is decided by its rows; whoever makes a tag by hand gets a place in its own list.
 */
function tagOf(cursor: string, { operationId }: Endpoint, { organisationId }: Caller): string {
  const hash = createHash("sha256").update(`${operationId} ${organisationId} ${cursor}`).digest();
  return hash.subarray(0, tagBytes).toString("base64url");
}

/** The query with its cursor as the feature made it. @throws AppError `request.cursor_invalid` */
export function openCursor(query: unknown, endpoint: Endpoint, caller: Caller): unknown {
  if (!hasText(query, "cursor")) return query;
  const [cursor = "", tag, ...more] = query.cursor.split(".");
  if (more.length > 0 || tag !== tagOf(cursor, endpoint, caller)) throw new AppError("request.cursor_invalid");
  return { ...query, cursor };
}

/** The reply's body with its `nextCursor` as the caller gets it. */
export function sealCursor(body: unknown, endpoint: Endpoint, caller: Caller): unknown {
  if (!hasText(body, "nextCursor")) return body;
  return { ...body, nextCursor: `${body.nextCursor}.${tagOf(body.nextCursor, endpoint, caller)}` };
}

function hasText<K extends string>(value: unknown, key: K): value is Readonly<Record<K, string>> {
  return typeof value === "object" && value !== null && key in value && typeof Reflect.get(value, key) === "string";
}
