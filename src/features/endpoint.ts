import type * as z from "zod";
import type { Code } from "../shared/errors/codes.ts";
import type { NewAct } from "../store/newActs.ts";
import type { Transaction } from "../store/store.ts";

/** Roles of a user inside its organisation. */
export const userRoles = ["maker", "checker", "viewer", "admin"] as const;
export type UserRole = (typeof userRoles)[number];

/** Who asks: one user of one organisation, authenticated by its API key in this very request. */
export interface Caller {
  readonly userId: string;
  /** The API key that came with the request. */
  readonly keyId: string;
  readonly organisationId: string;
  /** The organisation's participant id on the ledger, once admitted. */
  readonly participantId: number | null;
  readonly role: UserRole;
  /** Roles of the organisation on the ledger: bank, merchant, arbiter, operator … */
  readonly organisationRoles: readonly string[];
  /** The API key's secret. It unwraps the user's custody key during this request and is never stored or logged. */
  readonly secret: string;
  /** The caller does not want the ledger to be asked first whether it would accept its acts. */
  readonly withoutSimulation?: boolean;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  /** Set for replies that are not JSON (`text/csv`, `text/plain`, …); then `body` is text or bytes. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A write: `commit` runs inside the one database transaction that also stores the idempotency record and
 * the reply, so it contains SQL only. Everything else (reading the ledger, simulating, signing, encrypting)
 * is done before the write is returned. `committed` runs after the commit; a crash may skip it, so it may
 * only wake workers up.
 */
export interface Write {
  readonly commit: (tx: Transaction) => Promise<Reply>;
  /** A new act as data: exactly what `commit` stores and replies, so that many are stored together. */
  readonly act?: { readonly rows: NewAct; readonly reply: Reply };
  readonly committed?: () => void;
}

/** A stream of server-sent events; the http layer owns the socket, bounds its buffer and ends it on shutdown. */
export interface EventStream {
  /** Yields events in order until the signal aborts. `id` becomes the `Last-Event-ID` to resume from. */
  readonly events: (signal: AbortSignal) => AsyncIterable<{ id: string; event: string; data: unknown }>;
}

/**
 * Many acts in one request. The http layer finds the endpoint of each and does what it would do with a request of its
 * own: same rights, same idempotency, its own result.
 */
export interface ActBatch {
  readonly acts: readonly { readonly path: string; readonly body?: unknown; readonly idempotencyKey: string }[];
  readonly simulate: boolean;
}

/** What a handler may return. */
export type Handled = Reply | Write | EventStream | ActBatch;

export interface EndpointRequest<P, Q, B> {
  readonly caller: Caller;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** One endpoint as data: mounted by http, described in OpenAPI, tested status by status. */
export interface Endpoint {
  readonly method: "get" | "post" | "put" | "delete";
  /** OpenAPI form: `/v1/credits/{creditId}`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly tag: string;
  /** `public` needs no credentials; `user` any active API key. Default `user`. */
  readonly access?: "public" | "user";
  /** `entries`: an act batch, whose entries carry the keys; the request itself has none. Default `request`. */
  readonly idempotency?: "request" | "entries";
  /** Longest body in bytes, where it is not `limits.bodyBytes`. */
  readonly bodyBytesMax?: number;
  /** User roles that may call it. Absent: all. */
  readonly roles?: readonly UserRole[];
  /** Organisation roles that may call it. Absent: all. */
  readonly organisationRoles?: readonly string[];
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Schema of each declared success; a string is a media type of a non-JSON reply. */
  readonly replies: Readonly<Record<number, z.ZodType | string>>;
  /** Error codes of its own, beside those every endpoint of its kind has. */
  readonly errors?: readonly Code[];
  readonly handle: (request: EndpointRequest<never, never, never>) => Promise<Handled>;
}

interface EndpointDefinition<
  P extends z.ZodType | undefined,
  Q extends z.ZodType | undefined,
  B extends z.ZodType | undefined,
> extends Omit<Endpoint, "params" | "query" | "body" | "handle"> {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly handle: (request: EndpointRequest<Parsed<P>, Parsed<Q>, Parsed<B>>) => Promise<Handled>;
}

/** Ties the handler's types to the schemas that validate the request. */
export function defineEndpoint<
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(definition: EndpointDefinition<P, Q, B>): Endpoint {
  return definition as unknown as Endpoint;
}

export function isWrite(result: Handled): result is Write {
  return "commit" in result;
}

export function isEventStream(result: Handled): result is EventStream {
  return "events" in result;
}

export function isActBatch(result: Handled): result is ActBatch {
  return "acts" in result;
}
