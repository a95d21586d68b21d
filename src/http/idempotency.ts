import { createHash } from "node:crypto";
import type { Transaction } from "../store/store.ts";
import type { EncodedReply } from "./reply.ts";

/** Names one record. Both ids are null for callers without credentials; users never see each other's keys. */
export interface IdempotencyKey {
  readonly callerOrganisationId: string | null;
  readonly userId: string | null;
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
}

export type IdempotentOutcome =
  | { readonly kind: "fresh" | "replayed"; readonly reply: EncodedReply }
  | { readonly kind: "conflict" };

/**
 * The store's side of `Idempotency-Key`. `commitOnce` runs `commit` in one transaction with the record of its reply;
 * of several calls with one key at the same time, one commits and the others get its reply (`replayed`), or
 * `conflict` when their fingerprint differs. Records live as long as the deals they made.
 */
export interface IdempotencyPort {
  find(key: IdempotencyKey): Promise<IdempotencyRecord | undefined>;
  commitOnce(write: IdempotentCommit): Promise<IdempotentOutcome>;
}

/** SHA-256 over method, path, query and raw body, with lengths between them so that none runs into the next. */
export function fingerprintOf(method: string, url: string, rawBody: Uint8Array): string {
  const hash = createHash("sha256");
  hash.update(`${method} ${url.length} ${url} ${rawBody.byteLength} `);
  hash.update(rawBody);
  return hash.digest("hex");
}
