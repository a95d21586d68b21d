import { expect } from "chai";
import { concat, id, keccak256, Wallet } from "ethers";
import { interfaces, singletonNames } from "../../src/chain/contractSet.ts";
import { addressesOf, contractSetHash, deploySystem, type FoundingOperator } from "../../src/chain/deploy.ts";
import { createLedgerReads } from "../../src/chain/ledgerReads.ts";
import type { Rpc } from "../../src/chain/rpc.ts";
import { AppError } from "../../src/shared/errors.ts";
import * as types from "../../types/index.ts";
import { foundingOf, makeKey, openChain, type TestChain, type TestKey } from "./chainFixture.ts";

/** An RPC that dies at the n-th transaction, before or after the ledger took it, and counts what was sent. */
function dyingAt(rpc: Rpc, n: number, when: "before" | "after"): Rpc & { sent(): number } {
  let sent = 0;
  return {
    sent: () => sent,
    batch: (calls) => rpc.batch(calls),
    async call<T>(method: string, params?: readonly unknown[]): Promise<T> {
      if (method !== "eth_sendRawTransaction") return rpc.call<T>(method, params);
      sent += 1;
      if (sent === n && when === "before") throw new AppError("chain.unavailable");
      const result = await rpc.call<T>(method, params);
      if (sent === n) throw new AppError("chain.unavailable");
      return result;
    },
  };
}

describe("the contract set", () => {
  let chain: TestChain;
  let deployer: TestKey;
  let operator: FoundingOperator;

  beforeEach(async () => {
    chain = await openChain();
    deployer = makeKey();
    operator = foundingOf();
  });
  afterEach(() => chain.close());

  function deploy(rpc: Rpc = chain.rpc, onProgress: (name: string) => void = () => {}) {
    return deploySystem({ rpc, chainId: chain.chainId, deployerKey: deployer.key, operator, onProgress });
  }

  const codeAt = (address: string) => chain.rpc.call<string>("eth_getCode", [address, "latest"]);
  const registryReads = (fn: string, args: readonly unknown[] = []) => {
    const { addresses } = addressesOf(deployer.address);
    return createLedgerReads(chain).read("ParticipantRegistry", addresses.ParticipantRegistry, { fn, args });
  };

  async function expectComplete(): Promise<void> {
    const { deployer: system, addresses } = addressesOf(deployer.address);
    for (const [name, address] of Object.entries({ SystemDeployer: system, ...addresses })) {
      expect(await codeAt(address), `${name} at its computed address`).not.to.equal("0x");
    }
    const first = await registryReads("participant", [1]);
    expect(first).to.include({ leiCommitment: operator.leiCommitment, country: "0x4445", status: "active" });
    for (const { signer, purposes } of operator.keys) {
      const { account } = first as { account: string };
      const reads = createLedgerReads(chain);
      const have = await reads.read("ParticipantAccount", account, { fn: "purposesOf", args: [signer] });
      expect(have, `a founding key of the operator`).to.equal(purposes);
    }
  }

  it("stands at the addresses that follow from the deployer's key alone, and knows its operator", async () => {
    const names: string[] = [];
    const addresses = await deploy(chain.rpc, (name) => names.push(name));
    expect(addresses).to.deep.equal(addressesOf(deployer.address).addresses);
    expect(names).to.deep.equal([...singletonNames]);
    await expectComplete();
  });

  it("makes the operator's account the administrator of the authority, and the deployer nobody", async () => {
    const { Authority } = await deploy();
    const { account } = (await registryReads("participant", [1])) as { account: string };
    const authority = types.Authority__factory.createInterface();
    const isAdmin = async (address: string) => {
      const data = authority.encodeFunctionData("hasRole", [0, address]);
      const result = await chain.rpc.call<string>("eth_call", [{ to: Authority, data }, "latest"]);
      return authority.decodeFunctionResult("hasRole", result)[0] as boolean;
    };
    expect(await isAdmin(account)).to.equal(true);
    expect(await isAdmin(deployer.address)).to.equal(false);
    expect(await registryReads("idOf", [deployer.address])).to.equal(0);
  });

  it("sends nothing when all is there", async () => {
    await deploy();
    const again = dyingAt(chain.rpc, 0, "before");
    await deploy(again);
    expect(again.sent()).to.equal(0);
  });

  for (const when of ["before", "after"] as const) {
    it(`goes on where it stopped, when it died just ${when} any of its transactions`, async () => {
      const all = singletonNames.length + 1;
      for (let n = 1; n <= all; n += 1) {
        const failure: unknown = await deploy(dyingAt(chain.rpc, n, when)).catch((error: unknown) => error);
        expect(failure, `death at transaction ${n}`).to.have.property("code", "chain.unavailable");
        const rest = dyingAt(chain.rpc, 0, "before");
        await deploy(rest);
        expect(rest.sent(), `sent after death at ${n}`).to.equal(when === "before" ? all - n + 1 : all - n);
        await expectComplete();
        deployer = makeKey();
        operator = foundingOf();
      }
      // Every contract is deployed as often as there are contracts.
    }).timeout(300_000);
  }

  it("has the account's code before the registry, which is refused without it: its operator would be dead", async () => {
    const order = [...singletonNames];
    expect(order.indexOf("ParticipantAccount")).to.be.lessThan(order.indexOf("ParticipantRegistry"));
    const { addresses } = addressesOf(deployer.address);
    // A ledger that says of the account's code that it is there, so that it is left out.
    const lying: Rpc = {
      batch: chain.rpc.batch,
      async call<T>(method: string, params: readonly unknown[] = []): Promise<T> {
        if (method === "eth_getCode" && params[0] === addresses.ParticipantAccount) return "0x01" as T;
        return await chain.rpc.call<T>(method, params);
      },
    };
    const failure = await deploy(lying).catch((error: unknown) => error);
    expect((failure as AppError).cause).to.have.property("code", "participant.implementation_missing");
    expect(await codeAt(addresses.ParticipantRegistry)).to.equal("0x");
    await deploy();
    await expectComplete();
  });

  it("is refused with its contract's own reason when a constructor refuses", async () => {
    operator = { ...operator, keys: [] };
    const failure = await deploy().catch((error: unknown) => error);
    expect(failure).to.have.property("code", "chain.deployment_failed");
    expect((failure as AppError).cause).to.have.property("code", "participant.keys_invalid");
  });

  /** The ledger, but receipts are what `receipt` makes of them. */
  function withReceipts(receipt: (found: unknown) => unknown): Rpc {
    return {
      batch: chain.rpc.batch,
      async call<T>(method: string, params?: readonly unknown[]): Promise<T> {
        const result = await chain.rpc.call<T>(method, params);
        return (method === "eth_getTransactionReceipt" ? receipt(result) : result) as T;
      },
    };
  }

  it("waits for a receipt that a network does not have yet, and sends nothing twice meanwhile", async () => {
    let asked = 0;
    const slow = dyingAt(
      withReceipts((found) => {
        asked += 1;
        return asked === 1 ? null : found;
      }),
      0,
      "before",
    );
    await deploy(slow);
    expect(slow.sent()).to.equal(singletonNames.length + 1);
    expect(asked).to.equal(singletonNames.length + 2);
    await expectComplete();
  });

  it("fails when a transaction failed, although nobody can say why", async () => {
    const failing = withReceipts(() => ({ status: "0x0" }));
    const failure = await deploy(failing).catch((error: unknown) => error);
    expect(failure).to.have.property("code", "chain.deployment_failed");
    expect(failure).not.to.have.property("cause");
  });

  it("says that the ledger is away, and not that it refused, when it cannot be asked for the reason", async () => {
    const receipts = withReceipts(() => ({ status: "0x0" }));
    const away: Rpc = {
      batch: receipts.batch,
      async call<T>(method: string, params?: readonly unknown[]): Promise<T> {
        if (method === "eth_call") throw new AppError("chain.unavailable");
        return await receipts.call<T>(method, params);
      },
    };
    const failure = await deploy(away).catch((error: unknown) => error);
    expect(failure).to.have.property("code", "chain.unavailable");
  });

  it("is deployed by its creator only: a stranger's deployment is refused", async () => {
    await deploy(dyingAt(chain.rpc, 2, "before")).catch(() => {});
    const { deployer: system } = addressesOf(deployer.address);
    const data = types.SystemDeployer__factory.createInterface().encodeFunctionData("deploy", [id("x"), "0x00"]);
    const call = { from: Wallet.createRandom().address, to: system, data };
    const failure: unknown = await chain.rpc.call("eth_call", [call, "latest"]).catch((error: unknown) => error);
    const { selector = "" } = types.SystemDeployer__factory.createInterface().getError("DeployerNotEntitled") ?? {};
    expect(failure)
      .to.have.property("data")
      .that.matches(new RegExp(`^${selector}`));
  });
});

describe("the contract set's hash", () => {
  const factories = new Map(Object.entries(types));
  const codes = singletonNames.map((name) => (factories.get(`${name}__factory`) as { bytecode: string }).bytecode);
  const hashOf = (bytecodes: readonly string[]) => keccak256(concat(bytecodes.map((code) => keccak256(code))));

  it("covers the code of every contract, so that a change of any is another set", () => {
    expect(contractSetHash()).to.equal(hashOf(codes));
    for (const [index, name] of singletonNames.entries()) {
      const code = codes[index] ?? "";
      const last = code.endsWith("0") ? "1" : "0";
      const changed = codes.with(index, `${code.slice(0, -1)}${last}`);
      expect(hashOf(changed), name).not.to.equal(contractSetHash());
    }
  });

  it("covers the deposit token too, whose code is in its maker's", () => {
    const runtime = types.DepositToken__factory.bytecode.slice(-400);
    expect(types.DepositTokenMaker__factory.bytecode).to.include(runtime);
    expect(interfaces.DepositToken.contract.getFunction("createByEntry")).not.to.equal(null);
  });
});
