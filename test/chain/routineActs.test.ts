import { expect } from "chai";
import { type FunctionFragment, Interface, type InterfaceAbi } from "ethers";
import { interfaces, singletonNames } from "../../src/chain/contractSet.ts";
import { isRoutine, routineActs } from "../../src/chain/routineActs.ts";
import * as types from "../../types/index.ts";
import { type DeployedChain, openDeployedChain } from "./chainFixture.ts";

/** One key of a bank is enough for these; each binds nobody and moves no money out of the bank. */
const routine = [
  "Credits.close",
  "Presentations.assertPreclusion",
  "Presentations.forward",
  "TradeEscrow.claim",
  "TradeEscrow.lapse",
  "TradeEscrow.settleByDefault",
  "TradeEscrow.settleInspected",
  "TradeEscrow.settleUndelivered",
  "Undertakings.claim",
];

describe("routine acts", () => {
  let chain: DeployedChain;

  before(async () => {
    chain = await openDeployedChain();
  });
  after(() => chain.close());

  it("are for the gateway what they are for the registry, for every function of every contract", async () => {
    const fragments = new Map<string, FunctionFragment>();
    const factories = new Map(Object.entries(types));
    for (const name of [...singletonNames, "DepositToken"]) {
      const { abi } = factories.get(`${name}__factory`) as { abi: InterfaceAbi };
      new Interface(abi).forEachFunction((fragment) => fragments.set(fragment.selector, fragment));
    }
    const found: string[] = [];
    for (const name of singletonNames) {
      const target = chain.addresses[name];
      for (const [selector, fragment] of fragments) {
        const fn = { fn: "isRoutine", args: [target, selector] };
        const onLedger = await chain.reads.read<boolean>(
          "ParticipantRegistry",
          chain.addresses.ParticipantRegistry,
          fn,
        );
        const call = { target: target.toUpperCase().replace("0X", "0x"), data: `${selector}${"00".repeat(32)}` };
        expect(isRoutine(chain.addresses, call), `${name}.${fragment.name}`).to.equal(onLedger);
        if (onLedger) found.push(`${name}.${fragment.name}`);
      }
    }
    expect(found.sort()).to.deep.equal(routine);
    expect(fragments.size, "functions looked at").to.be.greaterThan(80);
  });

  it("are recognised by target and selector together, never by half of either", () => {
    const [act] = routineActs(chain.addresses);
    const { target = "", selector = "" } = act ?? {};
    expect(isRoutine(chain.addresses, { target, data: selector })).to.equal(true);
    expect(isRoutine(chain.addresses, { target, data: selector.slice(0, 8) })).to.equal(false);
    expect(isRoutine(chain.addresses, { target, data: "0x" })).to.equal(false);
    expect(isRoutine(chain.addresses, { target: chain.operatorAccount, data: selector })).to.equal(false);
  });

  it("name functions that exist", () => {
    for (const name of routine) {
      const [contract, fn] = name.split(".") as [keyof typeof interfaces, string];
      expect(interfaces[contract].contract.getFunction(fn), name).not.to.equal(null);
    }
    expect(routineActs(chain.addresses).every(({ selector }) => /^0x[0-9a-f]{8}$/.test(selector))).to.equal(true);
  });
});
