import { quantity } from "../rpc.ts";
import type { VerifiableReceipt } from "./wire.ts";

/**
 * Numbers logs through the block where a node numbers them through each transaction (besu#4114, besu#6204).
 *
 * The rule: `receipts` are all receipts of one block in the order of its transactions. When every receipt numbers its
 * own logs 0, 1, 2 …, then its logs get their place in the block; the receipts root proves that place, as it proves
 * order and content. Any other numbering is left as it is, and `verifyBlock` reports it as `log_index`. Blocks that
 * are numbered right come back as they went in. A single receipt cannot be normalised: its place is not known.
 */
export function normaliseLogs<R extends VerifiableReceipt>(receipts: readonly R[]): readonly R[] {
  if (!receipts.every(isNumberedByItself)) return receipts;
  let next = 0;
  return receipts.map((receipt) => {
    const first = next;
    next += receipt.logs.length;
    if (first === 0) return receipt;
    return { ...receipt, logs: receipt.logs.map((log, place) => ({ ...log, logIndex: quantity(first + place) })) };
  });
}

function isNumberedByItself(receipt: VerifiableReceipt | null | undefined): boolean {
  if (!Array.isArray(receipt?.logs)) return false;
  return receipt.logs.every((log, place) => Number(log?.logIndex) === place);
}
