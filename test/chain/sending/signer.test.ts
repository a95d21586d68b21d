import { expect } from "chai";
import { keccak256 as keccakOfEthers, Transaction, Wallet } from "ethers";
import fc from "fast-check";
import { keccak256, toHex } from "../../../src/chain/sending/keccak.ts";
import { createSigner, signInSlices, type UnsignedTransaction } from "../../../src/chain/sending/signer.ts";
import type { Fee } from "../../../src/domain/transaction.ts";

const hexOf = (bytes: Uint8Array) => toHex(bytes);
const addresses = fc.uint8Array({ minLength: 20, maxLength: 20 }).map(hexOf);
const price = fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 2n ** 96n - 1n }));
const fees: fc.Arbitrary<Fee> = fc.oneof(
  price.map((gasPrice) => ({ type: 0 as const, gasPrice: gasPrice.toString() })),
  fc.tuple(price, price).map(([tip, more]) => ({
    type: 2 as const,
    maxFeePerGas: (tip + more).toString(),
    maxPriorityFeePerGas: tip.toString(),
  })),
);
const transactions: fc.Arbitrary<UnsignedTransaction> = fc.record({
  // Where the encoding changes its form: 0, one byte below and above 0x80, more bytes.
  nonce: fc.oneof(fc.constantFrom(0, 1, 127, 128, 255, 256), fc.nat(2 ** 31 - 1)),
  fee: fees,
  gasLimit: fc.oneof(fc.constantFrom(0, 21_000, 12_000_000), fc.nat(2 ** 31 - 1)),
  to: addresses,
  data: fc
    .oneof(
      fc.uint8Array({ maxLength: 4 }),
      fc.constantFrom(54, 55, 56, 57, 255, 256, 257).map((length) => new Uint8Array(length).fill(7)),
      fc.uint8Array({ maxLength: 2_000 }),
    )
    .map(hexOf),
});
const keys = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .filter((bytes) => bytes[0] !== 0xff && bytes.some((byte) => byte !== 0))
  .map(hexOf);
const chainIds = fc.oneof(fc.constantFrom(1, 31_337), fc.integer({ min: 1, max: 2 ** 40 }));

function asEthers({ fee, ...rest }: UnsignedTransaction, chainId: number) {
  const prices =
    fee.type === 0
      ? { gasPrice: BigInt(fee.gasPrice) }
      : {
          maxFeePerGas: BigInt(fee.maxFeePerGas),
          maxPriorityFeePerGas: BigInt(fee.maxPriorityFeePerGas),
        };
  return { ...rest, ...prices, type: fee.type, chainId, value: 0 };
}

describe("the signer", () => {
  it("makes byte for byte what ethers makes, for both types of transaction", async () => {
    await fc.assert(
      fc.asyncProperty(transactions, keys, chainIds, async (transaction, key, chainId) => {
        const { raw, hash } = createSigner({ key, chainId }).sign(transaction);
        const expected = await new Wallet(key).signTransaction(asEthers(transaction, chainId));
        expect(raw).to.equal(expected);
        expect(hash).to.equal(keccakOfEthers(expected));
      }),
      { numRuns: 600 },
    );
  });

  it("signs as the address that it names", () => {
    const signer = createSigner({ key: `0x${"01".repeat(32)}`, chainId: 31_337 });
    const { raw } = signer.sign({
      ...{ nonce: 5, fee: { type: 0, gasPrice: "0" }, gasLimit: 21_000 },
      ...{ to: `0x${"02".repeat(20)}`, data: "0x" },
    });
    expect(Transaction.from(raw).from?.toLowerCase()).to.equal(signer.address);
  });

  it("has the Keccak of ethers, on bytes of every length around its block", () => {
    for (const length of [0, 1, 135, 136, 137, 272, 5_000]) {
      const bytes = new Uint8Array(length).fill(9);
      expect(toHex(keccak256(bytes))).to.equal(keccakOfEthers(bytes));
    }
  });

  it("gives the thread to others after each hundred of a long batch", async () => {
    const signer = createSigner({ key: `0x${"01".repeat(32)}`, chainId: 31_337 });
    const one = { fee: { type: 0, gasPrice: "0" }, gasLimit: 21_000, to: `0x${"02".repeat(20)}`, data: "0x" } as const;
    const list = Array.from({ length: 250 }, (_, nonce) => ({ ...one, nonce }));
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    const signed = await signInSlices(signer, list);
    isDone = true;
    expect(turns).to.equal(2);
    expect(signed.map(({ raw }) => raw)).to.deep.equal(list.map((transaction) => signer.sign(transaction).raw));
  });
});
