import { MalformedWire, quantityText } from "./wire.ts";

/**
 * Writes RLP from the last byte to the first: a length stands before what it measures, so backwards every length is
 * known when its turn comes and nothing is written twice. A mark says how much has been written; what is written after
 * a mark stands before what was written until then.
 */
export interface RlpWriter {
  mark(): number;
  byte(value: number): void;
  /** Bytes as they are, without a length. */
  raw(bytes: Uint8Array): void;
  /** A string item. */
  bytes(value: Uint8Array): void;
  /** `0x…` data as a string item. @throws MalformedWire unless it is whole bytes in lower case. */
  data(text: unknown): void;
  /** `0x…` quantity as a number item. @throws MalformedWire unless it has no leading zeros. */
  quantity(text: unknown): void;
  /** Makes all since the mark a list. */
  list(mark: number): void;
  /** Makes all since the mark the content of a string item. */
  string(mark: number): void;
  /** All since the mark; valid until the next write. */
  since(mark: number): Uint8Array;
  /** Forgets all since the mark. */
  rewind(mark: number): void;
}

const stringOffset = 0x80;
const listOffset = 0xc0;
const shortMax = 55;

const digits = new Int8Array(128).fill(-1);
for (let value = 0; value < 16; value += 1) digits[value.toString(16).charCodeAt(0)] = value;

function digitAt(text: string, position: number): number {
  return digits[text.charCodeAt(position)] ?? -1;
}

export function createRlpWriter(initialBytes = 65_536): RlpWriter {
  let buffer = new Uint8Array(initialBytes);
  let at = buffer.length;

  function reserve(bytes: number): void {
    if (at >= bytes) return;
    const grown = new Uint8Array(Math.max(2 * buffer.length, buffer.length + bytes));
    grown.set(buffer.subarray(at), grown.length - (buffer.length - at));
    at += grown.length - buffer.length;
    buffer = grown;
  }

  function byte(value: number): void {
    reserve(1);
    at -= 1;
    buffer[at] = value;
  }

  function header(mark: number, offset: number): void {
    const length = buffer.length - at - mark;
    if (length <= shortMax) {
      byte(offset + length);
      return;
    }
    let lengthBytes = 0;
    for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) {
      byte(rest % 256);
      lengthBytes += 1;
    }
    byte(offset + shortMax + lengthBytes);
  }

  /** A single byte below 0x80 is its own encoding. */
  function string(mark: number): void {
    const length = buffer.length - at - mark;
    if (length === 1 && (buffer[at] ?? 0) < stringOffset) return;
    header(mark, stringOffset);
  }

  /** Digits from `from` on, from the last to the first; an odd one out is half a byte. */
  function hex(text: string, from: number): void {
    reserve((text.length - from + 1) >> 1);
    let position = text.length - 1;
    for (; position > from; position -= 2) {
      const value = (digitAt(text, position - 1) << 4) | digitAt(text, position);
      if (value < 0) throw new MalformedWire(text);
      at -= 1;
      buffer[at] = value;
    }
    if (position === from) byte(digitAt(text, position));
  }

  function raw(bytes: Uint8Array): void {
    reserve(bytes.length);
    at -= bytes.length;
    buffer.set(bytes, at);
  }

  const mark = (): number => buffer.length - at;
  return {
    ...{ mark, byte, raw, string },
    bytes(value) {
      const start = mark();
      raw(value);
      string(start);
    },
    data(text) {
      if (typeof text !== "string" || !text.startsWith("0x") || text.length % 2 === 1) throw new MalformedWire(text);
      const start = mark();
      hex(text, 2);
      string(start);
    },
    quantity(text) {
      const checked = quantityText(text);
      const start = mark();
      if (checked !== "0x0") hex(checked, 2);
      string(start);
    },
    list: (start) => header(start, listOffset),
    since: (start) => buffer.subarray(at, buffer.length - start),
    rewind(start) {
      at = buffer.length - start;
    },
  };
}

/** The encodings of a list's items, side by side. @throws MalformedWire unless the bytes are one list and no more. */
export function rlpItems(bytes: Uint8Array): readonly Uint8Array[] {
  const list = itemAt(bytes, 0);
  if (list.end !== bytes.length || (bytes[0] ?? 0) < listOffset) throw new MalformedWire("a list");
  const items: Uint8Array[] = [];
  for (let at = list.start; at < list.end; ) {
    const { end } = itemAt(bytes, at);
    items.push(bytes.subarray(at, end));
    at = end;
  }
  return items;
}

/** Where the content of the item at `at` starts, and where it ends. */
function itemAt(bytes: Uint8Array, at: number): { start: number; end: number } {
  const first = bytes[at];
  if (first === undefined) throw new MalformedWire("an item");
  if (first < stringOffset) return { start: at, end: at + 1 };
  const short = first - (first < listOffset ? stringOffset : listOffset);
  const lengthBytes = Math.max(0, short - shortMax);
  let length = short;
  if (lengthBytes > 0) {
    length = 0;
    for (let index = 1; index <= lengthBytes; index += 1) length = length * 256 + (bytes[at + index] ?? 0);
  }
  const start = at + 1 + lengthBytes;
  if (start + length > bytes.length) throw new MalformedWire("an item");
  return { start, end: start + length };
}
