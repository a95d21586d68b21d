import { expect } from "chai";
import { AbiCoder, keccak256, TypedDataEncoder, Wallet } from "ethers";
import fc from "fast-check";
import { interfaces } from "../../src/chain/contractSet.ts";
import {
  encodeExecute,
  encodeExecuteEach,
  hashBatch,
  hashCancellation,
  hashOrder,
  nonceFor,
  signOrder,
} from "../../src/chain/orders.ts";

const types = {
  Order: [
    { name: "calls", type: "Call[]" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint48" },
  ],
  Call: [
    { name: "target", type: "address" },
    { name: "data", type: "bytes" },
  ],
};

const hex = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);

const anyOrder = fc.record({
  account: hex(20, 20),
  calls: fc.array(fc.record({ target: hex(20, 20), data: hex(0, 200) }), { maxLength: 4 }),
  nonce: fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }).map(String),
  deadline: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
});
const anyKey = hex(31, 31).map((bytes) => `0x01${bytes.slice(2)}`);

/** What is put together by hand here is, byte for byte, what ethers makes of the same values. */
describe("bytes of an order", () => {
  it("have the EIP-712 digest and the signature of ethers", async () => {
    await fc.assert(
      fc.asyncProperty(anyOrder, anyKey, fc.integer({ min: 1, max: 2 ** 31 }), async (order, key, chainId) => {
        const domain = { name: "Hansa Account", version: "1", chainId, verifyingContract: order.account };
        const { account, ...message } = order;
        expect(hashOrder(order, chainId)).to.equal(TypedDataEncoder.hash(domain, types, message));
        const batch = { Batch: types.Order, Call: types.Call };
        expect(hashBatch(order, chainId)).to.equal(TypedDataEncoder.hash(domain, batch, message));
        const { nonce } = order;
        const cancellation = { Cancellation: [{ name: "nonce", type: "uint256" }] };
        const cancelled = TypedDataEncoder.hash(domain, cancellation, { nonce });
        expect(hashCancellation(nonce, { account, chainId })).to.equal(cancelled);
        const wallet = new Wallet(key);
        expect(await signOrder(order, chainId, key)).to.deep.equal({
          signer: wallet.address.toLowerCase(),
          signature: await wallet.signTypedData(domain, types, message),
        });
      }),
      { numRuns: 200 },
    );
  });

  it("are the calldata that ethers encodes, with approvals in the order that the account demands", () => {
    const anyApproval = fc.record({ signer: hex(1, 64), signature: hex(0, 130) });
    const approvals = fc.uniqueArray(anyApproval, { maxLength: 4, selector: ({ signer }) => signer });
    fc.assert(
      fc.property(anyOrder, approvals, ({ account, ...message }, signed) => {
        const sorted = [...signed].sort((a, b) => (keccak256(a.signer) < keccak256(b.signer) ? -1 : 1));
        const expected = interfaces.ParticipantAccount.contract.encodeFunctionData("execute", [message, sorted]);
        expect(encodeExecute({ account, ...message }, signed)).to.equal(expected);
        const each = interfaces.ParticipantAccount.contract.encodeFunctionData("executeEach", [message, sorted]);
        expect(encodeExecuteEach({ account, ...message }, signed)).to.equal(each);
      }),
      { numRuns: 300 },
    );
  });

  it("have a nonce lane that Solidity would compute from the order's id", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 80 }), (id) => {
        const lane = BigInt(keccak256(AbiCoder.defaultAbiCoder().encode(["string"], [id.toWellFormed()]))) >> 64n;
        expect(nonceFor(id.toWellFormed())).to.equal(String(lane << 64n));
      }),
    );
  });
});
