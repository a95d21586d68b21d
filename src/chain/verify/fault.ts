/**
 * Everything that verification can find wrong.
 *
 * - `malformed`: a value is missing or not written as the JSON-RPC specification has it
 * - `number`: the block has another number than was asked for
 * - `header_hash`: the header's fields do not hash to the block's hash
 * - `parent`: the block does not follow the one that is held
 * - `receipt_missing`, `receipt_surplus`: fewer or more receipts than transactions
 * - `receipt_order`: a receipt is not that of the transaction at its place
 * - `receipt_of_other_block`: a receipt names another block
 * - `log_of_other_block`, `log_of_other_transaction`: a log names another block or transaction than its receipt
 * - `log_removed`: a log says that it was taken back
 * - `log_index`: logs are not numbered 0, 1, 2 … through the block
 * - `gas_used`: a receipt's gas is not the difference of the sums before and after it
 * - `bloom`: the bloom of a receipt or of the header is not that of the logs
 * - `receipts_root`: the receipts are not those that the header commits to
 */
export type BlockCheck =
  | "malformed"
  | "number"
  | "header_hash"
  | "parent"
  | "receipt_missing"
  | "receipt_surplus"
  | "receipt_order"
  | "receipt_of_other_block"
  | "log_of_other_block"
  | "log_of_other_transaction"
  | "log_removed"
  | "log_index"
  | "gas_used"
  | "bloom"
  | "receipts_root";

/** The first thing found wrong with a block. All texts are cut to 80 characters: they come from whoever lied. */
export interface BlockFault {
  readonly check: BlockCheck;
  readonly blockNumber: string;
  readonly blockHash: string;
  /** Such as `receipts[3].logs[0].logIndex`. */
  readonly at: string;
  readonly expected: string;
  readonly actual: string;
}

/** What a check reports; the block is added by `verifyBlock`. */
export type Finding = Omit<BlockFault, "blockNumber" | "blockHash">;

const shownMax = 80;

/** A value as a fault shows it. */
export function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return text.length > shownMax ? `${text.slice(0, shownMax - 1)}…` : text;
}

export function finding(check: BlockCheck, at: string, values: { expected: unknown; actual: unknown }): Finding {
  return { check, at, expected: shown(values.expected), actual: shown(values.actual) };
}
