import { sql } from "kysely";
import type { Db, Transaction } from "./store.ts";

/** The user behind an API key that is active, of a user that is not disabled, with its organisation. */
export function findCaller(db: Db, keyId: string) {
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
export function findSigningUser(db: Db, userId: string) {
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

export interface NewOrganisation {
  readonly id: string;
  readonly name: string;
  readonly lei: string;
  readonly bic: string | null;
  readonly country: string;
  readonly roles: readonly string[];
  readonly leiSalt: string;
  readonly leiCommitment: string;
  readonly createdAtMs: number;
}

export interface NewUser {
  readonly id: string;
  readonly organisationId: string;
  readonly name: string;
  readonly role: "maker" | "checker" | "viewer" | "admin";
  readonly invitationHash: string;
  readonly createdAtMs: number;
}

export async function insertOrganisation(tx: Transaction, organisation: NewOrganisation): Promise<void> {
  await tx
    .insertInto("organisations")
    .values({
      id: organisation.id,
      name: organisation.name,
      lei: organisation.lei,
      bic: organisation.bic,
      country: organisation.country,
      roles: JSON.stringify(organisation.roles),
      lei_salt: organisation.leiSalt,
      lei_commitment: organisation.leiCommitment,
      status: "invited",
      participant_id: null,
      account: null,
      created_at_ms: organisation.createdAtMs,
    })
    .execute();
}

export async function insertUser(tx: Transaction, user: NewUser): Promise<void> {
  await tx
    .insertInto("users")
    .values({
      id: user.id,
      organisation_id: user.organisationId,
      name: user.name,
      role: user.role,
      status: "invited",
      invitation_hash: user.invitationHash,
      signer: null,
      sealed_key: null,
      created_at_ms: user.createdAtMs,
    })
    .execute();
}

/**
 * An invited user gets its key. False when the invitation is not open (any more). A viewer needs no key on the ledger
 * and is active at once.
 */
export async function acceptUser(
  tx: Transaction,
  accepted: {
    userId: string;
    invitationHash: string;
    signer: string;
    sealedKey: string;
    keyId: string;
    secretHash: string;
    createdAtMs: number;
  },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("users")
    .set({
      status: sql`case when role = 'viewer' then 'active' else 'accepted' end`,
      invitation_hash: null,
      signer: accepted.signer,
      sealed_key: accepted.sealedKey,
    })
    .where("id", "=", accepted.userId)
    .where("status", "=", "invited")
    .where("invitation_hash", "=", accepted.invitationHash)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) return false;
  await insertApiKey(tx, accepted);
  return true;
}

export async function insertApiKey(
  tx: Transaction,
  key: { keyId: string; userId: string; secretHash: string; createdAtMs: number },
): Promise<void> {
  await tx
    .insertInto("api_keys")
    .values({
      id: key.keyId,
      user_id: key.userId,
      secret_hash: key.secretHash,
      status: "active",
      created_at_ms: key.createdAtMs,
    })
    .execute();
}

/**
 * Seals a user's key anew and ends all its API keys but those inserted afterwards. False when the key was sealed anew
 * or the user was disabled meanwhile; then nothing was changed.
 */
export async function replaceSealedKey(
  tx: Transaction,
  userId: string,
  change: { from: string; to: string },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("users")
    .set({ sealed_key: change.to })
    .where("id", "=", userId)
    .where("sealed_key", "=", change.from)
    .where("status", "!=", "disabled")
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) return false;
  await tx.updateTable("api_keys").set({ status: "disabled" }).where("user_id", "=", userId).execute();
  return true;
}

/**
 * Ends a user's access at once, and with it what it proposed and nobody has approved yet; its key on the ledger is
 * removed by an order.
 */
export async function disableUser(tx: Transaction, userId: string): Promise<void> {
  await tx.updateTable("users").set({ status: "disabled" }).where("id", "=", userId).execute();
  await tx.updateTable("api_keys").set({ status: "disabled" }).where("user_id", "=", userId).execute();
  await tx
    .updateTable("orders")
    .set({ status: "voided" })
    .where("proposed_by", "=", userId)
    .where("status", "=", "awaiting_approval")
    .execute();
}

export function findOrganisation(db: Db, id: string) {
  return db.selectFrom("organisations").selectAll().where("id", "=", id).executeTakeFirst();
}

export function findParticipant(db: Db, participantId: number) {
  return db
    .selectFrom("organisations")
    .innerJoin("participants", "participants.id", "organisations.participant_id")
    .selectAll("organisations")
    .select([
      "participants.status as ledgerStatus",
      "participants.calendar_published as calendarPublished",
      "participants.moratorium_until as moratoriumUntil",
    ])
    .where("organisations.participant_id", "=", participantId)
    .executeTakeFirst();
}

/** What the ledger says of these participants, as far as their organisations are in this gateway. */
export async function findParticipants(db: Db, participantIds: readonly number[]) {
  const ids = [...new Set(participantIds)].filter((id) => id > 0);
  if (ids.length === 0) return [];
  return await db
    .selectFrom("participants")
    .innerJoin("organisations", "organisations.participant_id", "participants.id")
    .select(["participants.id", "organisations.roles", "participants.status as ledgerStatus"])
    .where(sql<boolean>`participants.id = any(${ids}::integer[])`)
    .execute();
}

/** Organisations in order of their ids, from after `cursor`. */
export function listOrganisations(db: Db, page: { cursor: string | undefined; limit: number }) {
  return db
    .selectFrom("organisations")
    .leftJoin("participants", "participants.id", "organisations.participant_id")
    .selectAll("organisations")
    .select([
      "participants.status as ledgerStatus",
      "participants.calendar_published as calendarPublished",
      "participants.moratorium_until as moratoriumUntil",
    ])
    .where("organisations.id", ">", page.cursor ?? "")
    .orderBy("organisations.id")
    .limit(page.limit + 1)
    .execute();
}

export function findOrganisationByBic(db: Db, bic8: string) {
  return db.selectFrom("organisations").selectAll().where("bic", "like", `${bic8}%`).executeTakeFirst();
}

export function listUsers(db: Db, organisationId: string) {
  return db.selectFrom("users").selectAll().where("organisation_id", "=", organisationId).orderBy("id").execute();
}

/** Users of an organisation in order of their ids, from after `cursor`. */
export function listUserPage(db: Db, organisationId: string, page: { cursor: string | undefined; limit: number }) {
  return db
    .selectFrom("users")
    .selectAll()
    .where("organisation_id", "=", organisationId)
    .where("id", ">", page.cursor ?? "")
    .orderBy("id")
    .limit(page.limit + 1)
    .execute();
}

/** Whether a user had this secret before, or an API key, active or not, has this id. */
export async function isSecretUsed(
  db: Db,
  key: { keyId: string; userId: string; secretHash: string },
): Promise<boolean> {
  const row = await db
    .selectFrom("api_keys")
    .select("id")
    .where(({ and, eb, or }) =>
      or([eb("id", "=", key.keyId), and([eb("user_id", "=", key.userId), eb("secret_hash", "=", key.secretHash)])]),
    )
    .executeTakeFirst();
  return row !== undefined;
}

export function findUser(db: Db, organisationId: string, userId: string) {
  return db
    .selectFrom("users")
    .selectAll()
    .where("organisation_id", "=", organisationId)
    .where("id", "=", userId)
    .executeTakeFirst();
}

/** What accepting an invitation needs to know of a user. */
export function findInvitedUser(db: Db, userId: string, invitationHash: string) {
  return db
    .selectFrom("users")
    .select(["id", "organisation_id", "role"])
    .where("id", "=", userId)
    .where("status", "=", "invited")
    .where("invitation_hash", "=", invitationHash)
    .executeTakeFirst();
}

/** The founding operator with its users, or undefined before it is entered. */
export async function findOperator(db: Db) {
  const organisation = await db
    .selectFrom("organisations")
    .select(["id", "lei_commitment as leiCommitment", "country"])
    .where("roles", "@>", sql<string[]>`'["operator"]'::jsonb`)
    .executeTakeFirst();
  if (!organisation) return undefined;
  return { ...organisation, users: await listUsers(db, organisation.id) };
}

/** Addresses that emit events of ours: accounts and deposit tokens known so far. */
export async function listKnownContracts(db: Db) {
  const accounts = await db.selectFrom("participants").select("account").execute();
  const tokens = await db.selectFrom("deposit_tokens").select("address").execute();
  return { accounts: accounts.map(({ account }) => account), tokens: tokens.map(({ address }) => address) };
}
