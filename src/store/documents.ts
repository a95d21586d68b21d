import type { Db, Transaction } from "./store.ts";

export interface NewDocument {
  readonly id: string;
  readonly organisationId: string;
  readonly kind: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly wrappedKey: string;
  readonly sealedName: string;
  readonly sealedContent: Uint8Array;
  readonly commitment: string;
  readonly salt: string;
  readonly createdAtMs: number;
}

const described = [
  "documents.id",
  "documents.organisation_id",
  "documents.kind",
  "documents.media_type",
  "documents.size_bytes",
  "documents.wrapped_key",
  "documents.sealed_name",
  "documents.commitment",
  "documents.salt",
  "documents.created_at_ms",
] as const;

export async function insertDocument(tx: Transaction, document: NewDocument): Promise<void> {
  await tx
    .insertInto("documents")
    .values({
      id: document.id,
      organisation_id: document.organisationId,
      kind: document.kind,
      media_type: document.mediaType,
      size_bytes: document.sizeBytes,
      wrapped_key: document.wrappedKey,
      sealed_name: document.sealedName,
      sealed_content: document.sealedContent,
      commitment: document.commitment,
      salt: document.salt,
      created_at_ms: document.createdAtMs,
    })
    .execute();
}

/** Who reads: the document's own organisation, and every bank that was given a presentation with the document in it. */
export interface Reader {
  readonly organisationId: string;
  readonly participantId: number | null;
}

function readable(db: Db, reader: Reader) {
  return db.selectFrom("documents").where(({ or, eb, exists, selectFrom }) =>
    or([
      eb("documents.organisation_id", "=", reader.organisationId),
      exists(
        selectFrom("presentation_documents")
          .innerJoin("examinations", "examinations.presentation_id", "presentation_documents.presentation_id")
          .select("presentation_documents.document_id")
          .whereRef("presentation_documents.document_id", "=", "documents.id")
          .where("examinations.bank", "=", reader.participantId ?? 0),
      ),
    ]),
  );
}

/** A document's description, for those who may read it; nobody else finds it. */
export function findDocument(db: Db, reader: Reader, id: string) {
  return readable(db, reader).select(described).where("documents.id", "=", id).executeTakeFirst();
}

/** The sealed content, for those who may read it. */
export function findDocumentContent(db: Db, reader: Reader, id: string) {
  return readable(db, reader)
    .select([...described, "documents.sealed_content"])
    .where("documents.id", "=", id)
    .executeTakeFirst();
}

/** An organisation's own documents in order of ids. */
export function listDocuments(
  db: Db,
  organisationId: string,
  filter: { kind: string | undefined; cursor: string | undefined; limit: number },
) {
  const { kind } = filter;
  return db
    .selectFrom("documents")
    .select(described)
    .where("organisation_id", "=", organisationId)
    .where("id", ">", filter.cursor ?? "")
    .$if(kind !== undefined, (query) => query.where("kind", "=", kind ?? ""))
    .orderBy("id")
    .limit(filter.limit + 1)
    .execute();
}

/** Those of these ids that are the organisation's own. */
export function findOwnDocuments(db: Db, organisationId: string, ids: readonly string[]) {
  return db
    .selectFrom("documents")
    .select(["id", "commitment", "wrapped_key"])
    .where("organisation_id", "=", organisationId)
    .where("id", "in", [...ids])
    .execute();
}
