import type { CodeRow } from "./row.ts";

/** Faults of a request's form, whoever sends it. */
export const requestCodes = {
  "request.invalid": {
    status: 400,
    retry: false,
    title: "Request is not valid",
    page: "The body, path or query does not fit the schema of this endpoint. `errors` lists each fault with its JSON pointer.",
  },
  "request.malformed_json": {
    status: 400,
    retry: false,
    title: "Body is not JSON",
    page: "The body could not be parsed as JSON in UTF-8, or a key stands twice in one object, or it is nested too deep. `errors` says where.",
  },
  "request.too_large": {
    status: 413,
    retry: false,
    title: "Body is too large",
    page: "A request body may have at most 1 MiB.",
  },
  "request.unsupported_media_type": {
    status: 415,
    retry: false,
    title: "Media type is not supported",
    page: "Send the body as application/json in UTF-8, not compressed.",
  },
  "request.not_found": {
    status: 404,
    retry: false,
    title: "Not found",
    page: "There is nothing at this address, or it belongs to an organisation that is not yours.",
  },
  "request.method_not_allowed": {
    status: 405,
    retry: false,
    title: "Method is not allowed",
    page: "This address exists but does not serve this HTTP method.",
  },
  "request.cursor_invalid": {
    status: 400,
    retry: false,
    title: "Cursor is not valid",
    page: "The cursor was not issued by this list. Start again without a cursor.",
  },
  "idempotency.key_missing": {
    status: 400,
    retry: false,
    title: "Idempotency-Key is missing",
    page: "Every POST, PUT and DELETE needs an Idempotency-Key header of 8 to 128 printable characters.",
  },
  "idempotency.key_reused": {
    status: 422,
    retry: false,
    title: "Idempotency-Key was used for another request",
    page: "The same key came with another method, path or body. Use a new key for a new request.",
  },
  "idempotency.in_flight": {
    status: 409,
    retry: true,
    title: "The first request with this key is still running",
    page: "Send the same request again a little later; it will get the stored reply.",
  },
  "internal.unexpected": {
    status: 500,
    retry: true,
    title: "Unexpected fault",
    page: "The gateway met a fault of its own. Nothing was acknowledged; the same request with the same Idempotency-Key may be sent again.",
  },
  "http.port_taken": {
    status: 500,
    retry: false,
    title: "The port is taken",
    page: "Another program, perhaps a second gateway, listens on this port. Stop it, or choose another with `--port`.",
  },
} as const satisfies Record<string, CodeRow>;
