import { keccakHex } from "./keccak.ts";
import { createRlpWriter, type RlpWriter, rlpItems } from "./rlp.ts";
import { MalformedWire, quantityNumber, type VerifiableBlock } from "./wire.ts";

/**
 * Whose header it is, that is, which fields are hashed and how.
 * *ethereum*: geth, Hardhat, BSC, Besu without BFT; fields of later forks follow when the block has them.
 * *qbft*: Besu or GoQuorum; committed seals and round are not part of the hash.
 * *subnet-evm*: an Avalanche L1, with its own fields at the end.
 * *none*: not recomputed. See README.md for when that will do.
 */
export type HeaderKind = "ethereum" | "qbft" | "subnet-evm" | "none";

type Field = readonly [name: keyof VerifiableBlock, form: "data" | "quantity"];

const fields: readonly Field[] = [
  ["parentHash", "data"],
  ["sha3Uncles", "data"],
  ["miner", "data"],
  ["stateRoot", "data"],
  ["transactionsRoot", "data"],
  ["receiptsRoot", "data"],
  ["logsBloom", "data"],
  ["difficulty", "quantity"],
  ["number", "quantity"],
  ["gasLimit", "quantity"],
  ["gasUsed", "quantity"],
  ["timestamp", "quantity"],
  ["extraData", "data"],
  ["mixHash", "data"],
  ["nonce", "data"],
];

/** London, Shanghai, Cancun (3), Prague: each fork adds to the end. */
const ethereumTail: readonly Field[] = [
  ["baseFeePerGas", "quantity"],
  ["withdrawalsRoot", "data"],
  ["blobGasUsed", "quantity"],
  ["excessBlobGas", "quantity"],
  ["parentBeaconBlockRoot", "data"],
  ["requestsHash", "data"],
];

const subnetTail: readonly Field[] = [
  ["baseFeePerGas", "quantity"],
  ["blockGasCost", "quantity"],
  ["blobGasUsed", "quantity"],
  ["excessBlobGas", "quantity"],
  ["parentBeaconBlockRoot", "data"],
  ["timestampMilliseconds", "quantity"],
  ["minDelayExcess", "quantity"],
];

const tails = { ethereum: ethereumTail, qbft: ethereumTail, "subnet-evm": subnetTail } as const;

const writer = createRlpWriter(4_096);

/**
 * The block's hash as its fields make it. Every field counts, so a block with this hash is the block with this hash.
 * @throws MalformedWire when a field is missing or not hex.
 */
export function headerHash(block: VerifiableBlock, kind: Exclude<HeaderKind, "none">): string {
  writer.rewind(0);
  for (const [name, form] of tails[kind].toReversed()) {
    // Absent, or null in some clients: the block is older than the fork that added the field. Before a field that is
    // there, its place is held.
    if (block[name] !== undefined && block[name] !== null) writer[form](block[name]);
    else if (writer.mark() > 0) writer.byte(0x80);
  }
  for (const [name, form] of fields.toReversed()) {
    if (name === "extraData" && kind === "qbft" && quantityNumber(block.number) > 0) writeUnsealed(writer, block);
    else writer[form](block[name]);
  }
  writer.list(0);
  return keccakHex(writer.since(0));
}

/**
 * QBFT's extra data is [vanity, validators, vote, round, seals]. Validators seal a block after it has its hash, and a
 * block that needs another round stays the same block, so the hash has round 0 and no seals. The genesis block is
 * hashed as it is.
 */
function writeUnsealed(target: RlpWriter, { extraData }: VerifiableBlock): void {
  if (typeof extraData !== "string" || !/^0x(?:[0-9a-f]{2})+$/.test(extraData)) throw new MalformedWire(extraData);
  const items = rlpItems(Buffer.from(extraData.slice(2), "hex"));
  if (items.length !== 5) throw new MalformedWire(extraData);
  const mark = target.mark();
  target.byte(0xc0);
  target.byte(0x80);
  for (const item of items.slice(0, 3).toReversed()) target.raw(item);
  target.list(mark);
  target.string(mark);
}
