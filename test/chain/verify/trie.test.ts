import { expect } from "chai";
import { encodeRlp, keccak256 } from "ethers";
import * as fc from "fast-check";
import { createRlpWriter } from "../../../src/chain/verify/rlp.ts";
import { orderedTrieRoot } from "../../../src/chain/verify/trie.ts";

function rootOf(values: readonly Uint8Array[]): string {
  const writer = createRlpWriter();
  return orderedTrieRoot({
    writer,
    count: values.length,
    writeValue: (index) => writer.raw(values[index] ?? new Uint8Array(0)),
  });
}

type Entry = readonly [nibbles: string, value: Uint8Array];
type Node = string | readonly Node[];

const hexOf = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString("hex")}`;

/** Appendix D of the yellow paper, word for word and without any thought of speed. */
function structure(entries: readonly Entry[], depth: number): Node {
  const [first] = entries;
  if (!first) return "0x";
  if (entries.length === 1) return [hexPrefix(first[0].slice(depth), true), hexOf(first[1])];
  let shared = depth;
  while (entries.every(([key]) => key[shared] !== undefined && key[shared] === first[0][shared])) shared += 1;
  if (shared > depth) return [hexPrefix(first[0].slice(depth, shared), false), reference(entries, shared)];
  const children = [..."0123456789abcdef"].map((nibble) => entries.filter(([key]) => key[depth] === nibble));
  return [...children.map((child) => (child.length === 0 ? "0x" : reference(child, depth + 1))), "0x"];
}

function reference(entries: readonly Entry[], depth: number): Node {
  const node = structure(entries, depth);
  const encoded = encodeRlp(node as string[]);
  return encoded.length < 2 + 64 ? node : keccak256(encoded);
}

function hexPrefix(nibbles: string, isLeaf: boolean): string {
  const flag = (isLeaf ? 2 : 0) + (nibbles.length % 2);
  return `0x${flag}${nibbles.length % 2 === 0 ? "0" : ""}${nibbles}`;
}

function rootByTheBook(values: readonly Uint8Array[]): string {
  const entries = values.map((value, index): Entry => {
    const digits = index.toString(16);
    const key = encodeRlp(index === 0 ? "0x" : `0x${digits.length % 2 === 0 ? "" : "0"}${digits}`);
    return [key.slice(2), value];
  });
  return keccak256(encodeRlp(structure(entries, 0) as string[]));
}

describe("the root of an ordered trie", () => {
  it("of nothing is the hash of an empty string, as every empty block shows it", () => {
    expect(rootOf([])).to.equal("0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
  });

  it("is the one of the yellow paper, also where nodes are short enough to stand in their parents", () => {
    const value = fc.uint8Array({ minLength: 1, maxLength: 60 });
    void fc.assert(
      fc.property(fc.array(value, { maxLength: 40 }), (values) => {
        expect(rootOf(values)).to.equal(rootByTheBook(values));
      }),
      { numRuns: 150 },
    );
  });

  it("is right where the keys change their length: at 128, 256 and 65,536 items", () => {
    const value = (index: number): Uint8Array => Uint8Array.of(1 + (index % 100), index % 7);
    for (const count of [1, 2, 15, 16, 17, 127, 128, 129, 255, 256, 257, 300, 1_025]) {
      const values = Array.from({ length: count }, (_, index) => value(index));
      expect(rootOf(values), String(count)).to.equal(rootByTheBook(values));
    }
    const many = Array.from({ length: 65_540 }, (_, index) => value(index));
    expect(rootOf(many)).to.equal(rootByTheBook(many));
  });

  it("changes with every value, their order and their number", () => {
    const values = Array.from({ length: 140 }, (_, index) => Uint8Array.of(200, index));
    const root = rootOf(values);
    for (const [index, one] of values.entries()) {
      expect(rootOf(values.with(index, Uint8Array.of(201, one[1] ?? 0))), String(index)).to.not.equal(root);
    }
    expect(rootOf(values.toReversed())).to.not.equal(root);
    expect(rootOf(values.slice(1))).to.not.equal(root);
    expect(rootOf([...values, Uint8Array.of(1)])).to.not.equal(root);
  });
});
