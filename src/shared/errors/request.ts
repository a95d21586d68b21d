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
    page: "A request body may have at most 1 MiB, that of a batch 4 MiB; `facts.bytesMax` says which.",
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
    page: "The cursor was not issued by this list to your organisation. Start again without a cursor.",
  },
  "request.cursor_ahead": {
    status: 400,
    retry: false,
    title: "The sequence number lies in the future",
    page: "Your organisation has no event with this sequence number yet; `facts.last` is its last one. If you have seen later ones, the gateway was restored from an older backup: compare what you have with it before you go on.",
  },
  "request.malformed_http": {
    status: 400,
    retry: false,
    title: "The request is not HTTP",
    page: "What came over the connection could not be read as an HTTP/1.1 request. Nothing was done and the connection was closed.",
  },
  "request.header_too_large": {
    status: 431,
    retry: false,
    title: "The header is too large",
    page: "Address and header fields together may have at most 16 KiB. Nothing was done and the connection was closed.",
  },
  "request.timeout": {
    status: 408,
    retry: true,
    title: "The request did not arrive in time",
    page: "Header and body must arrive within a bounded time. Nothing was done and the connection was closed; send the request again.",
  },
  "request.too_many": {
    status: 429,
    retry: true,
    title: "Too many requests at the same time",
    page: "Your user has as many requests, or event streams, under way as it may have; `facts.kind` and `facts.max` say which. Nothing was done; wait for some of them, or send many acts in one batch.",
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
    page: "The same key came with another method, path or body, alone or in a batch. Use a new key for a new request.",
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
