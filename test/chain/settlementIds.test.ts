import { expect } from "chai";
import { keccak256 } from "ethers";
import { encodeConsent, signConsent } from "../../src/chain/consents.ts";
import { encodeCall, letterBytes } from "../../src/chain/contractSet.ts";
import { type LedgerSettlement, settlementIdOf, settlementParties } from "../../src/chain/settlementIds.ts";
import { type DeployedChain, deadline, makeKey, openDeployedChain, send } from "./chainFixture.ts";

/** Money against money of two merchants, each with both kinds before: 21,000 and calldata included. */
const wholeTransactionGas = 205_000;
const noItem = `0x${"0".repeat(64)}`;

describe("ids of settlements", () => {
  let chain: DeployedChain;

  before(async function open() {
    this.timeout(60_000);
    chain = await openDeployedChain();
  });
  after(() => chain.close());

  it("are those that the contract computes, and so are the parties in their order", async () => {
    const { addresses, chainId, reads } = chain;
    const contract = addresses.AtomicSettlement;
    const leg = { target: addresses.Undertakings, item: keccak256("0x01"), amount: "1000" };
    const legs = [
      { ...leg, from: 7, to: 3 },
      { ...leg, from: 3, to: 7, item: noItem, amount: "340282366920938463463374607431768211455" },
      { ...leg, from: 3, to: 1 },
    ];
    const settlement: LedgerSettlement = { legs, deadline, salt: keccak256("0x02") };
    const onLedger = await reads.read("AtomicSettlement", contract, { fn: "settlementId", args: [settlement] });
    expect(settlementIdOf(settlement, { chainId, contract })).to.equal(onLedger);
    expect(settlementParties(legs)).to.deep.equal(
      await reads.read("AtomicSettlement", contract, { fn: "partiesOf", args: [legs] }),
    );
  });

  it("are what two merchants consent to; the whole transaction, nothing of it warm, stays below its gas", async () => {
    const { addresses, chainId, operator, operatorAccount, relay, reads } = chain;
    const both = ({ maker, checker }: typeof operator) => [maker, checker];
    const act = async (account: string, call: { target: string; data: string }, keys: ReturnType<typeof both>) => {
      expect(await relay(account, [call], keys)).to.include({ status: "0x1" });
    };
    const target = addresses.DepositTokenFactory;
    const euro = letterBytes("EUR");
    const list = encodeCall("DepositTokenFactory", "listCurrency", [euro, 2]);
    await act(operatorAccount, { target, data: list }, both(operator));
    const banks = [await chain.admit(["bank"]), await chain.admit(["bank"])];
    const parties = [await chain.admit(["merchant"]), await chain.admit(["merchant"])];
    const tokens: string[] = [];
    for (const bank of banks) {
      const create = encodeCall("DepositTokenFactory", "create", [euro, 2n ** 100n]);
      await act(bank.account, { target, data: create }, both(bank.keys));
      const args = [bank.id, euro];
      const token = await reads.read<string>("DepositTokenFactory", addresses.DepositTokenFactory, {
        fn: "tokenOf",
        args,
      });
      tokens.push(token);
      for (const [n, { account }] of parties.entries()) {
        const entry = encodeCall("DepositToken", "createByEntry", [account, 100, keccak256(`0x0${n}`)]);
        await act(bank.account, { target: token, data: entry }, both(bank.keys));
      }
    }
    const [one, other] = parties as [(typeof parties)[0], (typeof parties)[0]];
    const settlement = {
      legs: [
        { target: tokens[0] ?? "", from: one.id, to: other.id, item: noItem, amount: "1" },
        { target: tokens[1] ?? "", from: other.id, to: one.id, item: noItem, amount: "1" },
      ],
      ...{ deadline, salt: keccak256("0x03") },
    };
    const hash = settlementIdOf(settlement, { chainId, contract: addresses.AtomicSettlement });
    const consents = parties.map(({ account, keys }) =>
      encodeConsent([signConsent({ hash, account, chainId }, keys.maker.key)]),
    );
    const data = encodeCall("AtomicSettlement", "execute", [settlement, consents]);
    const { status, gasUsed } = await send(chain, makeKey().key, { to: addresses.AtomicSettlement, data });
    expect(status).to.equal("0x1");
    expect(Number(gasUsed)).to.be.below(wholeTransactionGas);
  });
});
