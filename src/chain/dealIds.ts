import { AbiCoder, keccak256 } from "ethers";

/** Ids that contracts compute, computed here too, so that a deal has its id before it is on the ledger. */

function idOf(types: readonly string[], values: readonly unknown[]): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode([...types], [...values]));
}

/** `Credits.creditId`: the issuing bank's participant id and a salt that works once. */
export function creditIdOf(of: { chainId: number; credits: string; issuingBank: number; salt: string }): string {
  return idOf(["uint256", "address", "uint32", "bytes32"], [of.chainId, of.credits, of.issuingBank, of.salt]);
}

/** `Presentations.presentationId`. */
export function presentationIdOf(of: {
  chainId: number;
  presentations: string;
  creditId: string;
  salt: string;
}): string {
  return idOf(["uint256", "address", "bytes32", "bytes32"], [of.chainId, of.presentations, of.creditId, of.salt]);
}

/** `Undertakings.undertakingId`: one per presentation and bank. */
export function undertakingIdOf(presentationId: string, obligor: number): string {
  return idOf(["bytes32", "uint32"], [presentationId, obligor]);
}

/** `ClearingHouse.cycleId`. `currency` is three bytes in hex. */
export function cycleIdOf(of: { agent: number; currency: string; ref: string }): string {
  return idOf(["uint32", "bytes3", "bytes32"], [of.agent, of.currency, of.ref]);
}

/** `Redemptions.redemptionId`: the holder's reference, once with each token. */
export function redemptionIdOf(of: { holder: number; token: string; ref: string }): string {
  return idOf(["uint32", "address", "bytes32"], [of.holder, of.token, of.ref]);
}

/** `ClearingHouse.paymentId`: the payer's reference, once with each bank and currency. `currency` is three bytes in hex. */
export function paymentIdOf(of: { payer: number; payeeBank: number; currency: string; ref: string }): string {
  return idOf(["uint32", "uint32", "bytes3", "bytes32"], [of.payer, of.payeeBank, of.currency, of.ref]);
}
