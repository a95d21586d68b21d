import type { FunctionFragment, Interface } from "ethers";
import * as generated from "../../types/index.ts";

/** What is deployed, by its own ABI: inherited functions are in it, which the interfaces in contracts/interfaces leave out. */
const implementations = {
  P256Verifier: generated.P256Verifier__factory,
  WebAuthnVerifier: generated.WebAuthnVerifier__factory,
  Authority: generated.Authority__factory,
  ParticipantAccount: generated.ParticipantAccount__factory,
  ParticipantRegistry: generated.ParticipantRegistry__factory,
  BankingCalendar: generated.BankingCalendar__factory,
  DepositTokenFactory: generated.DepositTokenFactory__factory,
  DepositTokenMaker: generated.DepositTokenMaker__factory,
  DepositToken: generated.DepositToken__factory,
  ClearingHouse: generated.ClearingHouse__factory,
  Redemptions: generated.Redemptions__factory,
  AtomicSettlement: generated.AtomicSettlement__factory,
  Credits: generated.Credits__factory,
  Confirmations: generated.Confirmations__factory,
  Presentations: generated.Presentations__factory,
  Undertakings: generated.Undertakings__factory,
  TradeEscrow: generated.TradeEscrow__factory,
  SystemDeployer: generated.SystemDeployer__factory,
} as const;

export type ContractName = keyof typeof implementations;
export const contractNames = Object.keys(implementations) as readonly ContractName[];

export const abis = Object.fromEntries(
  Object.entries(implementations).map(([name, factory]) => [name, factory.createInterface()]),
) as unknown as Readonly<Record<ContractName, Interface>>;

/** Contracts of the build that have code: a new one must be named above. */
export function contractsOfTheBuild(): string[] {
  return Object.entries(generated)
    .filter(([name, factory]) => name.endsWith("__factory") && "bytecode" in factory)
    .map(([name]) => name.slice(0, -"__factory".length));
}

/** `Credits.issue`; an overloaded function is named with its types. */
export function functionKey(contract: ContractName, fn: string): string {
  return `${contract}.${fn}`;
}

/** Every function of every contract that may change state, and any way to send one no function at all. */
export function stateChangingFunctions(): string[] {
  return contractNames.flatMap((contract) => {
    const { fragments, fallback, receive } = abis[contract];
    const unnamed = [...(fallback === null ? [] : ["fallback"]), ...(receive ? ["receive"] : [])];
    const functions = fragments.filter(
      (fragment): fragment is FunctionFragment =>
        fragment.type === "function" && "constant" in fragment && fragment.constant === false,
    );
    const named = functions.map((fragment) =>
      functions.some((other) => other !== fragment && other.name === fragment.name)
        ? fragment.format("sighash")
        : fragment.name,
    );
    return [...named, ...unnamed].map((fn) => functionKey(contract, fn));
  });
}

export interface ContractError {
  readonly name: string;
  /** Who is refused, where the error says it. */
  readonly caller: string | undefined;
}

/** Names a refusal by the errors of all contracts: a contract passes on the error of another. */
export function readError(data: string | undefined): ContractError {
  if (data === undefined || data === "0x") return { name: "(no data)", caller: undefined };
  for (const contract of contractNames) {
    const error = abis[contract].parseError(data);
    if (error === null) continue;
    const place = error.fragment.inputs.findIndex(({ name }) => name === "caller" || name === "msgsender");
    return { name: error.name, caller: place === -1 ? undefined : String(error.args[place]).toLowerCase() };
  }
  return { name: data.slice(0, 10), caller: undefined };
}

/** Name of the event of a log, by the events of all contracts. */
export function eventName(log: { readonly topics: readonly string[]; readonly data: string }): string {
  for (const contract of contractNames) {
    const event = abis[contract].parseLog({ topics: [...log.topics], data: log.data });
    if (event !== null) return event.name;
  }
  return log.topics[0] ?? "";
}
