import type { Db } from "./store.ts";

/** The user behind an API key that is active, of a user that is not disabled, with its organisation. */
export async function findCaller(db: Db, keyId: string) {
  return db
    .selectFrom("api_keys")
    .innerJoin("users", "users.id", "api_keys.user_id")
    .innerJoin("organisations", "organisations.id", "users.organisation_id")
    .select([
      "api_keys.secret_hash",
      "users.id as userId",
      "users.role",
      "organisations.id as organisationId",
      "organisations.participant_id as participantId",
      "organisations.roles as organisationRoles",
    ])
    .where("api_keys.id", "=", keyId)
    .where("api_keys.status", "=", "active")
    .where("users.status", "in", ["accepted", "active"])
    .executeTakeFirst();
}

/** What signing needs of a user: its sealed key and whether the key stands on the ledger. */
export async function findSigningUser(db: Db, userId: string) {
  return db
    .selectFrom("users")
    .innerJoin("organisations", "organisations.id", "users.organisation_id")
    .select([
      "users.id",
      "users.status",
      "users.signer",
      "users.sealed_key as sealedKey",
      "organisations.account",
      "organisations.roles",
    ])
    .where("users.id", "=", userId)
    .executeTakeFirst();
}
