import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { findCaller } from "../store/parties.ts";
import type { Store } from "../store/store.ts";
import type { Caller } from "./endpoint.ts";

/** `hansa_<key id>_<secret>`: the id finds the record, the secret is the client's own and is stored hashed only. */
const tokenForm = /^hansa_([0-9a-f]{16})_([A-Za-z0-9_-]{43,86})$/;

export function formatToken(keyId: string, secret: string): string {
  return `hansa_${keyId}_${secret}`;
}

export function makeKeyId(): string {
  return randomBytes(8).toString("hex");
}

/** A secret with 256 random bits. Only clients make them; the gateway does for the founding operator. */
export function makeSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** SHA-256 is enough for secrets of 256 random bits; a slow hash is for passwords. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Finds the caller of a bearer token, or undefined: unknown key, wrong secret, disabled key or user. */
export function createAuthenticator(store: Store) {
  return async function authenticate(token: string): Promise<Caller | undefined> {
    const [, keyId, secret] = tokenForm.exec(token) ?? [];
    if (!keyId || !secret) return undefined;
    const row = await findCaller(store.db, keyId);
    if (!row) return undefined;
    if (!timingSafeEqual(Buffer.from(hashSecret(secret), "hex"), Buffer.from(row.secret_hash, "hex"))) return undefined;
    const { userId, organisationId, participantId, role, organisationRoles } = row;
    return { userId, keyId, organisationId, participantId, role, organisationRoles, secret };
  };
}
