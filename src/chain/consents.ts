import { abiParts } from "./abiParts.ts";
import { type AccountDomain, digestOf, hashText } from "./accountTypedData.ts";
import { abiApprovals, type SignedApproval, signDigest } from "./approvals.ts";
import { fromHex, toHex } from "./sending/keccak.ts";

/**
 * A consent is an account's signature where another contract asks for one (ERC-1271): its keys sign a message of the
 * account's own domain that contains the asked-for hash, so that it is worth nothing at another account or ledger.
 */
const consentTypeHash = hashText("Consent(bytes32 hash)");

export interface Consent extends AccountDomain {
  /** What the other contract asks to be signed. */
  readonly hash: string;
}

/** The EIP-712 digest that a key signs to consent. */
export function hashConsent({ hash, ...domain }: Consent): string {
  return toHex(digestOf(domain, [consentTypeHash, fromHex(hash)]));
}

/** Consents with a private key (hex). The key is used for this call only; its address need not be computed where known. */
export function signConsent(consent: Consent, privateKey: string, signer?: string): SignedApproval {
  return signDigest(hashConsent(consent), privateKey, signer);
}

/** The `signature` that the account's `isValidSignature` takes. */
export function encodeConsent(approvals: readonly SignedApproval[]): string {
  return toHex(abiParts([{ tail: abiApprovals(approvals) }]));
}
