import { createHash } from "node:crypto";
import type { NewAct } from "../store/newActs.ts";
import type { Transaction } from "../store/store.ts";
import type { EncodedReply } from "./reply.ts";

/** Whose keys they are. Both ids are null for callers without credentials; users never see each other's keys. */
export interface IdempotencyScope {
  readonly callerOrganisationId: string | null;
  readonly userId: string | null;
}

/** Names one record. */
export interface IdempotencyKey extends IdempotencyScope {
  readonly key: string;
}

/** The first success under a key: what was asked (as a SHA-256 in hex) and the reply, byte for byte. */
export interface IdempotencyRecord {
  readonly fingerprint: string;
  readonly reply: EncodedReply;
}

export interface IdempotentCommit extends IdempotencyKey {
  readonly fingerprint: string;
  /** SQL only. Throws to refuse; then nothing is stored, neither its effects nor a record. */
  readonly commit: (tx: Transaction) => Promise<EncodedReply>;
  /** A new act as data, where it is one: what `commit` does, for many acts in one statement. */
  readonly act?: { readonly rows: NewAct; readonly result: EncodedReply } | undefined;
}

export type IdempotentOutcome =
  | { readonly kind: "fresh" | "replayed"; readonly reply: EncodedReply }
  | { readonly kind: "conflict" };

/**
 * The store's side of `Idempotency-Key`. `commitOnce` runs `commit` in one transaction with the record of its reply;
 * of several calls with one key at the same time, one commits and the others get its reply (`replayed`), or
 * `conflict` when their fingerprint differs. Commits that come together may share a transaction; one that is refused
 * takes nothing of the others with it. Records live as long as the deals they made.
 */
export interface IdempotencyPort {
  find(key: IdempotencyKey): Promise<IdempotencyRecord | undefined>;
  /** Records of several keys, each at the place of its key. */
  findMany(scope: IdempotencyScope, keys: readonly string[]): Promise<readonly (IdempotencyRecord | undefined)[]>;
  commitOnce(write: IdempotentCommit): Promise<IdempotentOutcome>;
  /** `commitOnce` for each, in the order given, in few transactions. */
  commitMany(writes: readonly IdempotentCommit[]): Promise<readonly PromiseSettledResult<IdempotentOutcome>[]>;
}

/** SHA-256 over method, path, query and raw body, with lengths between them so that none runs into the next. */
export function fingerprintOf(method: string, url: string, rawBody: Uint8Array | string): string {
  const body = Buffer.from(rawBody);
  const hash = createHash("sha256");
  hash.update(`${method} ${url.length} ${url} ${body.byteLength} `);
  hash.update(body);
  return hash.digest("hex");
}

/**
 * A JSON value in one form: no white space, the keys of each object in order. A request with the same value is the same
 * request, whether it came alone or in a batch. Undefined (no body) gives no text.
 */
export function canonicalJson(value: unknown): string {
  return value === undefined ? "" : JSON.stringify(value, sortKeys);
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
