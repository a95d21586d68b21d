import { Interface } from "ethers";
import { type Code, codes } from "../shared/errors/codes.ts";
import { AppError, type Facts } from "../shared/errors.ts";
import { fieldsToJson, inputsByTopic } from "./abiValues.ts";
import { interfaces } from "./contractSet.ts";

/** Errors of libraries that contracts of ours let through, in our words. */
const foreign: Readonly<Record<string, Code>> = {
  ERC20InsufficientBalance: "deposit.insufficient",
  ERC20InsufficientAllowance: "deposit.insufficient",
  ERC7943CannotSend: "deposit.holder_not_admitted",
  ERC7943CannotReceive: "deposit.holder_not_admitted",
  ERC7943CannotTransfer: "enforcement.not_to_oneself",
  ERC7943InsufficientUnfrozenBalance: "deposit.frozen",
  InvalidAccountNonce: "order.replayed",
  AccessManagedUnauthorized: "access.forbidden",
};

/** Library errors that stand in no interface of ours. */
const foreignInterface = new Interface([
  "error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)",
  "error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)",
  "error InvalidAccountNonce(address account, uint256 currentNonce)",
  "error AccessManagedUnauthorized(address caller)",
]);

const table = buildTable();

function buildTable() {
  const bySelector = new Map<string, { name: string; decode: (data: string) => Record<string, unknown> }>();
  const foreignAbi = JSON.parse(foreignInterface.formatJson()) as readonly unknown[];
  for (const { abi, contract } of [...Object.values(interfaces), { abi: foreignAbi, contract: foreignInterface }]) {
    for (const [selector, { name, inputs }] of inputsByTopic(abi, "error", contract)) {
      bySelector.set(selector, {
        name,
        decode: (data) => fieldsToJson(inputs, contract.decodeErrorResult(name, data)),
      });
    }
  }
  return bySelector;
}

/** `CreditWrongStatus` becomes `credit.wrong_status`: the first word is the area. */
export function codeOfError(name: string): Code | undefined {
  const known = foreign[name];
  if (known) return known;
  const [area = "", ...rest] = name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
  const code = `${area}.${rest.join("_")}`;
  return code in codes ? (code as Code) : undefined;
}

/** A contract's refusal as an error of ours: the code names the rule, the facts carry the evidence. */
export function contractError(revertData: string | undefined): AppError {
  const entry = revertData ? table.get(revertData.slice(0, 10)) : undefined;
  if (!entry || !revertData) return new AppError("contract.refused");
  const facts = factsOf({ error: entry.name, ...entry.decode(revertData) });
  return new AppError(codeOfError(entry.name) ?? "contract.refused", facts);
}

/** Names of all errors that the contracts of this set can give. */
export function errorNames(): string[] {
  return [...table.values()].map(({ name }) => name);
}

function factsOf(values: Record<string, unknown>): Facts {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : String(value),
    ]),
  );
}
