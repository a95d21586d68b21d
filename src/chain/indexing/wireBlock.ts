import type { VerifiableBlock, VerifiableReceipt } from "../verify/wire.ts";

/** A block with the hashes of its transactions. */
export interface WireBlock extends VerifiableBlock {
  readonly timestamp: string;
  readonly transactions: readonly string[];
}

export type WireReceipt = VerifiableReceipt;

export interface ReadBlock {
  readonly block: WireBlock;
  /** In the order of its transactions, logs numbered through the block. */
  readonly receipts: readonly WireReceipt[];
}

const hash = /^0x[0-9a-f]{64}$/;
const quantity = /^0x[0-9a-f]{1,13}$/;

/** Which field is not as everything after relies on it, whatever is verified beyond that. */
export function malformedField(block: WireBlock): string | undefined {
  if (typeof block !== "object" || block === null) return "block";
  const { number, timestamp, transactions } = block;
  if (!hash.test(String(block.hash))) return "hash";
  if (!hash.test(String(block.parentHash))) return "parentHash";
  if (!quantity.test(String(number))) return "number";
  if (!quantity.test(String(timestamp))) return "timestamp";
  const areHashes = Array.isArray(transactions) && transactions.every((one) => hash.test(String(one)));
  return areHashes ? undefined : "transactions";
}
