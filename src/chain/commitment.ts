import { randomBytes } from "node:crypto";
import { fromHex, keccak256, toHex } from "./sending/keccak.ts";

/**
 * Salted commitments: what stands on the ledger in place of a text, a document or a name. Without the salt, invoices
 * and names could be guessed. Each kind of thing has its own domain, so that one kind never passes for another.
 */
export type CommitmentDomain =
  | "participant"
  | "terms"
  | "document"
  | "discrepancy"
  | "reason"
  | "evidence"
  | "reference"
  | "payment"
  | "cycle"
  | "redemption";

export function makeSalt(): string {
  return toHex(randomBytes(32));
}

/** keccak256(abi.encode(keccak256(domain), keccak256(content), salt)); a text as its UTF-8. */
export function commit(domain: CommitmentDomain, content: string | Uint8Array, salt: string): string {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const name = keccak256(Buffer.from(`hansa.${domain}`));
  // Three words of 32 bytes: the ABI puts nothing between them.
  return toHex(keccak256(Buffer.concat([name, keccak256(bytes), fromHex(salt)])));
}
