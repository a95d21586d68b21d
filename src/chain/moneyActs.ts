import { invariant } from "../shared/errors.ts";
import { enumIndex } from "./abiValues.ts";
import { type Addresses, type InterfaceName, interfaces, type SingletonName } from "./contractSet.ts";

interface MoneyAct {
  readonly contract: InterfaceName;
  readonly fn: string;
  /** Where the currency is found: the called token, a code or a token among the arguments. */
  readonly source: "target" | "code" | "token";
  /** Which 32 bytes of the arguments are the amount. */
  readonly amountWord: number;
  /** Which 32 bytes are the currency's code or the token; 0 where the called contract is the token. */
  readonly currencyWord: number;
}

/**
 * Acts whose arguments say how much they move. The registry is told this list when it is deployed, and accounts hold
 * their thresholds by amount against it. Deposit tokens have no address yet: their acts count at any contract.
 */
const money: readonly MoneyAct[] = [
  { contract: "DepositToken", fn: "transfer", source: "target", amountWord: 1, currencyWord: 0 },
  { contract: "DepositToken", fn: "approve", source: "target", amountWord: 1, currencyWord: 0 },
  { contract: "DepositToken", fn: "transferFrom", source: "target", amountWord: 2, currencyWord: 0 },
  { contract: "DepositToken", fn: "createByEntry", source: "target", amountWord: 1, currencyWord: 0 },
  { contract: "DepositToken", fn: "reverseEntry", source: "target", amountWord: 2, currencyWord: 0 },
  { contract: "DepositToken", fn: "forceTransfer", source: "target", amountWord: 2, currencyWord: 0 },
  { contract: "Redemptions", fn: "request", source: "token", amountWord: 1, currencyWord: 0 },
  { contract: "ClearingHouse", fn: "pay", source: "code", amountWord: 4, currencyWord: 3 },
  { contract: "Credits", fn: "issue", source: "token", amountWord: 3, currencyWord: 2 },
];

const anyContract = `0x${"0".repeat(40)}`;

export function moneyActs(addresses: Addresses) {
  return money.map(({ contract, fn, source, amountWord, currencyWord }) => {
    const selector = interfaces[contract].contract.getFunction(fn)?.selector;
    invariant(selector !== undefined, `${contract} has a function ${fn}`);
    const target = contract === "DepositToken" ? anyContract : addresses[contract as SingletonName];
    return {
      target,
      selector,
      place: { source: enumIndex("IParticipantRegistry.CurrencySource", source), amountWord, currencyWord },
    };
  });
}
