import { type ExpressionBuilder, sql } from "kysely";
import type { Schema } from "./schema.ts";
import type { Db, Transaction } from "./store.ts";

/** Participants of a credit who are banks of it or its applicant: they know of it from its issue. */
export const knowFromIssue = [
  "issuing_bank",
  "applicant",
  "advising_bank",
  "second_advising_bank",
  "nominated_bank",
  "confirmer",
] as const;

/** The beneficiary knows of a credit once a bank has advised it (U15). */
export function isVisibleTo(participantId: number) {
  return ({ and, eb, or }: ExpressionBuilder<Schema, "credits">) =>
    or([
      ...knowFromIssue.map((party) => eb(`credits.${party}`, "=", participantId)),
      and([
        eb("credits.beneficiary", "=", participantId),
        or([eb("credits.advice", "=", "advised"), eb("credits.second_advice", "=", "advised")]),
      ]),
    ]);
}

/** Names of the organisations behind participants. */
export async function listPartyNames(db: Db, participantIds: readonly number[]) {
  const ids = [...new Set(participantIds)].filter((id) => id > 0);
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("organisations")
    .select(["participant_id as participantId", "name"])
    .where(sql<boolean>`participant_id = any(${ids}::integer[])`)
    .execute();
  return rows.map(({ participantId, name }) => ({ participantId: participantId ?? 0, name }));
}

/** Issued credits with what they say beyond the ledger. */
export function withContent(db: Db) {
  return db
    .selectFrom("credits")
    .innerJoin("deposit_tokens", "deposit_tokens.address", "credits.token")
    .leftJoin("credit_contents", "credit_contents.credit_id", "credits.id")
    .selectAll("credits")
    .select([
      "deposit_tokens.currency",
      "credit_contents.reference",
      "credit_contents.organisation_id as organisationId",
      "credit_contents.message_id as messageId",
      "credit_contents.content",
      "credit_contents.bank_only as bankOnly",
      "credit_contents.content_salt as contentSalt",
    ]);
}

/** An issued credit with its content, if the participant may know of it. */
export function findIssuedCredit(db: Db, participantId: number, id: string) {
  return withContent(db).where("credits.id", "=", id).where(isVisibleTo(participantId)).executeTakeFirst();
}

/** An organisation's own credit that is not on the ledger yet. */
export function findDraft(db: Db, organisationId: string, id: string) {
  return withCurrency(db, draftsOf(db, organisationId).where("credit_contents.credit_id", "=", id)).executeTakeFirst();
}

/** Contents whose credits are not on the ledger. */
export function draftsOf(db: Db, organisationId: string) {
  return db
    .selectFrom("credit_contents")
    .select(draftColumns)
    .where("credit_contents.organisation_id", "=", organisationId)
    .where(sql<boolean>`not credit_contents.issued`);
}

/** Drafts with the currency of the money that their terms name. */
export function withCurrency(db: Db, drafts: ReturnType<typeof draftsOf>) {
  return db
    .selectFrom(drafts.as("draft"))
    .innerJoin("deposit_tokens", (join) => join.on(sql<boolean>`deposit_tokens.address = draft.terms ->> 'token'`))
    .selectAll("draft")
    .select("deposit_tokens.currency");
}

const draftColumns = [
  "credit_contents.credit_id",
  "credit_contents.organisation_id",
  "credit_contents.reference",
  "credit_contents.message_id",
  "credit_contents.terms",
  "credit_contents.content",
  "credit_contents.bank_only",
  "credit_contents.content_salt",
  "credit_contents.version",
  "credit_contents.created_at_ms",
] as const;

export interface NewCreditContent {
  readonly creditId: string;
  readonly organisationId: string;
  readonly reference: string;
  readonly messageId: string | null;
  readonly terms: object;
  readonly content: object;
  readonly bankOnly: object;
  readonly contentSalt: string;
  readonly createdAtMs: number;
}

/** Stores a draft. False when the organisation has used the reference before. */
export async function insertCreditContent(tx: Transaction, draft: NewCreditContent): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("credit_contents")
    .values({
      credit_id: draft.creditId,
      organisation_id: draft.organisationId,
      reference: draft.reference,
      message_id: draft.messageId,
      terms: JSON.stringify(draft.terms),
      content: JSON.stringify(draft.content),
      bank_only: JSON.stringify(draft.bankOnly),
      content_salt: draft.contentSalt,
      version: 1,
      created_at_ms: draft.createdAtMs,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** Locks a draft for the rest of the transaction, so that an edit and a proposal do not pass each other. */
export async function lockDraftVersion(tx: Transaction, creditId: string): Promise<number | undefined> {
  const row = await tx
    .selectFrom("credit_contents")
    .select("version")
    .where("credit_id", "=", creditId)
    .forUpdate()
    .executeTakeFirst();
  return row?.version;
}

/** Whether an organisation uses the reference for another credit. */
export async function isReferenceUsed(
  tx: Transaction,
  { creditId, organisationId, reference }: Pick<NewCreditContent, "creditId" | "organisationId" | "reference">,
): Promise<boolean> {
  const row = await tx
    .selectFrom("credit_contents")
    .select("credit_id")
    .where("organisation_id", "=", organisationId)
    .where("reference", "=", reference)
    .where("credit_id", "<>", creditId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Replaces a draft's content; its id and its salts stay. */
export async function updateCreditContent(
  tx: Transaction,
  draft: Omit<NewCreditContent, "organisationId" | "contentSalt" | "createdAtMs"> & { readonly version: number },
): Promise<void> {
  await tx
    .updateTable("credit_contents")
    .set({
      reference: draft.reference,
      message_id: draft.messageId,
      terms: JSON.stringify(draft.terms),
      content: JSON.stringify(draft.content),
      bank_only: JSON.stringify(draft.bankOnly),
      version: draft.version,
    })
    .where("credit_id", "=", draft.creditId)
    .execute();
}

/** Whether the issue of a credit was sent and may still be, or was, executed. */
export async function isIssueSent(tx: Transaction, creditId: string): Promise<boolean> {
  const row = await tx
    .selectFrom("orders")
    .innerJoin("transactions", "transactions.id", "orders.transaction_id")
    .select("orders.id")
    .where("orders.subject", "=", creditId)
    .where("orders.kind", "=", sql.lit("credit.issue"))
    .where("transactions.status", "not in", ["reverted", "dead"])
    .executeTakeFirst();
  return row !== undefined;
}

export interface NewDeclinedReason {
  readonly commitment: string;
  readonly creditId: string;
  readonly bank: number;
  readonly kind: "advice" | "confirmation";
  readonly reason: string;
  readonly salt: string;
  readonly orderId: string;
}

export async function insertDeclinedReason(tx: Transaction, declined: NewDeclinedReason): Promise<void> {
  const { commitment, creditId, bank, kind, reason, salt, orderId } = declined;
  await tx
    .insertInto("declined_reasons")
    .values({ commitment, credit_id: creditId, bank, kind, reason, salt, order_id: orderId })
    .execute();
}

/** Reasons of declining that reached the ledger. */
export function declinedReasonsOf(db: Db, creditId: string) {
  return db
    .selectFrom("declined_reasons")
    .innerJoin("orders", "orders.id", "declined_reasons.order_id")
    .innerJoin("transactions", "transactions.id", "orders.transaction_id")
    .select(["declined_reasons.bank", "declined_reasons.kind", "declined_reasons.reason"])
    .where("declined_reasons.credit_id", "=", creditId)
    .where("transactions.status", "in", ["mined", "final"])
    .orderBy("declined_reasons.commitment");
}
