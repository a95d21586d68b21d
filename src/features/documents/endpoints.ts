import * as z from "zod";
import { limits } from "../../shared/limits.ts";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { PageQuery, pageOf, Uuid } from "../schemas.ts";
import { createDocumentCommands } from "./commands.ts";
import {
  DocumentKind,
  DocumentReceipt,
  DocumentView,
  getDocument,
  getDocumentContent,
  listOwnDocuments,
} from "./queries.ts";

const tag = "Documents";
const DocumentPath = z.strictObject({ documentId: Uuid });

const KeepDocument = z.strictObject({
  kind: DocumentKind,
  name: z.string().trim().min(1).max(140),
  mediaType: z.string().regex(/^[a-z]+\/[a-z0-9][a-z0-9.+-]{0,99}$/),
  /** Bounded by `limits.documentBytes`, which has a code of its own. */
  contentBase64: z.string().min(4).max(limits.bodyBytes),
});

/** A file name for a download, in the form of RFC 8187. */
function dispositionOf(name: string): string {
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename*=UTF-8''${encoded}`;
}

export function createDocumentEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createDocumentCommands(gateway);

  return [
    defineEndpoint({
      tag,
      method: "post",
      path: "/v1/documents",
      operationId: "keepDocument",
      summary: "Keep a document, encrypted",
      roles: ["maker"],
      body: KeepDocument,
      replies: { 201: DocumentReceipt },
      errors: ["document.too_large"],
      handle: async ({ caller, body }) => commands.keep(caller, body),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/documents",
      operationId: "listDocuments",
      summary: "One's own documents",
      query: PageQuery.extend({ kind: DocumentKind.optional() }),
      replies: { 200: pageOf(DocumentView) },
      handle: async ({ caller, query }) => ({ status: 200, body: await listOwnDocuments(gateway, caller, query) }),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/documents/{documentId}",
      operationId: "getDocument",
      summary: "What a document is, for its owner and the banks that were given it",
      params: DocumentPath,
      replies: { 200: DocumentView },
      handle: async ({ caller, params }) => ({
        status: 200,
        body: await getDocument(gateway, caller, params.documentId),
      }),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/documents/{documentId}/content",
      operationId: "getDocumentContent",
      summary: "The document's bytes; its own media type stands in its description",
      params: DocumentPath,
      // Never the media type that an uploader chose: a browser could run what it names.
      replies: { 200: "application/octet-stream" },
      errors: ["document.erased"],
      handle: async ({ caller, params }) => {
        const { name, content } = await getDocumentContent(gateway, caller, params.documentId);
        const headers = { "Content-Disposition": dispositionOf(name) };
        return { status: 200, contentType: "application/octet-stream", body: content, headers };
      },
    }),
  ];
}
