import type { Interface, Result } from "ethers";

/** Names of enum members, by the type's name in the ABI. The order is that of the Solidity source. */
const enums: Readonly<Record<string, readonly string[]>> = {
  "ICredits.Availability": ["sight", "deferred"],
  "ICredits.Confirmation": ["without", "may_add", "confirm"],
  "ICredits.Advice": ["none", "advised", "declined"],
  "ICredits.Status": ["none", "issued", "closed"],
  "IConfirmations.Status": ["silent", "added", "declined"],
  "IPresentations.Decision": ["none", "examining", "complying", "refused", "precluded"],
  "IPresentations.Disposal": ["hold", "notify", "return", "previous_instructions"],
  "IUndertakings.Status": ["none", "owed", "paid"],
  "IAtomicSettlement.Status": ["none", "executed", "cancelled"],
  "ITradeEscrow.Status": ["none", "proposed", "agreed", "funded", "settled", "lapsed"],
  "ITradeEscrow.MilestoneStatus": ["open", "delivered", "disputed", "settled"],
  "IDepositToken.Ground": ["entry", "undertaking", "payment", "redemption", "reversal"],
  "IRedemptions.Status": ["none", "requested", "paid", "given_back", "withdrawn"],
  "IParticipantRegistry.CurrencySource": ["none", "target", "code", "token"],
  "IParticipantRegistry.Status": ["none", "active", "suspended"],
};

/** One parameter of a JSON ABI, as the compiler writes it. */
export interface AbiParameter {
  readonly name: string;
  readonly type: string;
  readonly internalType?: string;
  readonly components?: readonly AbiParameter[];
}

/**
 * A decoded ABI value as plain JSON: enums by name, integers up to 48 bits as numbers, larger ones as decimal strings,
 * addresses and bytes as lower-case hex, structs as objects.
 */
export function toJson(parameter: AbiParameter, value: unknown): unknown {
  if (parameter.type.endsWith("]")) {
    const element = { ...parameter, type: parameter.type.replace(/\[\d*\]$/, "") };
    return [...(value as Iterable<unknown>)].map((item) => toJson(element, item));
  }
  if (parameter.type === "tuple") return fieldsToJson(parameter.components ?? [], value as Result);
  if (parameter.internalType?.startsWith("enum ")) {
    return enums[parameter.internalType.slice("enum ".length)]?.[Number(value)] ?? Number(value);
  }
  const integer = /^u?int(\d+)$/.exec(parameter.type);
  if (integer) return Number(integer[1]) <= 48 ? Number(value) : String(value);
  return typeof value === "string" && value.startsWith("0x") ? value.toLowerCase() : value;
}

/** Values of a parameter list as an object by name. */
export function fieldsToJson(parameters: readonly AbiParameter[], values: Result): Record<string, unknown> {
  return Object.fromEntries(parameters.map((parameter, index) => [parameter.name, toJson(parameter, values[index])]));
}

/** Index of an enum member by its name, for encoding. */
export function enumIndex(type: string, member: string): number {
  const index = enums[type]?.indexOf(member) ?? -1;
  if (index < 0) throw new Error(`invariant: ${member} is no member of ${type}`);
  return index;
}

interface AbiItem {
  readonly type: string;
  readonly name?: string;
  readonly inputs?: readonly AbiParameter[];
  readonly outputs?: readonly AbiParameter[];
}

/** Decodes the result of a view call into plain JSON: a single output as its value, several as an object. */
export function decodeOutputs(abi: readonly unknown[], contract: Interface, call: { name: string; data: string }) {
  const item = (abi as readonly AbiItem[]).find(({ type, name }) => type === "function" && name === call.name);
  const outputs = item?.outputs ?? [];
  const values = contract.decodeFunctionResult(call.name, call.data);
  const [only] = outputs;
  return outputs.length === 1 && only ? toJson(only, values[0]) : fieldsToJson(outputs, values);
}

/** Inputs of an event or error by its signature hash. */
export function inputsByTopic(abi: readonly unknown[], kind: "event" | "error", contract: Interface) {
  const inputs = new Map<string, { name: string; inputs: readonly AbiParameter[] }>();
  for (const item of abi as readonly AbiItem[]) {
    if (item.type !== kind || !item.name) continue;
    const fragment = kind === "event" ? contract.getEvent(item.name) : contract.getError(item.name);
    if (!fragment) continue;
    const key = "topicHash" in fragment ? fragment.topicHash : fragment.selector;
    inputs.set(key, { name: item.name, inputs: item.inputs ?? [] });
  }
  return inputs;
}
