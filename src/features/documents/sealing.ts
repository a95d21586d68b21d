import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { assertOutsideTransaction } from "../../shared/transactionScope.ts";

/**
 * Documents at rest: AES-256-GCM under a key per document, which the master key wraps. Destroying the wrapped key makes
 * name and content unreadable for ever. Each sealed thing names the document and what it is, so that parts of two
 * documents cannot be exchanged in the store.
 */

/** iv(12) ‖ tag(16) ‖ ciphertext. */
const ivBytes = 12;
const tagBytes = 16;
const keyBytes = 32;

function seal(key: Uint8Array, plain: Uint8Array, label: string): Buffer {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  cipher.setAAD(Buffer.from(label, "utf8"));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

function open(key: Uint8Array, sealed: Uint8Array, label: string): Buffer {
  const bytes = Buffer.from(sealed);
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(label, "utf8"));
  decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]);
}

function wrappingKey(masterKey: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", masterKey, new Uint8Array(), "hansa document keys", keyBytes));
}

export interface SealedDocument {
  /** base64 of the sealed document key. */
  readonly wrappedKey: string;
  /** base64 of the sealed name. */
  readonly sealedName: string;
  readonly sealedContent: Uint8Array;
}

/** Seals a new document. */
export function sealDocument(
  masterKey: Uint8Array,
  document: { id: string; name: string; content: Uint8Array },
): SealedDocument {
  assertOutsideTransaction("encrypting a document");
  const { id, name, content } = document;
  const key = randomBytes(keyBytes);
  return {
    wrappedKey: seal(wrappingKey(masterKey), key, `${id} key`).toString("base64"),
    sealedName: seal(key, Buffer.from(name, "utf8"), `${id} name`).toString("base64"),
    sealedContent: seal(key, content, `${id} content`),
  };
}

/** What opens one document. */
export interface DocumentSeal {
  readonly id: string;
  readonly wrappedKey: string;
}

function documentKey(masterKey: Uint8Array, { id, wrappedKey }: DocumentSeal): Uint8Array {
  assertOutsideTransaction("decrypting a document");
  return open(wrappingKey(masterKey), Buffer.from(wrappedKey, "base64"), `${id} key`);
}

/** Throws when the store's bytes were altered or the master key is another. */
export function openName(masterKey: Uint8Array, seal: DocumentSeal, sealedName: string): string {
  const key = documentKey(masterKey, seal);
  return open(key, Buffer.from(sealedName, "base64"), `${seal.id} name`).toString("utf8");
}

/** Throws when the store's bytes were altered or the master key is another. */
export function openContent(masterKey: Uint8Array, seal: DocumentSeal, sealedContent: Uint8Array): Buffer {
  return open(documentKey(masterKey, seal), sealedContent, `${seal.id} content`);
}
