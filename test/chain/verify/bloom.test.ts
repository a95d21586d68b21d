import { expect } from "chai";
import { getBytes, keccak256 } from "ethers";
import * as fc from "fast-check";
import { bloomBytes, bloomText, createBloomHasher } from "../../../src/chain/verify/bloom.ts";
import { keccak, keccakHex } from "../../../src/chain/verify/keccak.ts";
import { MalformedWire } from "../../../src/chain/verify/wire.ts";

/** As the yellow paper says it: bit numbers from the right end of 2048. */
function bloomByTheBook(texts: readonly string[]): string {
  let bloom = 0n;
  for (const text of texts) {
    const hash = getBytes(keccak256(text));
    for (const at of [0, 2, 4]) bloom |= 1n << BigInt((((hash[at] ?? 0) << 8) | (hash[at + 1] ?? 0)) % 2048);
  }
  return `0x${bloom.toString(16).padStart(2 * bloomBytes, "0")}`;
}

const word = fc.uint8Array({ minLength: 20, maxLength: 32 }).map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);

describe("keccak-256", () => {
  it("is the one of ethers, at every length around its block and its buffer", () => {
    for (const length of [0, 1, 31, 32, 135, 136, 137, 272, 1_500, 16_383, 16_384, 16_385, 50_000]) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 7) % 256);
      expect(keccakHex(bytes), String(length)).to.equal(keccak256(bytes));
      expect(`0x${Buffer.from(keccak(bytes)).toString("hex")}`).to.equal(keccak256(bytes));
    }
  });
});

describe("a bloom of addresses and topics", () => {
  it("has the bits of the yellow paper, whatever is remembered from before", () => {
    const hasher = createBloomHasher({ generationMax: 4 });
    void fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        const bloom = new Uint8Array(bloomBytes);
        for (const one of [...words, ...words.toReversed()]) hasher.add(bloom, one);
        expect(bloomText(bloom)).to.equal(bloomByTheBook(words));
      }),
    );
  });

  it("refuses what is no hex", () => {
    const hasher = createBloomHasher();
    for (const text of ["0x1", "0xAB", "ab", "ab0x12", "0xab 0x12", "", null, undefined, 7, ["0xab"]]) {
      expect(() => hasher.add(new Uint8Array(bloomBytes), text as string)).to.throw(MalformedWire);
    }
  });
});
