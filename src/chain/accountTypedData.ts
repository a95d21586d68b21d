import { invariant } from "../shared/errors.ts";
import { fromHex, keccak256 } from "./sending/keccak.ts";

/**
 * EIP-712 messages in the domain of a participant's account: what its keys sign. The types never change, so their hashes
 * are computed once and the words are put together by hand: a general encoder of typed data needs ten times as long, and
 * each act is signed inside its request.
 */
export interface AccountDomain {
  readonly account: string;
  readonly chainId: number;
}

const domainTypeHash = hashText("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
const nameHash = hashText("Hansa Account");
const versionHash = hashText("1");

export function hashText(text: string): Uint8Array {
  return keccak256(Buffer.from(text, "utf8"));
}

/** A number as 32 bytes. */
export function word(value: bigint | number | string): Uint8Array {
  return Buffer.from(BigInt(value).toString(16).padStart(64, "0"), "hex");
}

/** An address as 32 bytes. */
export function addressWord(address: string): Uint8Array {
  const bytes = fromHex(address);
  invariant(bytes.length === 20, "an address has 20 bytes");
  return Buffer.concat([Buffer.alloc(12), bytes]);
}

/** The digest of a message whose words (the type's hash first) are given. */
export function digestOf({ account, chainId }: AccountDomain, words: readonly Uint8Array[]): Uint8Array {
  const domain = [domainTypeHash, nameHash, versionHash, word(chainId), addressWord(account)];
  const separator = keccak256(Buffer.concat(domain));
  return keccak256(Buffer.concat([Buffer.from([0x19, 0x01]), separator, keccak256(Buffer.concat(words))]));
}
