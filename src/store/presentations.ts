import { type RawBuilder, sql } from "kysely";
import { firstOf, roundedUp } from "./pages.ts";
import type { Db, Transaction } from "./store.ts";

type Decision = "none" | "examining" | "complying" | "refused" | "precluded";

function presentationRows(db: Db) {
  return db
    .selectFrom("presentations")
    .innerJoin("credits", "credits.id", "presentations.credit_id")
    .innerJoin("deposit_tokens", "deposit_tokens.address", "credits.token")
    .selectAll("presentations")
    .select(["credits.beneficiary", "credits.issuing_bank as issuingBank", "deposit_tokens.currency"]);
}

/**
 * Presentations that a participant may know of: its beneficiary's own, and those that a bank was given. The applicant
 * and banks further on learn nothing before a bank passes the documents to them.
 */
export function visiblePresentations(db: Db, participantId: number) {
  return presentationRows(db).where(({ eb, exists, or, selectFrom }) =>
    or([
      eb("credits.beneficiary", "=", participantId),
      exists(
        selectFrom("examinations")
          .select("examinations.bank")
          .whereRef("examinations.presentation_id", "=", "presentations.id")
          .where("examinations.bank", "=", participantId),
      ),
    ]),
  );
}

export function findPresentation(db: Db, participantId: number, id: string) {
  return visiblePresentations(db, participantId).where("presentations.id", "=", id).executeTakeFirst();
}

export interface PresentationFilter {
  readonly creditId: string | undefined;
  /** What some bank has decided, or of `bank` if that is given. */
  readonly decision: Decision | undefined;
  readonly bank: number | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
}

/**
 * Presentations in order of ids: one row more than `limit`. Of a credit there are few; of all, the page is cut from ids
 * first: by the parts of a bank and by the credits of a beneficiary.
 */
export function listPresentations(db: Db, participantId: number, filter: PresentationFilter) {
  const { creditId } = filter;
  const limit = filter.limit + 1;
  if (creditId !== undefined) {
    return visiblePresentations(db, participantId)
      .where("presentations.id", ">", filter.cursor ?? "")
      .where("presentations.credit_id", "=", creditId)
      .where(isDecided(filter, sql.ref("presentations.id")))
      .orderBy("presentations.id")
      .limit(limit)
      .execute();
  }
  const ofBank = idsOfBank(db, participantId, filter);
  // What waits for the caller's own decision was given to it.
  const ways = filter.bank === participantId ? [ofBank] : [ofBank, idsOfBeneficiary(participantId, filter)];
  return presentationRows(db)
    .innerJoin(firstOf(ways, { limit }).as("page"), "page.id", "presentations.id")
    .orderBy("presentations.id")
    .execute();
}

function idsOfBank(db: Db, participantId: number, filter: PresentationFilter) {
  const { bank, decision } = filter;
  const ids = db
    .selectFrom("examinations")
    .select("examinations.presentation_id as id")
    .where("examinations.bank", "=", participantId)
    .where("examinations.presentation_id", ">", filter.cursor ?? "")
    .orderBy("examinations.presentation_id")
    .limit(sql.lit(roundedUp(filter.limit + 1)));
  if (bank !== participantId) return ids.where(isDecided(filter, sql.ref("examinations.presentation_id")));
  // Its own queue, by an index of those that it still has to decide.
  return decision === undefined ? ids : ids.where("examinations.decision", "=", sql.lit(decision));
}

/** By way of the beneficiary's own credits: `offset 0` keeps the planner from reading the presentations of all others. */
function idsOfBeneficiary(participantId: number, filter: PresentationFilter) {
  return sql<{ id: string }>`(select of.id from credits cross join lateral (
      select id from presentations where credit_id = credits.id and id > ${filter.cursor ?? ""} offset 0
    ) as of
    where credits.beneficiary = ${participantId} and ${isDecided(filter, sql.ref("of.id"))}
    order by of.id limit ${sql.lit(roundedUp(filter.limit + 1))})`;
}

/** Whether a bank, `bank` if that is given, has decided as the filter says. */
function isDecided({ bank, decision }: PresentationFilter, presentationId: RawBuilder<unknown>) {
  if (bank === undefined && decision === undefined) return sql<boolean>`true`;
  const isOf = bank === undefined ? sql`` : sql` and own.bank = ${bank}`;
  const isSo = decision === undefined ? sql`` : sql` and own.decision = ${sql.lit(decision)}`;
  return sql<boolean>`exists (select from examinations as own
    where own.presentation_id = ${presentationId}${isOf}${isSo})`;
}

/** Each bank's part in these presentations, in the order in which they received the documents. */
export function listExaminations(db: Db, presentationIds: readonly string[]) {
  return db
    .selectFrom("examinations")
    .selectAll()
    .where(sql<boolean>`presentation_id = any(${presentationIds}::text[])`)
    .orderBy("received_at")
    .orderBy("bank")
    .execute();
}

/** Documents of a presentation in their order, as far as they lie in this store. */
export function listPresentedDocuments(db: Db, presentationId: string) {
  return db
    .selectFrom("presentation_documents")
    .innerJoin("documents", "documents.id", "presentation_documents.document_id")
    .select([
      "presentation_documents.position",
      "documents.id",
      "documents.kind",
      "documents.organisation_id as organisationId",
    ])
    .where("presentation_id", "=", presentationId)
    .orderBy("position")
    .execute();
}

/** Ties documents to a presentation, in their order. */
export async function insertPresentedDocuments(
  tx: Transaction,
  presentationId: string,
  documentIds: readonly string[],
): Promise<void> {
  const rows = documentIds.map((document_id, position) => ({ presentation_id: presentationId, position, document_id }));
  await tx.insertInto("presentation_documents").values(rows).execute();
}

/** One discrepancy with its wording; the commitment of the wording stands on the ledger. */
export interface StoredDiscrepancy {
  readonly code: string;
  readonly document: number;
  readonly article: number;
  readonly text: string;
  readonly salt: string;
  readonly textCommitment: string;
}

export async function insertRefusalTexts(
  tx: Transaction,
  refusal: { presentationId: string; bank: number; orderId: string; discrepancies: readonly StoredDiscrepancy[] },
): Promise<void> {
  await tx
    .insertInto("refusal_texts")
    .values({
      presentation_id: refusal.presentationId,
      bank: refusal.bank,
      order_id: refusal.orderId,
      discrepancies: JSON.stringify(refusal.discrepancies),
    })
    .execute();
}

/** Wordings of all notices that a bank prepared for a presentation; the ledger's commitments tell which was given. */
export async function listRefusalTexts(db: Db, presentationId: string) {
  const rows = await db
    .selectFrom("refusal_texts")
    .select(["bank", "discrepancies"])
    .where("presentation_id", "=", presentationId)
    .execute();
  return rows.map(({ bank, discrepancies }) => ({
    bank,
    discrepancies: discrepancies as unknown as readonly StoredDiscrepancy[],
  }));
}
