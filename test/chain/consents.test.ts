import { expect } from "chai";
import { AbiCoder, keccak256, TypedDataEncoder, Wallet } from "ethers";
import fc from "fast-check";
import { encodeConsent, hashConsent, signConsent } from "../../src/chain/consents.ts";
import { type DeployedChain, makeKey, openDeployedChain } from "./chainFixture.ts";

const types = { Consent: [{ name: "hash", type: "bytes32" }] };
const hex = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);
const anyKey = hex(31).map((bytes) => `0x01${bytes.slice(2)}`);
const hash = keccak256("0x01");

describe("consents", () => {
  let chain: DeployedChain;

  before(async () => {
    chain = await openDeployedChain();
  });
  after(() => chain.close());

  function answerOf(signature: string, asked = hash): Promise<string> {
    const call = { fn: "isValidSignature", args: [asked, signature] };
    return chain.reads.read<string>("ParticipantAccount", chain.operatorAccount, call);
  }

  it("have the EIP-712 digest and the signature of ethers", async () => {
    const anyConsent = fc.record({ account: hex(20), hash: hex(32), chainId: fc.integer({ min: 1, max: 2 ** 31 }) });
    await fc.assert(
      fc.asyncProperty(anyConsent, anyKey, async (consent, key) => {
        const { account: verifyingContract, chainId } = consent;
        const domain = { name: "Hansa Account", version: "1", chainId, verifyingContract };
        const message = { hash: consent.hash };
        expect(hashConsent(consent)).to.equal(TypedDataEncoder.hash(domain, types, message));
        const wallet = new Wallet(key);
        expect(signConsent(consent, key)).to.deep.equal({
          signer: wallet.address.toLowerCase(),
          signature: await wallet.signTypedData(domain, types, message),
        });
      }),
      { numRuns: 200 },
    );
  });

  it("are, as one signature, the approvals that ethers encodes", () => {
    const consent = { account: chain.operatorAccount, chainId: chain.chainId, hash };
    fc.assert(
      fc.property(fc.uniqueArray(anyKey, { maxLength: 4 }), (keys) => {
        const approvals = keys.map((key) => signConsent(consent, key));
        const sorted = [...approvals].sort((a, b) => (keccak256(a.signer) < keccak256(b.signer) ? -1 : 1));
        const expected = AbiCoder.defaultAbiCoder().encode(["tuple(bytes signer,bytes signature)[]"], [sorted]);
        expect(encodeConsent(approvals)).to.equal(expected);
      }),
      { numRuns: 50 },
    );
  });

  it("are the account's word on the ledger with two keys, and with nothing less", async () => {
    const consent = { account: chain.operatorAccount, chainId: chain.chainId, hash };
    const { maker, checker } = chain.operator;
    const first = signConsent(consent, maker.key, maker.address);
    const second = signConsent(consent, checker.key);
    const stranger = signConsent(consent, makeKey().key);
    const elsewhere = signConsent({ ...consent, chainId: chain.chainId + 1 }, checker.key);
    expect(await answerOf(encodeConsent([second, first]))).to.equal("0x1626ba7e");
    expect(await answerOf(encodeConsent([first]))).to.equal("0xffffffff");
    expect(await answerOf(encodeConsent([first, second, stranger]))).to.equal("0xffffffff");
    expect(await answerOf(encodeConsent([first, elsewhere]))).to.equal("0xffffffff");
    expect(await answerOf(encodeConsent([first, second]), keccak256("0x02"))).to.equal("0xffffffff");
    expect(await answerOf("0x1234")).to.equal("0xffffffff");
  });
});
