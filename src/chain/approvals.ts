import { pointFromScalar, signRecoverable } from "tiny-secp256k1";
import { invariant } from "../shared/errors.ts";
import { abiArray, abiBytes, abiParts } from "./abiParts.ts";
import { fromHex, keccak256, toHex } from "./sending/keccak.ts";

/** One key's signature under an order or a consent. */
export interface SignedApproval {
  readonly signer: string;
  readonly signature: string;
}

function addressOfKey(key: Uint8Array): string {
  const point = pointFromScalar(key, false);
  invariant(point, "a private key has a point");
  return toHex(keccak256(point.subarray(1)).subarray(12));
}

/**
 * Signs a digest with a private key (hex), deterministically (RFC 6979), with the lower `s`. The key is used for this
 * call only. Its address need not be computed where it is known.
 */
export function signDigest(digest: string, privateKey: string, signer?: string): SignedApproval {
  const key = fromHex(privateKey);
  const { signature, recoveryId } = signRecoverable(fromHex(digest), key);
  return { signer: signer ?? addressOfKey(key), signature: `${toHex(signature)}${(27 + recoveryId).toString(16)}` };
}

/** `Approval[]` in the ABI, in ascending order of the signers' hashes, as the account demands. */
export function abiApprovals(approvals: readonly SignedApproval[]): Buffer {
  return abiArray(
    inOrder(approvals).map(({ signer, signature }) =>
      abiParts([{ tail: abiBytes(signer) }, { tail: abiBytes(signature) }]),
    ),
  );
}

function inOrder(approvals: readonly SignedApproval[]): readonly SignedApproval[] {
  if (approvals.length < 2) return approvals;
  return approvals
    .map((approval) => ({ approval, rank: keccak256(fromHex(approval.signer)) }))
    .sort((a, b) => Buffer.compare(a.rank, b.rank))
    .map(({ approval }) => approval);
}
