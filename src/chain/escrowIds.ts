import { fromHex, keccak256, toHex } from "./sending/keccak.ts";

/**
 * `TradeEscrow.escrowId`, computed here too, so that an escrow has its id before it is on the ledger. A salt works once
 * per buyer and seller.
 */
export function escrowIdOf(of: {
  chainId: number;
  tradeEscrow: string;
  buyer: number;
  seller: number;
  salt: string;
}): string {
  // Words of 32 bytes, as the ABI writes them one behind the other.
  const numbers = [of.chainId, of.tradeEscrow, of.buyer, of.seller].map((value) => BigInt(value).toString(16));
  const words = [...numbers.map((digits) => digits.padStart(64, "0")), of.salt.slice(2)];
  return toHex(keccak256(fromHex(`0x${words.join("")}`)));
}
