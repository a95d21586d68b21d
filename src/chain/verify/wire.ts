/**
 * What verification needs of a block and its receipts, as JSON-RPC gives them. A node may send anything: the types say
 * what is asked for, the checks find out what came. Fields that only some modes or header kinds need are optional.
 */
export interface VerifiableBlock {
  readonly number: string;
  readonly hash: string;
  readonly parentHash: string;
  /** In order: hashes, or transactions in full. */
  readonly transactions: readonly (string | { readonly hash: string })[];
  readonly timestamp?: string;
  readonly sha3Uncles?: string;
  readonly miner?: string;
  readonly stateRoot?: string;
  readonly transactionsRoot?: string;
  readonly receiptsRoot?: string;
  readonly logsBloom?: string;
  readonly difficulty?: string;
  readonly gasLimit?: string;
  readonly gasUsed?: string;
  readonly extraData?: string;
  readonly mixHash?: string;
  readonly nonce?: string;
  readonly baseFeePerGas?: string | null;
  readonly withdrawalsRoot?: string | null;
  readonly blobGasUsed?: string | null;
  readonly excessBlobGas?: string | null;
  readonly parentBeaconBlockRoot?: string | null;
  readonly requestsHash?: string | null;
  readonly blockGasCost?: string | null;
  readonly timestampMilliseconds?: string | null;
  readonly minDelayExcess?: string | null;
}

export interface VerifiableLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
  readonly logIndex: string;
  readonly transactionHash: string;
  readonly blockHash?: string;
  readonly blockNumber?: string;
  readonly transactionIndex?: string;
  readonly removed?: boolean;
}

export interface VerifiableReceipt {
  readonly transactionHash: string;
  readonly blockHash: string;
  readonly blockNumber: string;
  readonly status: string;
  readonly logs: readonly VerifiableLog[];
  readonly transactionIndex?: string;
  /** Absent means a legacy transaction. */
  readonly type?: string;
  readonly cumulativeGasUsed?: string;
  readonly gasUsed?: string;
  readonly logsBloom?: string;
}

/** A value is not written as the JSON-RPC specification has it. Caught by `verifyBlock`, which reports `malformed`. */
export class MalformedWire extends Error {
  override readonly name = "MalformedWire";
  readonly value: unknown;

  constructor(value: unknown) {
    super("not as the JSON-RPC specification writes it");
    this.value = value;
  }
}

const quantityForm = /^0x(?:0|[1-9a-f][0-9a-f]*)$/;

/**
 * One number has one spelling: no leading zeros, digits in lower case. Whoever compares texts later (`status === "0x1"`)
 * relies on it, so another spelling of a proven value is no smaller a lie.
 */
export function quantityText(value: unknown): string {
  if (typeof value !== "string" || !quantityForm.test(value)) throw new MalformedWire(value);
  return value;
}

export function quantityNumber(value: unknown): number {
  const number = Number(quantityText(value));
  if (!Number.isSafeInteger(number)) throw new MalformedWire(value);
  return number;
}

export function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new MalformedWire(value);
  return value;
}

export function recordOf(value: unknown): object {
  if (typeof value !== "object" || value === null) throw new MalformedWire(value);
  return value;
}
