import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { keccak256 } from "ethers";
import fc from "fast-check";
import type { SignedApproval } from "../../src/chain/approvals.ts";
import { encodeCall, interfaces } from "../../src/chain/contractSet.ts";
import { encodeExecute, hashOrder, nonceFor, type Order, signOrder } from "../../src/chain/orders.ts";
import { AppError } from "../../src/shared/errors.ts";
import { type DeployedChain, deadline, makeKey, openDeployedChain, send } from "./chainFixture.ts";

const account = interfaces.ParticipantAccount.contract;

const hex = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);

const anyOrder = fc.record({
  calls: fc.array(fc.record({ target: hex(20, 20), data: hex(0, 200) }), { maxLength: 4 }),
  nonce: fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }).map(String),
  deadline: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
});

function signersIn(calldata: string): string[] {
  return account.decodeFunctionData("execute", calldata)[1].map(([signer]: [string]) => signer);
}

describe("orders", () => {
  let chain: DeployedChain;
  const relayer = makeKey();

  before(async () => {
    chain = await openDeployedChain();
  });
  after(() => chain.close());

  function listCurrency(code: string): Order {
    const currency = `0x${Buffer.from(code).toString("hex")}`;
    const data = encodeCall("DepositTokenFactory", "listCurrency", [currency, 2]);
    const calls = [{ target: chain.addresses.DepositTokenFactory, data }];
    return { account: chain.operatorAccount, calls, nonce: nonceFor(randomUUID()), deadline };
  }

  function approvalsOf(order: Order): Promise<SignedApproval[]> {
    const { maker, checker, admin } = chain.operator;
    return Promise.all([maker, checker, admin].map(({ key }) => signOrder(order, chain.chainId, key)));
  }

  async function execute(order: Order, approvals: readonly SignedApproval[]): Promise<string> {
    const data = encodeExecute(order, approvals);
    return (await send(chain, relayer.key, { to: order.account, data })).status;
  }

  async function refusalOf(order: Order, approvals: readonly SignedApproval[]): Promise<string> {
    const call = { from: relayer.address, to: order.account, data: encodeExecute(order, approvals) };
    const failure: unknown = await chain.reads.simulate(call).catch((error: unknown) => error);
    return failure instanceof AppError ? failure.code : "not refused";
  }

  it("have the digest that the deployed account computes, whatever they contain", async () => {
    await fc.assert(
      fc.asyncProperty(anyOrder, async (fields) => {
        const order: Order = { account: chain.operatorAccount, ...fields };
        const onLedger = await chain.reads.read<string>("ParticipantAccount", order.account, {
          fn: "orderHash",
          args: [fields],
        });
        expect(hashOrder(order, chain.chainId)).to.equal(onLedger);
      }),
      { numRuns: 40 },
    );
  });

  it("have another digest for another account and another ledger, so that none works twice", () => {
    const order = listCurrency("EUR");
    const here = hashOrder(order, chain.chainId);
    expect(hashOrder({ ...order, account: makeKey().address }, chain.chainId)).not.to.equal(here);
    expect(hashOrder(order, chain.chainId + 1)).not.to.equal(here);
  });

  it("execute with two signatures of the operator, whatever the order in which they came", async () => {
    const codes = ["AAA", "AAB", "AAC", "AAD", "AAE", "AAF"];
    const permutations = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ];
    for (const [index, permutation] of permutations.entries()) {
      const order = listCurrency(codes[index] ?? "");
      const approvals = await approvalsOf(order);
      const shuffled = permutation.map((position) => approvals[position] as SignedApproval);
      expect(await execute(order, shuffled), `permutation ${permutation}`).to.equal("0x1");
    }
  });

  it("are encoded with approvals in ascending order of the signers' hashes", () => {
    fc.assert(
      fc.property(fc.array(hex(20, 20), { maxLength: 8 }), (signers) => {
        const approvals = signers.map((signer) => ({ signer, signature: "0x" }));
        const hashes = signersIn(encodeExecute(listCurrency("EUR"), approvals)).map((signer) => keccak256(signer));
        expect(hashes).to.deep.equal([...hashes].sort());
        expect(
          approvals.map(({ signer }) => signer),
          "the input stays as it was",
        ).to.deep.equal(signers);
      }),
    );
  });

  it("are refused when replayed, altered after signing, signed by one key, or late", async () => {
    const order = listCurrency("BBB");
    const [maker, checker] = (await approvalsOf(order)) as [SignedApproval, SignedApproval];
    expect(await refusalOf(order, [maker]), "one key").to.equal("order.not_authorised");
    expect(await refusalOf(order, [maker, maker]), "one key twice").to.equal("order.signers_not_ascending");
    expect(await refusalOf({ ...order, deadline: deadline + 1 }, [maker, checker])).to.equal("order.signature_invalid");
    const stranger = await signOrder(order, chain.chainId, makeKey().key);
    expect(await refusalOf(order, [maker, checker, stranger])).to.equal("order.signer_unknown");
    const late = { ...order, deadline: 1 };
    expect(await refusalOf(late, await approvalsOf(late))).to.equal("order.expired");
    expect(await execute(order, [maker, checker])).to.equal("0x1");
    expect(await refusalOf(order, [maker, checker]), "replayed").to.equal("order.replayed");
  });

  it("have nonces in lanes of their own, so that a rejected order blocks no other", async () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.uuid(), { minLength: 2, maxLength: 50 }), (ids) => {
        const nonces = ids.map((id) => BigInt(nonceFor(id)));
        expect(new Set(nonces).size).to.equal(ids.length);
        expect(nonces.every((nonce) => (nonce & ((1n << 64n) - 1n)) === 0n && nonce >> 256n === 0n)).to.equal(true);
      }),
    );
    const [rejected, second, first] = [listCurrency("CCC"), listCurrency("CCD"), listCurrency("CCE")];
    expect(await execute(first, await approvalsOf(first))).to.equal("0x1");
    expect(await execute(second, await approvalsOf(second))).to.equal("0x1");
    expect(nonceFor("the same")).to.equal(nonceFor("the same"));
    expect(new Set([rejected, second, first].map(({ nonce }) => nonce)).size).to.equal(3);
  });
});
