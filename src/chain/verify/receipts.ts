import { type BlockCheck, type Finding, finding } from "./fault.ts";
import {
  listOf,
  quantityNumber,
  recordOf,
  type VerifiableBlock,
  type VerifiableLog,
  type VerifiableReceipt,
} from "./wire.ts";

export type GivenReceipts = readonly (VerifiableReceipt | null | undefined)[];

export type Bound =
  | { readonly ok: true; readonly receipts: readonly VerifiableReceipt[] }
  | { readonly ok: false; readonly finding: Finding };

/** One receipt for each transaction, in order, each naming this block. Costs next to nothing, so every mode asks for it. */
export function bindReceipts(block: VerifiableBlock, given: GivenReceipts): Bound {
  const hashes = listOf(block.transactions).map(hashOf);
  const receipts: VerifiableReceipt[] = [];
  for (const [index, receipt] of listOf(given).entries()) {
    const at = `receipts[${index}]`;
    const expected = hashes[index];
    if (expected === undefined) return wrong("receipt_surplus", at, { expected: hashes.length, actual: given.length });
    if (receipt === null || receipt === undefined) return wrong("receipt_missing", at, { expected, actual: receipt });
    const found = recordOf(receipt) as VerifiableReceipt;
    const { transactionHash, blockHash, blockNumber } = found;
    if (transactionHash !== expected) {
      return wrong("receipt_order", `${at}.transactionHash`, { expected, actual: transactionHash });
    }
    if (blockHash !== block.hash || blockNumber !== block.number) {
      const values = { expected: `${block.number} ${block.hash}`, actual: `${blockNumber} ${blockHash}` };
      return wrong("receipt_of_other_block", at, values);
    }
    receipts.push(found);
  }
  if (receipts.length < hashes.length) {
    return wrong("receipt_missing", "receipts", { expected: hashes.length, actual: receipts.length });
  }
  return { ok: true, receipts };
}

function wrong(check: BlockCheck, at: string, values: { expected: unknown; actual: unknown }): Bound {
  return { ok: false, finding: finding(check, at, values) };
}

function hashOf(transaction: unknown): unknown {
  if (typeof transaction === "string") return transaction;
  return (recordOf(transaction) as { hash?: unknown }).hash;
}

/** Positions and sums within the block: transaction indices, log indices, what each log names, gas. */
export function checkPositions(block: VerifiableBlock, receipts: readonly VerifiableReceipt[]): Finding | undefined {
  let nextLog = 0;
  let gasBefore = 0;
  for (const [index, receipt] of receipts.entries()) {
    const at = `receipts[${index}]`;
    if (receipt.transactionIndex !== undefined && quantityNumber(receipt.transactionIndex) !== index) {
      const values = { expected: index, actual: receipt.transactionIndex };
      return finding("receipt_order", `${at}.transactionIndex`, values);
    }
    const gasSoFar = quantityNumber(receipt.cumulativeGasUsed);
    if (receipt.gasUsed !== undefined && quantityNumber(receipt.gasUsed) !== gasSoFar - gasBefore) {
      return finding("gas_used", `${at}.gasUsed`, { expected: gasSoFar - gasBefore, actual: receipt.gasUsed });
    }
    gasBefore = gasSoFar;
    for (const [place, log] of listOf(receipt.logs).entries()) {
      const expected = { block, receipt, index, logIndex: nextLog };
      const found = checkLog(recordOf(log) as VerifiableLog, expected, `${at}.logs[${place}]`);
      if (found) return found;
      nextLog += 1;
    }
  }
  return undefined;
}

interface LogPlace {
  readonly block: VerifiableBlock;
  readonly receipt: VerifiableReceipt;
  readonly index: number;
  readonly logIndex: number;
}

function checkLog(log: VerifiableLog, { block, receipt, index, logIndex }: LogPlace, at: string): Finding | undefined {
  listOf(log.topics);
  const { blockHash = block.hash, blockNumber = block.number, removed = false } = log;
  // Not every client repeats them in each log; a repeated one must be right.
  if (blockHash !== block.hash || blockNumber !== block.number) {
    const values = { expected: `${block.number} ${block.hash}`, actual: `${blockNumber} ${blockHash}` };
    return finding("log_of_other_block", at, values);
  }
  if (log.transactionHash !== receipt.transactionHash) {
    const values = { expected: receipt.transactionHash, actual: log.transactionHash };
    return finding("log_of_other_transaction", `${at}.transactionHash`, values);
  }
  if (log.transactionIndex !== undefined && quantityNumber(log.transactionIndex) !== index) {
    const values = { expected: index, actual: log.transactionIndex };
    return finding("log_of_other_transaction", `${at}.transactionIndex`, values);
  }
  if (removed !== false) return finding("log_removed", `${at}.removed`, { expected: false, actual: removed });
  if (quantityNumber(log.logIndex) !== logIndex) {
    return finding("log_index", `${at}.logIndex`, { expected: logIndex, actual: log.logIndex });
  }
  return undefined;
}
