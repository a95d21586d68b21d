import { keccak, keccakHex } from "./keccak.ts";
import type { RlpWriter } from "./rlp.ts";

/** Nibbles of the keys, RLP of 0, 1, 2 …; they grow with the largest block seen. */
const keys: Uint8Array[] = [];

function keyOf(index: number): Uint8Array {
  for (let next = keys.length; next <= index; next += 1) keys.push(nibblesOf(next));
  return keys[index] ?? nibblesOf(index);
}

function nibblesOf(index: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = index; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  if (bytes.length !== 1 || index >= 0x80) bytes.unshift(0x80 + bytes.length);
  return Uint8Array.from(bytes.flatMap((byte) => [byte >> 4, byte & 15]));
}

/** The index at a place in the order of the keys: 1 … 127, 0 (whose key is 0x80), 128 …, since longer keys come later. */
function indexAt(position: number, count: number): number {
  const placeOfZero = Math.min(count - 1, 127);
  if (position < placeOfZero) return position + 1;
  return position === placeOfZero ? 0 : position;
}

/** The trie of a list: which nodes there are follows from its length alone, so none is ever inserted or moved. */
interface List {
  readonly writer: RlpWriter;
  readonly count: number;
  readonly writeValue: (index: number) => void;
}

/**
 * Root of the Merkle Patricia trie of a list, as Ethereum hashes transactions and receipts: the key of an item is the
 * RLP of its index. `writeValue` writes the item with this index, without a length, through the same writer.
 */
export function orderedTrieRoot(list: List): string {
  const { writer, count } = list;
  const mark = writer.mark();
  if (count === 0) writer.bytes(new Uint8Array(0));
  else writeNode(list, { low: 0, high: count, depth: 0 });
  const root = keccakHex(writer.since(mark));
  writer.rewind(mark);
  return root;
}

/** The keys from place `low` to before `high`; they agree in their first `depth` nibbles. */
interface Span {
  readonly low: number;
  readonly high: number;
  readonly depth: number;
}

function keyAt(list: List, position: number): Uint8Array {
  return keyOf(indexAt(position, list.count));
}

function writeNode(list: List, { low, high, depth }: Span): void {
  const { writer } = list;
  const mark = writer.mark();
  const first = keyAt(list, low);
  if (high - low === 1) {
    list.writeValue(indexAt(low, list.count));
    writer.string(mark);
    writePath(writer, first.subarray(depth), true);
    writer.list(mark);
    return;
  }
  // In a sorted span the first and the last agree where all do.
  const last = keyAt(list, high - 1);
  let shared = depth;
  while (first[shared] === last[shared]) shared += 1;
  if (shared === depth) {
    writeBranch(list, { low, high, depth });
    return;
  }
  writeReference(writer, () => writeBranch(list, { low, high, depth: shared }));
  writePath(writer, first.subarray(depth, shared), false);
  writer.list(mark);
}

/** Sixteen children and no value: no key of a list is the beginning of another. */
function writeBranch(list: List, { low, high, depth }: Span): void {
  const { writer } = list;
  const mark = writer.mark();
  writer.byte(0x80);
  let end = high;
  for (let nibble = 15; nibble >= 0; nibble -= 1) {
    let start = end;
    while (start > low && keyAt(list, start - 1)[depth] === nibble) start -= 1;
    const child = { low: start, high: end, depth: depth + 1 };
    if (start === end) writer.byte(0x80);
    else writeReference(writer, () => writeNode(list, child));
    end = start;
  }
  writer.list(mark);
}

/** A node of less than 32 bytes stands in its parent, a longer one is named by its hash. */
function writeReference(writer: RlpWriter, write: () => void): void {
  const mark = writer.mark();
  write();
  const node = writer.since(mark);
  if (node.length < 32) return;
  const hash = keccak(node);
  writer.rewind(mark);
  writer.bytes(hash);
}

/** Hex-prefix form: the first nibble says whether it is a leaf and whether the number of nibbles is odd. */
function writePath(writer: RlpWriter, nibbles: Uint8Array, isLeaf: boolean): void {
  const mark = writer.mark();
  const odd = nibbles.length % 2;
  for (let at = nibbles.length - 2; at >= odd; at -= 2) writer.byte(((nibbles[at] ?? 0) << 4) | (nibbles[at + 1] ?? 0));
  writer.byte((isLeaf ? 0x20 : 0) | (odd === 1 ? 0x10 | (nibbles[0] ?? 0) : 0));
  writer.string(mark);
}
