import { randomBytes } from "node:crypto";
import { AbiCoder, hexlify, id, keccak256 } from "ethers";

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
  | "reference";

export function makeSalt(): string {
  return hexlify(randomBytes(32));
}

/** keccak256(abi.encode(keccak256(domain), keccak256(content), salt)). */
export function commit(domain: CommitmentDomain, content: string | Uint8Array, salt: string): string {
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  return keccak256(
    AbiCoder.defaultAbiCoder().encode(
      ["bytes32", "bytes32", "bytes32"],
      [id(`hansa.${domain}`), keccak256(bytes), salt],
    ),
  );
}
