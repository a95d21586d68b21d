import type { RlpWriter } from "./rlp.ts";
import { MalformedWire, type VerifiableReceipt } from "./wire.ts";

/** Legacy, access list (EIP-2930), dynamic fee (EIP-1559), blobs (EIP-4844), set code (EIP-7702). All have one form. */
const types: ReadonlySet<unknown> = new Set([undefined, "0x0", "0x1", "0x2", "0x3", "0x4"]);
const outcomes: ReadonlySet<unknown> = new Set(["0x0", "0x1"]);

/**
 * Writes a receipt as the receipts trie has it: the type's byte, then status, gas so far, bloom and logs. The bloom is
 * the one computed from the logs, not the one that the node gave. Receipts from before Byzantium, which have a state
 * root in place of the status, are not served by any ledger that we talk to.
 */
export function writeReceipt(writer: RlpWriter, receipt: VerifiableReceipt, bloom: Uint8Array): void {
  const { type, status, cumulativeGasUsed, logs } = receipt;
  if (!types.has(type)) throw new MalformedWire(type);
  if (!outcomes.has(status)) throw new MalformedWire(status);
  const mark = writer.mark();
  for (let index = logs.length - 1; index >= 0; index -= 1) writeLog(writer, logs[index]);
  writer.list(mark);
  writer.bytes(bloom);
  writer.quantity(cumulativeGasUsed);
  writer.quantity(status);
  writer.list(mark);
  const typeByte = Number(type ?? 0);
  if (typeByte > 0) writer.byte(typeByte);
}

function writeLog(writer: RlpWriter, log: VerifiableReceipt["logs"][number] | undefined): void {
  if (!log) throw new MalformedWire(log);
  const mark = writer.mark();
  writer.data(log.data);
  const topics = writer.mark();
  for (let index = log.topics.length - 1; index >= 0; index -= 1) writer.data(log.topics[index]);
  writer.list(topics);
  writer.data(log.address);
  writer.list(mark);
}
