import * as z from "zod";
import { AppError } from "../../shared/errors.ts";
import { findDocument, findDocumentContent, findOwnDocuments, listDocuments } from "../../store/documents.ts";
import type { Store } from "../../store/store.ts";
import type { Caller } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { decodeCursor, Hex32, Instant, toPage } from "../schemas.ts";
import { openContent, openName } from "./sealing.ts";

/** What a document is, by the article of UCP 600 that judges it where there is one. */
export const documentKinds = [
  "commercial_invoice",
  "draft",
  "multimodal_transport_document",
  "bill_of_lading",
  "sea_waybill",
  "charter_party_bill",
  "air_waybill",
  "land_transport_document",
  "courier_receipt",
  "forwarder_certificate_of_receipt",
  "insurance_document",
  "certificate_of_origin",
  "inspection_certificate",
  "beneficiary_certificate",
  "packing_list",
  "weight_list",
  "other",
] as const;
export const DocumentKind = z.enum(documentKinds);

export const DocumentView = z.strictObject({
  id: z.string(),
  kind: DocumentKind,
  /** Null once the document is erased. */
  name: z.string().nullable(),
  mediaType: z.string(),
  sizeBytes: z.int(),
  /** What stands on the ledger in its place, and the salt with which a reader checks it. */
  commitment: Hex32,
  salt: Hex32,
  isErased: z.boolean(),
  createdAt: Instant,
});
export type DocumentView = z.infer<typeof DocumentView>;

/**
 * What keeping a document answers. The name is left out: the reply is kept with its idempotency key, outside the
 * document's own encryption, and would outlive its erasure.
 */
export const DocumentReceipt = DocumentView.omit({ name: true });
export type DocumentReceipt = z.infer<typeof DocumentReceipt>;

type Row = NonNullable<Awaited<ReturnType<typeof findDocument>>>;

function toView(masterKey: Uint8Array, row: Row): DocumentView {
  const { id, wrapped_key: wrappedKey } = row;
  return {
    id,
    kind: DocumentKind.parse(row.kind),
    name: wrappedKey === null ? null : openName(masterKey, { id, wrappedKey }, row.sealed_name),
    mediaType: row.media_type,
    sizeBytes: row.size_bytes,
    commitment: row.commitment,
    salt: row.salt,
    isErased: wrappedKey === null,
    createdAt: new Date(row.created_at_ms).toISOString(),
  };
}

export async function listOwnDocuments(
  { store, masterKey }: GatewayContext,
  caller: Caller,
  query: { kind?: string | undefined; cursor?: string | undefined; limit: number },
) {
  const { kind, limit } = query;
  const cursor = decodeCursor(query.cursor);
  const rows = await listDocuments(store.db, caller.organisationId, { kind, cursor, limit });
  const page = toPage(rows, limit, (row) => row.id);
  return { items: page.items.map((row) => toView(masterKey, row)), nextCursor: page.nextCursor };
}

/** For the owner and for banks that were given it. @throws AppError `request.not_found` */
export async function getDocument({ store, masterKey }: GatewayContext, caller: Caller, id: string) {
  const row = await findDocument(store.db, caller, id);
  if (!row) throw new AppError("request.not_found");
  return toView(masterKey, row);
}

/** Name and bytes. @throws AppError `request.not_found`, `document.erased` */
export async function getDocumentContent({ store, masterKey }: GatewayContext, caller: Caller, id: string) {
  const row = await findDocumentContent(store.db, caller, id);
  if (!row) throw new AppError("request.not_found");
  if (row.wrapped_key === null) throw new AppError("document.erased");
  const seal = { id, wrappedKey: row.wrapped_key };
  return {
    name: openName(masterKey, seal, row.sealed_name),
    content: openContent(masterKey, seal, row.sealed_content),
  };
}

/**
 * Commitments of the caller's own documents, in the order asked for.
 * @throws AppError `request.invalid` for one that is unknown, foreign, erased or named twice.
 */
export async function commitmentsOf(store: Store, caller: Caller, ids: readonly string[]): Promise<readonly string[]> {
  const rows = await findOwnDocuments(store.db, caller.organisationId, ids);
  const known = new Map(rows.filter((row) => row.wrapped_key !== null).map((row) => [row.id, row.commitment]));
  const faults = ids.flatMap((id, index) => {
    const pointer = `/documents/${index}`;
    if (!known.has(id)) return [{ pointer, detail: "no document of yours" }];
    return ids.indexOf(id) < index ? [{ pointer, detail: "named twice" }] : [];
  });
  if (faults.length > 0) throw new AppError("request.invalid", {}, { faults });
  return ids.map((id) => known.get(id) ?? "");
}
