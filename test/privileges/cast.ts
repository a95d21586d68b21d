import { id as hashOf, Wallet } from "ethers";
import { addressesOf, deploySystem, type FoundingOperator } from "../../src/chain/deploy.ts";
import { CHAIN_ID } from "../../src/chain/ledger/engine.ts";
import { type Chain, startChain } from "./chain.ts";
import { abis, type ContractName } from "./contracts.ts";

/** Monday 2026-01-05, 09:00 UTC. */
export const START_DAY = 20_458;
const START = START_DAY * 86_400 + 9 * 3_600;

/** Bits of contracts/libraries/Roles.sol. */
const roles = {
  merchant: 1,
  bank: 2,
  carrier: 4,
  insurer: 8,
  inspector: 16,
  arbiter: 32,
  regulator: 64,
} as const;
const [PROPOSE, APPROVE, OPERATE, ADMINISTER] = [1, 2, 4, 8] as const;

/** One party for each part in a deal, and for each role one that has no part in it. */
const admitted = {
  importer: "merchant",
  exporter: "merchant",
  otherMerchant: "merchant",
  issuingBank: "bank",
  advisingBank: "bank",
  secondAdvisingBank: "bank",
  nominatedBank: "bank",
  confirmingBank: "bank",
  otherBank: "bank",
  suspendedBank: "bank",
  arbiter: "arbiter",
  otherArbiter: "arbiter",
  carrier: "carrier",
  insurer: "insurer",
  inspector: "inspector",
  regulator: "regulator",
} as const satisfies Record<string, keyof typeof roles>;

export type PartyName = "operator" | keyof typeof admitted;
export const partyNames = ["operator", ...Object.keys(admitted)] as readonly PartyName[];
export const banks = partyNames.filter((name) => name !== "operator" && admitted[name] === "bank");

/** Addresses without an account: keys alone entitle to nothing, and neither does having deployed the system. */
type OutsiderName = "stranger" | "gatewayLane" | "systemCreator" | "issuingBankChecker" | "importerKey";

export type CallerName = PartyName | OutsiderName | Exclude<ContractName, "DepositToken">;

interface Party {
  readonly id: number;
  readonly account: string;
}

export interface World {
  readonly chain: Chain;
  readonly contracts: Readonly<Record<Exclude<ContractName, "DepositToken">, string>>;
  readonly parties: Readonly<Record<PartyName, Party>>;
  /** Everyone who tries everything. */
  readonly callers: Readonly<Record<CallerName, string>>;
}

/** Private keys of a party's people. They follow from the names and exist in this suite only. */
export function keysOf(name: PartyName) {
  return {
    maker: hashOf(`${name} maker`),
    checker: hashOf(`${name} checker`),
    administrator: hashOf(`${name} administrator`),
  };
}

/** Addresses of the keys that a party is admitted with. */
export function signersOf(name: PartyName): [maker: string, checker: string, administrator: string] {
  const { maker, checker, administrator } = keysOf(name);
  return [new Wallet(maker).address, new Wallet(checker).address, new Wallet(administrator).address];
}

function foundingKeys(name: PartyName): FoundingOperator["keys"] {
  const [maker, checker, administrator] = signersOf(name);
  return [
    { signer: maker, purposes: PROPOSE | OPERATE },
    { signer: checker, purposes: APPROVE },
    { signer: administrator, purposes: ADMINISTER },
  ];
}

/** The system as it is deployed, every party admitted by the operator's account, nothing else done. */
export async function assemble(): Promise<World> {
  const chain = await startChain(START - 86_400);
  const creator = new Wallet(hashOf("system creator"));
  const addresses = await deploySystem({
    rpc: chain.rpc,
    chainId: CHAIN_ID,
    deployerKey: creator.privateKey,
    operator: { leiCommitment: hashOf("operator"), country: "DE", keys: foundingKeys("operator") },
    onProgress: () => undefined,
  });
  chain.moveTo(START);
  const contracts = { ...addresses, SystemDeployer: addressesOf(creator.address).deployer };
  const parties = await admitAll(chain, contracts.ParticipantRegistry);
  const callers = {
    ...mapValues(parties, ({ account }) => account),
    stranger: new Wallet(hashOf("stranger")).address.toLowerCase(),
    gatewayLane: new Wallet(hashOf("gateway lane")).address.toLowerCase(),
    systemCreator: creator.address.toLowerCase(),
    issuingBankChecker: new Wallet(keysOf("issuingBank").checker).address.toLowerCase(),
    importerKey: new Wallet(keysOf("importer").maker).address.toLowerCase(),
    ...contracts,
  };
  for (const address of Object.values(callers)) await chain.impersonate(address);
  return { chain, contracts, parties, callers };
}

async function admitAll(chain: Chain, registry: string): Promise<World["parties"]> {
  const accountOf = async (id: number) => {
    const answer = await chain.read(registry, abis.ParticipantRegistry.encodeFunctionData("accountOf", [id]));
    return String(abis.ParticipantRegistry.decodeFunctionResult("accountOf", answer)[0]).toLowerCase();
  };
  const operator = { id: 1, account: await accountOf(1) };
  await chain.impersonate(operator.account);
  const asOperator = async (fn: string, args: readonly unknown[]) => {
    const data = abis.ParticipantRegistry.encodeFunctionData(fn, args);
    const outcome = await chain.attempt({ from: operator.account, to: registry, data });
    if (outcome.kind === "refused") throw new Error(`${fn}: ${outcome.error.name}`);
  };
  const parties: Record<string, Party> = { operator };
  for (const [name, role] of Object.entries(admitted)) {
    const keys = foundingKeys(name as PartyName);
    await asOperator("admit", [hashOf(name), "0x4445", roles[role], keys]);
    const id = Object.keys(parties).length + 1;
    parties[name] = { id, account: await accountOf(id) };
  }
  await asOperator("suspend", [parties["suspendedBank"]?.id, hashOf("a reason")]);
  return parties as World["parties"];
}

function mapValues<K extends string, V, W>(record: Readonly<Record<K, V>>, change: (value: V) => W): Record<K, W> {
  return Object.fromEntries(Object.entries<V>(record).map(([key, value]) => [key, change(value)])) as Record<K, W>;
}

/** A function of a contract; `at` where the contract has no fixed address. */
export interface Act {
  readonly contract: ContractName;
  readonly fn: string;
  readonly args: readonly unknown[];
  readonly at?: string | undefined;
}

/** Where the act is sent, and its bytes. */
export function callOf(world: World, { contract, fn, args, at }: Act): { to: string; data: string } {
  const to = at ?? (contract === "DepositToken" ? undefined : world.contracts[contract]);
  if (to === undefined) throw new Error(`${contract}.${fn} needs an address`);
  return { to, data: abis[contract].encodeFunctionData(fn, [...args]) };
}

/** An act on the way to a state, which must succeed. */
export async function perform(world: World, as: CallerName, act: Act): Promise<void> {
  const outcome = await world.chain.attempt({ from: world.callers[as], ...callOf(world, act) });
  if (outcome.kind === "refused") throw new Error(`${as} ${act.contract}.${act.fn}: ${outcome.error.name}`);
}

export async function look(world: World, act: Act): Promise<unknown> {
  const { to, data } = callOf(world, act);
  return abis[act.contract].decodeFunctionResult(act.fn, await world.chain.read(to, data))[0];
}

/** Code and storage of everything that is deployed: contracts, accounts, tokens, and this address. */
export async function fingerprint(world: World, target: string): Promise<string> {
  const tokens = await Promise.all(["EUR", "USD"].flatMap((code) => banks.map((bank) => tokenOf(world, bank, code))));
  const accounts = Object.values(world.parties).map(({ account }) => account);
  return world.chain.fingerprint([...Object.values(world.contracts), ...accounts, ...tokens, target]);
}

/** A bank's token in a currency; the zero address before it is made. */
export async function tokenOf(world: World, bank: PartyName, code: string): Promise<string> {
  const args = [world.parties[bank].id, currency(code)];
  return String(await look(world, { contract: "DepositTokenFactory", fn: "tokenOf", args }));
}

export function currency(code: string): string {
  return `0x${Buffer.from(code, "ascii").toString("hex")}`;
}
