import { expect } from "chai";
import { signDigest } from "../../src/chain/approvals.ts";
import { encodeCall } from "../../src/chain/contractSet.ts";
import { encodeExecute, encodeExecuteEach, hashBatch, hashOrder, type Order } from "../../src/chain/orders.ts";
import { type DeployedChain, deadline, makeKey, openDeployedChain, send, type TestKey } from "./chainFixture.ts";

/** A transaction's own target is warm from its start, what an account calls is not (EIP-2929): no work of the order. */
const coldAccountGas = 2_600;

/** What an order costs as a whole transaction, over the same act sent directly: signatures, nonce, calldata. */
describe("the gas of an order", () => {
  let chain: DeployedChain;
  let token: string;
  let merchant: { account: string; keys: readonly TestKey[] };
  let bank: { account: string; keys: readonly TestKey[] };
  let direct: number;
  let spenders = 0;
  const relayer = makeKey();

  before(async () => {
    chain = await openDeployedChain();
    const { DepositTokenFactory: factory } = chain.addresses;
    const { maker, checker } = chain.operator;
    const listing = encodeCall("DepositTokenFactory", "listCurrency", ["0x455552", 2]);
    await chain.relay(chain.operatorAccount, [{ target: factory, data: listing }], [maker, checker]);
    const party = await chain.admit(["bank"]);
    bank = { account: party.account, keys: [party.keys.maker, party.keys.checker] };
    const create = encodeCall("DepositTokenFactory", "create", ["0x455552", 2n ** 100n]);
    await chain.relay(bank.account, [{ target: factory, data: create }], bank.keys);
    token = await chain.reads.read<string>("DepositTokenFactory", factory, {
      fn: "tokenOf",
      args: [party.id, "0x455552"],
    });
    const trader = await chain.admit(["merchant"]);
    merchant = { account: trader.account, keys: [trader.keys.maker] };
    direct = await gasOf(token, approve().data);
  });
  after(() => chain.close());

  /** An allowance to somebody new: each writes one new slot. */
  function approve() {
    spenders += 1;
    const spender = `0x${(0x1000 + spenders).toString(16).padStart(40, "5")}`;
    return { target: token, data: encodeCall("DepositToken", "approve", [spender, 1]) };
  }

  async function gasOf(to: string, data: string): Promise<number> {
    const receipt = await send(chain, relayer.key, { to, data });
    expect(receipt.status).to.equal("0x1");
    return Number(receipt.gasUsed);
  }

  /** On the lane of deal 7, whose sequence is `sequence`. */
  function orderOf(account: string, calls: number, sequence: number): Order {
    const nonce = ((7n << 64n) | BigInt(sequence)).toString();
    return { account, calls: Array.from({ length: calls }, approve), nonce, deadline };
  }

  async function overheadOf({ account, keys }: typeof merchant, sequence: number): Promise<number> {
    const order = orderOf(account, 1, sequence);
    const approvals = keys.map(({ key }) => signDigest(hashOrder(order, chain.chainId), key));
    return (await gasOf(account, encodeExecute(order, approvals))) - direct - coldAccountGas;
  }

  it("is at most 31,000 over the act with one signature, and 43,000 with two, on a lane that was used", async () => {
    await overheadOf(merchant, 0);
    await overheadOf(bank, 0);
    const [one, two] = [await overheadOf(merchant, 1), await overheadOf(bank, 1)];
    expect(one, "one signature").to.be.at.most(31_000);
    expect(two, "two signatures").to.be.at.most(43_000);
  });

  it("is at most 20,000 for each of fifty acts in one batch", async () => {
    const base = 21_000;
    const order = orderOf(bank.account, 50, 2);
    const approvals = bank.keys.map(({ key }) => signDigest(hashBatch(order, chain.chainId), key));
    const each = (await gasOf(bank.account, encodeExecuteEach(order, approvals))) / 50 - (direct - base);
    expect(each, "over the act without a transaction of its own").to.be.at.most(20_000);
  });
});
