import { randomUUID } from "node:crypto";
import { commit, makeSalt } from "../../chain/commitment.ts";
import { AppError } from "../../shared/errors.ts";
import { limits } from "../../shared/limits.ts";
import { recordAudit } from "../../store/audit.ts";
import { insertDocument } from "../../store/documents.ts";
import type { Caller, Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import type { DocumentReceipt } from "./queries.ts";
import { sealDocument } from "./sealing.ts";

export interface NewDocumentRequest {
  readonly kind: DocumentReceipt["kind"];
  readonly name: string;
  readonly mediaType: string;
  readonly contentBase64: string;
}

/** Bytes of canonical base64. @throws AppError `request.invalid`, `document.too_large` */
function bytesOf(contentBase64: string): Buffer {
  const content = Buffer.from(contentBase64, "base64");
  if (content.length === 0 || content.toString("base64") !== contentBase64) {
    const detail = "not base64 of at least one byte";
    throw new AppError("request.invalid", {}, { faults: [{ pointer: "/contentBase64", detail }] });
  }
  if (content.length > limits.documentBytes) {
    throw new AppError("document.too_large", { bytes: content.length, allowed: limits.documentBytes });
  }
  return content;
}

export function createDocumentCommands({ context, masterKey }: GatewayContext) {
  return {
    /** Keeps a document encrypted; only a salted commitment of it will ever reach the ledger. */
    keep(caller: Caller, { kind, name, mediaType, contentBase64 }: NewDocumentRequest): Write {
      const content = bytesOf(contentBase64);
      const id = randomUUID();
      const salt = makeSalt();
      const commitment = commit("document", content, salt);
      const sealed = sealDocument(masterKey, { id, name, content });
      const { organisationId, userId } = caller;
      return {
        async commit(tx) {
          const createdAtMs = context.clock.wallMs();
          const facts = { id, organisationId, kind, mediaType, sizeBytes: content.length, commitment, salt };
          await insertDocument(tx, { ...facts, ...sealed, createdAtMs });
          await recordAudit(tx, { atMs: createdAtMs, organisationId, userId, action: "document.kept", subject: id });
          const createdAt = new Date(createdAtMs).toISOString();
          const { length: sizeBytes } = content;
          const body: DocumentReceipt = {
            id,
            kind,
            mediaType,
            sizeBytes,
            commitment,
            salt,
            isErased: false,
            createdAt,
          };
          return { status: 201, body };
        },
      };
    },
  };
}
