import type { Interface } from "ethers";
import {
  IAtomicSettlement__factory,
  IBankingCalendar__factory,
  IClearingHouse__factory,
  IConfirmations__factory,
  ICredits__factory,
  IDepositToken__factory,
  IDepositTokenFactory__factory,
  IDepositTokenMaker__factory,
  IParticipantAccount__factory,
  IParticipantRegistry__factory,
  IPresentations__factory,
  IRedemptions__factory,
  ITradeEscrow__factory,
  IUndertakings__factory,
} from "../../types/index.ts";

/** Contracts that other contracts and the gateway name, in the order of deployment: the registry makes an account at once. */
export const singletonNames = [
  "Authority",
  "P256Verifier",
  "WebAuthnVerifier",
  "ParticipantAccount",
  "ParticipantRegistry",
  "BankingCalendar",
  "DepositTokenFactory",
  "DepositTokenMaker",
  "ClearingHouse",
  "Redemptions",
  "AtomicSettlement",
  "Credits",
  "Confirmations",
  "Presentations",
  "Undertakings",
  "TradeEscrow",
] as const;
export type SingletonName = (typeof singletonNames)[number];
export type Addresses = Readonly<Record<SingletonName, string>>;

interface Described {
  readonly abi: readonly unknown[];
  readonly contract: Interface;
}

function describe(factory: { abi: readonly unknown[]; createInterface(): Interface }): Described {
  return { abi: factory.abi, contract: factory.createInterface() };
}

/** The interfaces through which everything off the ledger speaks with it. */
export const interfaces = {
  ParticipantRegistry: describe(IParticipantRegistry__factory),
  ParticipantAccount: describe(IParticipantAccount__factory),
  BankingCalendar: describe(IBankingCalendar__factory),
  DepositTokenFactory: describe(IDepositTokenFactory__factory),
  DepositTokenMaker: describe(IDepositTokenMaker__factory),
  DepositToken: describe(IDepositToken__factory),
  ClearingHouse: describe(IClearingHouse__factory),
  Redemptions: describe(IRedemptions__factory),
  AtomicSettlement: describe(IAtomicSettlement__factory),
  Credits: describe(ICredits__factory),
  Confirmations: describe(IConfirmations__factory),
  Presentations: describe(IPresentations__factory),
  Undertakings: describe(IUndertakings__factory),
  TradeEscrow: describe(ITradeEscrow__factory),
} as const;
export type InterfaceName = keyof typeof interfaces;

/** Letters of a currency or country as the fixed bytes that contracts take: `EUR` is `0x455552`. */
export function letterBytes(letters: string): string {
  return `0x${Buffer.from(letters, "ascii").toString("hex")}`;
}

/** Calldata of a contract function. Arguments are what ethers takes: bigints, hex, structs as objects. */
export function encodeCall(name: InterfaceName, fn: string, args: readonly unknown[]): string {
  return interfaces[name].contract.encodeFunctionData(fn, [...args]);
}
