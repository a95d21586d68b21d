/** The other way round of `decodeLog`: an event of ours as the log that a contract would have given. */
import { type AbiParameter, enumIndex } from "../../src/chain/abiValues.ts";
import { type Addresses, type InterfaceName, interfaces } from "../../src/chain/contractSet.ts";
import { eventNames } from "../../src/chain/decode.ts";
import type { EventType } from "../../src/domain/ledgerEvent.ts";
import { rolesToBits } from "../../src/domain/roles.ts";
import type { Draft } from "../store/blockFixture.ts";

export interface EncodedLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
}

type Values = Readonly<Record<string, unknown>>;

/** Contract and event of the contract, by our name for it. */
const sources = new Map<EventType, readonly [InterfaceName, string]>(
  Object.entries(eventNames).flatMap(([contract, events]) =>
    Object.entries(events ?? {}).map(([name, type]) => [type, [contract as InterfaceName, name]] as const),
  ),
);

export function encodeEvent(event: Draft, addresses: Addresses): EncodedLog {
  const [contract, name] = sources.get(event.type) ?? [];
  if (!contract || !name) throw new Error(`no contract gives ${event.type}`);
  const { abi, contract: encoder } = interfaces[contract];
  const item = (abi as readonly { type: string; name?: string; inputs?: readonly AbiParameter[] }[]).find(
    (one) => one.type === "event" && one.name === name,
  );
  const fragment = encoder.getEvent(name);
  if (!item || !fragment) throw new Error(`${contract} has no ${name}`);
  const fields = inTheirTerms(event);
  const values = (item.inputs ?? []).map((input) => encodeValue(input, fields[input.name]));
  const { topics, data } = encoder.encodeEventLog(fragment, values);
  return { address: emitterOf(event, contract, addresses), topics, data };
}

function emitterOf(event: Draft, contract: InterfaceName, addresses: Addresses): string {
  const data = event.data as Values;
  if (contract === "ParticipantAccount") return String(data["account"]);
  if (contract === "DepositToken") return String(data["token"]);
  return addresses[contract as keyof Addresses];
}

function inTheirTerms({ type, data }: Draft): Values {
  if (type === "participant.admitted") return { ...data, roles: rolesToBits(data.roles) };
  return data as Values;
}

/** What our event does not say is nought. */
function encodeValue(parameter: AbiParameter, value: unknown): unknown {
  if (parameter.type.endsWith("]")) {
    const element = { ...parameter, type: parameter.type.replace(/\[\d*\]$/, "") };
    return ((value ?? []) as readonly unknown[]).map((item) => encodeValue(element, item));
  }
  if (parameter.type === "tuple") {
    const fields = (value ?? {}) as Values;
    return (parameter.components ?? []).map((component) => encodeValue(component, fields[component.name]));
  }
  if (parameter.internalType?.startsWith("enum ")) {
    return value === undefined ? 0 : enumIndex(parameter.internalType.slice("enum ".length), String(value));
  }
  if (parameter.type.startsWith("bytes")) return encodeBytes(parameter.type, value);
  if (parameter.type === "address") return value ?? `0x${"0".repeat(40)}`;
  if (parameter.type === "bool") return value ?? false;
  return parameter.type === "string" ? (value ?? "") : BigInt((value ?? 0) as string | number);
}

/** Text in fixed bytes, filled up with zeros; hex as it is. */
function encodeBytes(type: string, value: unknown): string {
  const size = Number(type.slice("bytes".length));
  const text = String(value ?? "0x");
  const hex = text.startsWith("0x") ? text : `0x${Buffer.from(text, "latin1").toString("hex")}`;
  return size > 0 ? hex.padEnd(2 + 2 * size, "0") : hex;
}
