import { setTimeout as delay } from "node:timers/promises";
import { concat, getCreate2Address, getCreateAddress, id, keccak256, Transaction, toBeHex, Wallet } from "ethers";
import {
  AtomicSettlement__factory,
  Authority__factory,
  BankingCalendar__factory,
  ClearingHouse__factory,
  Confirmations__factory,
  Credits__factory,
  DepositTokenFactory__factory,
  DepositTokenMaker__factory,
  P256Verifier__factory,
  ParticipantAccount__factory,
  ParticipantRegistry__factory,
  Presentations__factory,
  Redemptions__factory,
  SystemDeployer__factory,
  TradeEscrow__factory,
  Undertakings__factory,
  WebAuthnVerifier__factory,
} from "../../types/index.ts";
import { AppError } from "../shared/errors.ts";
import { contractError } from "./contractErrors.ts";
import { type Addresses, letterBytes, type SingletonName, singletonNames } from "./contractSet.ts";
import { moneyActs } from "./moneyActs.ts";
import { routineActs } from "./routineActs.ts";
import { type Rpc, RpcError } from "./rpc.ts";

/** The operator, admitted with the registry itself: nobody else could admit the first participant. */
export interface FoundingOperator {
  readonly leiCommitment: string;
  readonly country: string;
  readonly keys: readonly { readonly signer: string; readonly purposes: number }[];
}

interface Deployable {
  readonly bytecode: string;
  readonly constructorArguments: (addresses: Addresses, operator: FoundingOperator) => string;
}

function plan(
  factory: { bytecode: string; createInterface(): { encodeDeploy(values?: readonly unknown[]): string } },
  values: (addresses: Addresses, operator: FoundingOperator) => readonly unknown[],
): Deployable {
  return {
    bytecode: factory.bytecode,
    constructorArguments: (addresses, operator) => factory.createInterface().encodeDeploy(values(addresses, operator)),
  };
}

const plans: Readonly<Record<SingletonName, Deployable>> = {
  Authority: plan(Authority__factory, (a) => [operatorAccount(a)]),
  P256Verifier: plan(P256Verifier__factory, () => []),
  WebAuthnVerifier: plan(WebAuthnVerifier__factory, () => []),
  ParticipantAccount: plan(ParticipantAccount__factory, (a) => [a.ParticipantRegistry]),
  ParticipantRegistry: plan(ParticipantRegistry__factory, (a, operator) => [
    a.Authority,
    a.ParticipantAccount,
    {
      systemContracts: [a.TradeEscrow, a.Redemptions],
      verifiers: [a.P256Verifier, a.WebAuthnVerifier],
      routine: routineActs(a),
      money: moneyActs(a),
    },
    { ...operator, country: letterBytes(operator.country) },
  ]),
  BankingCalendar: plan(BankingCalendar__factory, (a) => [a.ParticipantRegistry]),
  DepositTokenFactory: plan(DepositTokenFactory__factory, (a) => [
    a.Authority,
    a.ParticipantRegistry,
    a.DepositTokenMaker,
    a.Undertakings,
    a.ClearingHouse,
    a.Redemptions,
    a.AtomicSettlement,
  ]),
  DepositTokenMaker: plan(DepositTokenMaker__factory, (a) => [a.DepositTokenFactory]),
  ClearingHouse: plan(ClearingHouse__factory, (a) => [a.ParticipantRegistry, a.DepositTokenFactory, a.Undertakings]),
  Redemptions: plan(Redemptions__factory, (a) => [a.ParticipantRegistry, a.DepositTokenFactory, a.BankingCalendar]),
  AtomicSettlement: plan(AtomicSettlement__factory, (a) => [
    a.ParticipantRegistry,
    a.DepositTokenFactory,
    a.Undertakings,
  ]),
  Credits: plan(Credits__factory, (a) => [
    a.ParticipantRegistry,
    a.BankingCalendar,
    a.DepositTokenFactory,
    a.Presentations,
  ]),
  Confirmations: plan(Confirmations__factory, (a) => [a.ParticipantRegistry, a.Credits, a.DepositTokenFactory]),
  Presentations: plan(Presentations__factory, (a) => [
    a.ParticipantRegistry,
    a.BankingCalendar,
    a.Credits,
    a.Confirmations,
    a.Undertakings,
  ]),
  Undertakings: plan(Undertakings__factory, (a) => [
    a.ParticipantRegistry,
    a.Presentations,
    a.ClearingHouse,
    a.AtomicSettlement,
  ]),
  TradeEscrow: plan(TradeEscrow__factory, (a) => [a.ParticipantRegistry, a.DepositTokenFactory]),
};

/** Address of participant 1's account: a minimal clone that the registry makes with salt 1. */
function operatorAccount(addresses: Addresses): string {
  const cloneCode = concat([
    "0x3d602d80600a3d3981f3363d3d373d3d3d363d73",
    addresses.ParticipantAccount,
    "0x5af43d82803e903d91602b57fd5bf3",
  ]);
  return getCreate2Address(addresses.ParticipantRegistry, toBeHex(1, 32), keccak256(cloneCode));
}

/** Identifies this set of contracts: a data folder of another set is refused. */
export function contractSetHash(): string {
  return keccak256(concat(singletonNames.map((name) => keccak256(plans[name].bytecode))));
}

/** Where the contracts stand: they follow from the deployer's key alone (Create3). */
export function addressesOf(deployerAddress: string): { deployer: string; addresses: Addresses } {
  const deployer = getCreateAddress({ from: deployerAddress, nonce: 0 }).toLowerCase();
  const proxyCodeHash = "0x57a34f6e879358dd76825d6700df87013ad6a3fb43c0d0c602f70a8772c153bd";
  const entries = singletonNames.map((name) => {
    const proxy = getCreate2Address(deployer, saltOf(name), proxyCodeHash);
    return [name, getCreateAddress({ from: proxy, nonce: 1 }).toLowerCase()];
  });
  return { deployer, addresses: Object.fromEntries(entries) as Addresses };
}

/** Where the contracts of this deployer's key stand, whether they are deployed yet or not. */
export function addressesOfKey(deployerKey: string): Addresses {
  return addressesOf(new Wallet(deployerKey).address).addresses;
}

const gasLimit = 16_000_000;
const receiptWaitMs = 250;
const receiptWaitsMax = 480;

function saltOf(name: SingletonName): string {
  return id(`hansa.${name}`);
}

/**
 * Deploys what is not deployed yet, in any order, since all addresses are known before. Called again after a crash, it
 * goes on where it stopped. The deployer's key has no right in any contract.
 */
export async function deploySystem(options: {
  rpc: Rpc;
  chainId: number;
  deployerKey: string;
  operator: FoundingOperator;
  /** In wei; 0 where gas is free. */
  gasPrice?: bigint;
  onProgress: (name: string) => void;
}): Promise<Addresses> {
  const { rpc, chainId, operator, gasPrice = 0n, onProgress } = options;
  const wallet = new Wallet(options.deployerKey);
  const { deployer, addresses } = addressesOf(wallet.address);

  async function send(to: string | null, data: string): Promise<void> {
    const nonce = Number(await rpc.call<string>("eth_getTransactionCount", [wallet.address, "latest"]));
    const transaction = Transaction.from({ type: 0, chainId, nonce, gasLimit, gasPrice, to, data });
    transaction.signature = wallet.signingKey.sign(transaction.unsignedHash);
    const hash = await rpc.call<string>("eth_sendRawTransaction", [transaction.serialized]);
    const { status } = await receiptOf(hash);
    if (status === "0x1") return;
    await explain(to, data);
    throw new AppError("chain.deployment_failed");
  }

  /** A network takes its time; the embedded ledger answers at once. */
  async function receiptOf(hash: string): Promise<{ status: string }> {
    for (let waits = 0; waits < receiptWaitsMax; waits += 1) {
      const receipt = await rpc.call<{ status: string } | null>("eth_getTransactionReceipt", [hash]);
      if (receipt) return receipt;
      await delay(receiptWaitMs);
    }
    throw new AppError("chain.deployment_failed", { reason: "no receipt in time" });
  }

  async function explain(to: string | null, data: string): Promise<void> {
    try {
      await rpc.call("eth_call", [{ from: wallet.address, to, data }, "latest"]);
    } catch (error) {
      if (error instanceof RpcError)
        throw new AppError("chain.deployment_failed", {}, { cause: contractError(error.data) });
      throw error;
    }
  }

  async function isDeployed(address: string): Promise<boolean> {
    return (await rpc.call<string>("eth_getCode", [address, "latest"])) !== "0x";
  }

  if (!(await isDeployed(deployer))) await send(null, SystemDeployer__factory.bytecode);
  const deploy = SystemDeployer__factory.createInterface();
  for (const name of singletonNames) {
    if (await isDeployed(addresses[name])) continue;
    onProgress(name);
    const initCode = concat([plans[name].bytecode, plans[name].constructorArguments(addresses, operator)]);
    await send(deployer, deploy.encodeFunctionData("deploy", [saltOf(name), initCode]));
  }
  return addresses;
}
