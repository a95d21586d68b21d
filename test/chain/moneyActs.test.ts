import { expect } from "chai";
import type { FunctionFragment, ParamType } from "ethers";
import { type InterfaceName, interfaces } from "../../src/chain/contractSet.ts";
import { moneyActs } from "../../src/chain/moneyActs.ts";
import { type DeployedChain, openDeployedChain } from "./chainFixture.ts";

/** Functions with an amount among their arguments that no party's account can call, or that move none of its money. */
const leftOut: Readonly<Record<string, string>> = {
  "DepositToken.createForUndertaking": "only Undertakings",
  "DepositToken.createForPayment": "only the clearing house",
  "DepositToken.destroyForPayment": "only the clearing house",
  "DepositToken.moveForCycle": "only the clearing house",
  "DepositToken.setAside": "only Redemptions",
  "DepositToken.destroyForRedemption": "only Redemptions",
  "DepositToken.setFrozen": "moves nothing",
  "DepositToken.setFrozenTokens": "refuses everybody: a freeze has a reason",
  "DepositToken.forcedTransfer": "refuses everybody: a forced transfer has a reason",
  "ClearingHouse.payUndertaking": "only Undertakings",
  "DepositToken.settleLeg": "only AtomicSettlement",
  "Undertakings.settleLeg": "only AtomicSettlement",
  "Credits.recordDrawing": "only Presentations",
  "Undertakings.create": "only Presentations",
  "Presentations.present": "asks for money and gives none",
};

const amountNames = new Set(["amount", "value"]);
const word = (index: number, calldata: string) => calldata.slice(10 + 64 * index, 10 + 64 * (index + 1));

function amountsIn(parameters: readonly ParamType[]): boolean {
  return parameters.some(
    ({ name, type, components }) =>
      (amountNames.has(name) && type.startsWith("uint")) || (components !== null && amountsIn(components)),
  );
}

function functionsOf(name: InterfaceName): readonly FunctionFragment[] {
  const { fragments } = interfaces[name].contract;
  return fragments.filter((fragment) => fragment.type === "function") as FunctionFragment[];
}

/** Arguments in which every amount is 777, every currency EUR and every token this one. */
function argumentOf({ name, type, components, arrayChildren }: ParamType, token: string): unknown {
  if (arrayChildren) return [];
  if (components) return components.map((component) => argumentOf(component, token));
  if (amountNames.has(name)) return 777;
  if (name === "currency") return "0x455552";
  if (name === "token") return token;
  if (type === "address") return `0x${"11".repeat(20)}`;
  if (type === "bool") return false;
  if (type.startsWith("uint") || type.startsWith("int")) return 1;
  return type === "bytes" ? "0x" : `0x${"00".repeat(Number(type.slice("bytes".length)))}`;
}

describe("acts that say how much they move", () => {
  let chain: DeployedChain;
  const token = `0x${"70".repeat(20)}`;

  before(async () => {
    chain = await openDeployedChain();
  });
  after(() => chain.close());

  const named = () =>
    (Object.keys(interfaces) as InterfaceName[]).flatMap((contract) =>
      functionsOf(contract).map((fragment) => ({ contract, fragment, key: `${contract}.${fragment.name}` })),
    );

  it("are all functions that have an amount among their arguments, but for those with a reason", () => {
    const listed = new Set(moneyActs(chain.addresses).map(({ selector }) => selector));
    const missing = named()
      .filter(({ fragment }) => !fragment.constant && amountsIn(fragment.inputs) && !listed.has(fragment.selector))
      .map(({ key }) => key)
      .filter((key) => !(key in leftOut));
    expect(missing).to.deep.equal([]);
    const keys = named().map(({ key }) => key);
    expect(Object.keys(leftOut).filter((key) => !keys.includes(key))).to.deep.equal([]);
  });

  it("say it at the places that the registry was told", async () => {
    for (const { target, selector, place } of moneyActs(chain.addresses)) {
      const found = named().find(({ fragment }) => fragment.selector === selector);
      if (found === undefined) throw new Error(`no function ${selector}`);
      const { contract, fragment, key } = found;
      const args = fragment.inputs.map((input) => argumentOf(input, token));
      const calldata = interfaces[contract].contract.encodeFunctionData(fragment, args);
      expect(BigInt(`0x${word(place.amountWord, calldata)}`), `${key}: amount`).to.equal(777n);
      const currency = word(place.currencyWord, calldata);
      if (place.source === 2) expect(currency, key).to.equal("455552".padEnd(64, "0"));
      if (place.source === 3) expect(currency, key).to.equal(token.slice(2).padStart(64, "0"));
      const onLedger = await chain.reads.read("ParticipantRegistry", chain.addresses.ParticipantRegistry, {
        fn: "amountPlaceOf",
        args: [target, selector],
      });
      const source = ["none", "target", "code", "token"][place.source];
      expect(onLedger, key).to.deep.equal({ ...place, source });
    }
  });
});
