import type { Db, Transaction } from "./store.ts";

type Decision = "none" | "examining" | "complying" | "refused" | "precluded";

/**
 * Presentations that a participant may know of: its beneficiary's own, and those that a bank was given. The applicant
 * and banks further on learn nothing before a bank passes the documents to them.
 */
function visible(db: Db, participantId: number) {
  return db
    .selectFrom("presentations")
    .innerJoin("credits", "credits.id", "presentations.credit_id")
    .innerJoin("deposit_tokens", "deposit_tokens.address", "credits.token")
    .selectAll("presentations")
    .select(["credits.beneficiary", "credits.issuing_bank as issuingBank", "deposit_tokens.currency"])
    .where(({ eb, exists, or, selectFrom }) =>
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
  return visible(db, participantId).where("presentations.id", "=", id).executeTakeFirst();
}

export interface PresentationFilter {
  readonly creditId: string | undefined;
  /** What some bank has decided, or of `bank` if that is given. */
  readonly decision: Decision | undefined;
  readonly bank: number | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
}

/** Presentations in order of ids: one row more than `limit`. */
export function listPresentations(db: Db, participantId: number, filter: PresentationFilter) {
  const { creditId, decision, bank } = filter;
  return visible(db, participantId)
    .where("presentations.id", ">", filter.cursor ?? "")
    .$if(creditId !== undefined, (query) => query.where("presentations.credit_id", "=", creditId ?? ""))
    .$if(decision !== undefined || bank !== undefined, (query) =>
      query.where(({ exists, selectFrom }) =>
        exists(
          selectFrom("examinations as own")
            .select("own.bank")
            .whereRef("own.presentation_id", "=", "presentations.id")
            .$if(bank !== undefined, (inner) => inner.where("own.bank", "=", bank ?? 0))
            .$if(decision !== undefined, (inner) => inner.where("own.decision", "=", decision ?? "none")),
        ),
      ),
    )
    .orderBy("presentations.id")
    .limit(filter.limit + 1)
    .execute();
}

/** Each bank's part in these presentations, in the order in which they received the documents. */
export function listExaminations(db: Db, presentationIds: readonly string[]) {
  return (
    db
      .selectFrom("examinations")
      .selectAll()
      // An id that is none keeps the list from being empty, which SQL does not allow.
      .where("presentation_id", "in", ["", ...presentationIds])
      .orderBy("received_at")
      .orderBy("bank")
      .execute()
  );
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
