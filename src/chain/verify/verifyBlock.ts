import { bloomBytes, bloomText, createBloomHasher } from "./bloom.ts";
import { type BlockFault, type Finding, finding, shown } from "./fault.ts";
import { type HeaderKind, headerHash } from "./header.ts";
import { writeReceipt } from "./receiptCodec.ts";
import { bindReceipts, checkPositions, type GivenReceipts } from "./receipts.ts";
import { createRlpWriter } from "./rlp.ts";
import { orderedTrieRoot } from "./trie.ts";
import { MalformedWire, quantityNumber, type VerifiableBlock, type VerifiableReceipt } from "./wire.ts";

/**
 * *full*: every check on every block. *sampled*: the receipts root only on about one block in `sampleEvery`, all else on
 * every block. *off*: the header's hash, the parent, and that each receipt is that of its transaction in this block.
 */
export type VerifyMode = "full" | "sampled" | "off";

export interface VerifyOptions {
  readonly mode: VerifyMode;
  readonly headerKind: HeaderKind;
  /** Hash of the block that is held already; absent for the first one. */
  readonly parentHash?: string;
  /** The number that was asked for. */
  readonly number?: number;
  readonly sampleEvery?: number;
}

const sampleEveryDefault = 16;
const writer = createRlpWriter();
const blooms = createBloomHasher();

/**
 * Proves that block and receipts belong together and that nothing is missing, or says what is wrong first. It never
 * throws, whatever a node sent.
 *
 * @param receipts in the order of `block.transactions`; null where the node had none.
 */
export function verifyBlock(
  block: VerifiableBlock,
  receipts: GivenReceipts,
  options: VerifyOptions,
): BlockFault | undefined {
  const found = inspect(block, receipts, options);
  return found && { ...found, blockNumber: shown(block?.number), blockHash: shown(block?.hash) };
}

function inspect(block: VerifiableBlock, given: GivenReceipts, options: VerifyOptions): Finding | undefined {
  try {
    const wrongHeader = checkHeader(block, options);
    if (wrongHeader) return wrongHeader;
    const bound = bindReceipts(block, given);
    if (!bound.ok) return bound.finding;
    if (options.mode === "off") return undefined;
    return checkPositions(block, bound.receipts) ?? checkContent(block, bound.receipts, options);
  } catch (error) {
    if (!(error instanceof MalformedWire)) throw error;
    return finding("malformed", "", { expected: error.message, actual: error.value });
  }
}

function checkHeader(block: VerifiableBlock, options: VerifyOptions): Finding | undefined {
  if (typeof block !== "object" || block === null) throw new MalformedWire(block);
  const { number, parentHash, headerKind } = options;
  if (quantityNumber(block.number) !== (number ?? Number(block.number))) {
    return finding("number", "number", { expected: number, actual: block.number });
  }
  if (headerKind !== "none") {
    const expected = headerHash(block, headerKind);
    if (block.hash !== expected) return finding("header_hash", "hash", { expected, actual: block.hash });
  }
  if (parentHash !== undefined && block.parentHash !== parentHash) {
    return finding("parent", "parentHash", { expected: parentHash, actual: block.parentHash });
  }
  return undefined;
}

/** Blooms of each receipt and of the block from the logs, and with them the root. */
function checkContent(
  block: VerifiableBlock,
  receipts: readonly VerifiableReceipt[],
  options: VerifyOptions,
): Finding | undefined {
  const ofBlock = new Uint8Array(bloomBytes);
  const ofReceipts: Uint8Array[] = [];
  for (const [index, receipt] of receipts.entries()) {
    const bloom = bloomOf(receipt);
    const given = receipt.logsBloom;
    if (given !== undefined && given !== textOf(bloom)) {
      return finding("bloom", `receipts[${index}].logsBloom`, { expected: textOf(bloom), actual: given });
    }
    if (bloom !== noBits) merge(ofBlock, bloom);
    ofReceipts.push(bloom);
  }
  const expected = bloomText(ofBlock);
  if (block.logsBloom !== expected) return finding("bloom", "logsBloom", { expected, actual: block.logsBloom });
  if (options.mode === "sampled" && !isSampled(block.hash, options.sampleEvery ?? sampleEveryDefault)) return undefined;
  const root = receiptsRootOf(receipts, ofReceipts);
  if (block.receiptsRoot === root) return undefined;
  return finding("receipts_root", "receiptsRoot", { expected: root, actual: block.receiptsRoot });
}

/** Both have a buffer of their own. */
function merge(into: Uint8Array, bloom: Uint8Array): void {
  const words = new Uint32Array(into.buffer);
  const more = new Uint32Array(bloom.buffer);
  for (let at = 0; at < words.length; at += 1) words[at] = (words[at] ?? 0) | (more[at] ?? 0);
}

const noBits = new Uint8Array(bloomBytes);
const noBitsText = bloomText(noBits);

function textOf(bloom: Uint8Array): string {
  return bloom === noBits ? noBitsText : bloomText(bloom);
}

function bloomOf({ logs }: VerifiableReceipt): Uint8Array {
  if (logs.length === 0) return noBits;
  const bloom = new Uint8Array(bloomBytes);
  for (const { address, topics } of logs) {
    blooms.add(bloom, address);
    for (const topic of topics) blooms.add(bloom, topic);
  }
  return bloom;
}

function receiptsRootOf(receipts: readonly VerifiableReceipt[], ofReceipts: readonly Uint8Array[]): string {
  writer.rewind(0);
  return orderedTrieRoot({
    writer,
    count: receipts.length,
    writeValue(index) {
      const receipt = receipts[index];
      if (receipt) writeReceipt(writer, receipt, ofReceipts[index] ?? noBits);
    },
  });
}

/** By the block's hash, so that a block read again is sampled again, and on every gateway alike. */
function isSampled(hash: string, every: number): boolean {
  return Number.parseInt(hash.slice(-8), 16) % every === 0;
}
