import { invariant } from "../shared/errors.ts";
import { type AbiParameter, toJson } from "./abiValues.ts";

/** One parameter of an event. */
export interface EventParameter extends AbiParameter {
  readonly indexed?: boolean;
}

/** Topics and data of a log as plain JSON by parameter name. @throws when the bytes are not of this event. */
export type LogDecoder = (topics: readonly string[], data: string) => Record<string, unknown>;

/** Reads one type from ABI-encoded hex. Places are in characters; a word has 64. */
interface Reader {
  /** Characters in the head. */
  readonly size: number;
  /** Its value stands elsewhere, and the head says where. */
  readonly isDynamic: boolean;
  read(hex: string, at: number): unknown;
}

const wordSize = 64;
const smallDigits = 12;

/**
 * A decoder for one event, put together once. It gives what `fieldsToJson` makes of ethers' values, in a hundredth of
 * the time: an index that is made anew decodes every log there is.
 */
export function createLogDecoder(inputs: readonly EventParameter[]): LogDecoder {
  const named = inputs.map((input, index) => ({ ...input, name: input.name || `value${index}` }));
  const indexed = named
    .filter((input) => input.indexed)
    .map((input) => ({ name: input.name, reader: wordReader(input) }));
  const rest = tupleReader(named.filter((input) => !input.indexed));
  const names = named.map(({ name }) => name);
  return (topics, data) => {
    const fields = rest.read(data, 2) as Record<string, unknown>;
    if (indexed.length === 0) return fields;
    for (const [index, { name, reader }] of indexed.entries()) fields[name] = reader.read(topics[index + 1] ?? "", 2);
    return Object.fromEntries(names.map((name) => [name, fields[name]]));
  };
}

/** An indexed parameter; of those that do not fit a word only a hash is there. */
function wordReader(parameter: AbiParameter): Reader {
  const reader = readerOf(parameter);
  invariant(!reader.isDynamic && reader.size === wordSize, `${parameter.name} does not fit a topic`);
  return reader;
}

function readerOf(parameter: AbiParameter): Reader {
  const { type, components = [], internalType } = parameter;
  const array = /^(.*)\[(\d*)\]$/.exec(type);
  if (array) return arrayReader({ ...parameter, type: array[1] ?? "" }, array[2] ? Number(array[2]) : undefined);
  if (type === "tuple") return tupleReader(components);
  if (type === "bytes" || type === "string") return bytesReader(type);
  if (internalType?.startsWith("enum "))
    return scalar((word) => toJson(parameter, Number.parseInt(word.slice(-2), 16)));
  const [, unsigned, bits] = /^(u?)int(\d+)$/.exec(type) ?? [];
  if (bits !== undefined) return integerReader(unsigned === "u", Number(bits));
  if (type === "bool") return scalar((word) => word.endsWith("1"));
  if (type === "address") return scalar((word) => `0x${word.slice(-40)}`);
  const length = Number(/^bytes(\d+)$/.exec(type)?.[1]);
  invariant(length > 0, `no decoder for ${type}`);
  return scalar((word) => `0x${word.slice(0, 2 * length)}`);
}

function scalar(read: (word: string) => unknown): Reader {
  return { size: wordSize, isDynamic: false, read: (hex, at) => read(wordAt(hex, at)) };
}

/** Only where receipts are not proven: a contract of ours gives no such log. */
function malformed(): Error {
  return new Error("a log ends before what it announces");
}

function wordAt(hex: string, at: number): string {
  if (at + wordSize > hex.length) throw malformed();
  return hex.slice(at, at + wordSize).toLowerCase();
}

function integerReader(isUnsigned: boolean, bits: number): Reader {
  const read = (word: string) => {
    const value = BigInt(`0x${word}`);
    return isUnsigned ? value : BigInt.asIntN(bits, value);
  };
  // Fits a number without a doubt; larger ones are decimal strings, as money is.
  if (bits > 4 * smallDigits) return scalar((word) => String(read(word)));
  return scalar((word) => (isUnsigned ? Number.parseInt(word.slice(-smallDigits), 16) : Number(read(word))));
}

/** An offset or a length: both are far below 2^48 in a log that fits into memory. */
function smallAt(hex: string, at: number): number {
  const number = Number.parseInt(wordAt(hex, at).slice(-smallDigits), 16);
  if (2 * number > hex.length) throw malformed();
  return number;
}

function bytesReader(type: "bytes" | "string"): Reader {
  return {
    size: wordSize,
    isDynamic: true,
    read(hex, at) {
      const start = at + wordSize;
      const end = start + 2 * smallAt(hex, at);
      if (end > hex.length) throw malformed();
      const bytes = hex.slice(start, end);
      if (type === "bytes") return `0x${bytes.toLowerCase()}`;
      return toJson({ name: "", type }, Buffer.from(bytes, "hex").toString("utf8"));
    },
  };
}

/** A value in the head, or where the head says, counted from the beginning of what it is part of. */
function readPart(reader: Reader, hex: string, { start, at }: { start: number; at: number }): unknown {
  return reader.read(hex, reader.isDynamic ? start + 2 * smallAt(hex, at) : at);
}

function tupleReader(components: readonly AbiParameter[]): Reader {
  const parts = components.map(({ name, ...component }) => ({ name, reader: readerOf({ ...component, name }) }));
  const isDynamic = parts.some(({ reader }) => reader.isDynamic);
  const headSize = parts.reduce((sum, { reader }) => sum + (reader.isDynamic ? wordSize : reader.size), 0);
  return {
    size: isDynamic ? wordSize : headSize,
    isDynamic,
    read(hex, start) {
      const fields: Record<string, unknown> = {};
      let at = start;
      for (const { name, reader } of parts) {
        fields[name] = readPart(reader, hex, { start, at });
        at += reader.isDynamic ? wordSize : reader.size;
      }
      return fields;
    },
  };
}

function arrayReader(element: AbiParameter, fixed: number | undefined): Reader {
  const reader = readerOf(element);
  const step = reader.isDynamic ? wordSize : reader.size;
  const isDynamic = fixed === undefined || reader.isDynamic;
  return {
    size: isDynamic ? wordSize : step * (fixed ?? 0),
    isDynamic,
    read(hex, at) {
      const length = fixed ?? smallAt(hex, at);
      const start = fixed === undefined ? at + wordSize : at;
      if (start + length * step > hex.length) throw malformed();
      return Array.from({ length }, (_, index) => readPart(reader, hex, { start, at: start + index * step }));
    },
  };
}
