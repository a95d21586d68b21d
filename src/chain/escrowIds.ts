import { AbiCoder, keccak256 } from "ethers";

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
  return keccak256(
    AbiCoder.defaultAbiCoder().encode(
      ["uint256", "address", "uint32", "uint32", "bytes32"],
      [of.chainId, of.tradeEscrow, of.buyer, of.seller, of.salt],
    ),
  );
}
