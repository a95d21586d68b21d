/**
 * A SWIFT FIN message as a tree that keeps every character: `writeMessage(parseMessage(text).message)` is `text`.
 * Unknown types and unknown fields are kept like all others.
 */

/** One line of a field's value. */
export interface FieldLine {
  readonly text: string;
  /** The line break that follows, as it was written. Empty only at the end of a truncated text. */
  readonly end: "\r\n" | "\n" | "";
  readonly offset: number;
  readonly line: number;
}

/** A field of the text block, `:32B:EUR100000,`. Its first line starts right after the tag. */
export interface Field {
  /** Number and option letter together: `32B`, `20`. */
  readonly tag: string;
  /** Two digits. */
  readonly number: string;
  /** One upper-case letter, or empty. */
  readonly option: string;
  readonly lines: readonly FieldLine[];
  /** Place of the colon before the tag. */
  readonly offset: number;
  readonly line: number;
}

/** `{108:MUR}` inside block 3 or 5. */
export interface TagEntry {
  readonly tag: string;
  readonly value: string;
}

interface Place {
  readonly offset: number;
  readonly line: number;
}

export type Part =
  /** Blocks 1 and 2, and blocks that are not known. `closed` is false if the text ends inside. */
  | (Place & { readonly kind: "block"; readonly id: string; readonly content: string; readonly closed: boolean })
  /** Blocks 3 and 5 when they are a plain list of tags. */
  | (Place & { readonly kind: "tags"; readonly id: string; readonly entries: readonly TagEntry[] })
  /** Block 4. `opening` is what stands before the first field, `closing` is `-}` or empty if it is missing. */
  | (Place & {
      readonly kind: "text";
      readonly opening: string;
      readonly fields: readonly Field[];
      readonly closing: string;
    })
  /** Text that stands outside all blocks. */
  | (Place & { readonly kind: "outside"; readonly text: string });

export interface SwiftMessage {
  readonly parts: readonly Part[];
}

export interface BasicHeader {
  /** Logical terminal of the party whose copy this is: the sender of an input, the receiver of an output. */
  readonly terminal: string;
}

export interface ApplicationHeader {
  readonly direction: "input" | "output";
  readonly type: string;
  /** Logical terminal of the other party. */
  readonly terminal: string;
}

function writeField(field: Field): string {
  let text = `:${field.tag}:`;
  for (const line of field.lines) text += line.text + line.end;
  return text;
}

function writePart(part: Part): string {
  switch (part.kind) {
    case "block":
      return `{${part.id}:${part.content}${part.closed ? "}" : ""}`;
    case "tags":
      return `{${part.id}:${part.entries.map((entry) => `{${entry.tag}:${entry.value}}`).join("")}}`;
    case "text":
      return `{4:${part.opening}${part.fields.map(writeField).join("")}${part.closing}`;
    case "outside":
      return part.text;
  }
}

/** The text of a message, byte for byte what was read. */
export function writeMessage(message: SwiftMessage): string {
  return message.parts.map(writePart).join("");
}

/** The fields of the text block in their order; empty if there is none. */
export function fieldsOf(message: SwiftMessage): readonly Field[] {
  return message.parts.flatMap((part) => (part.kind === "text" ? part.fields : []));
}

/** The value of a field: its lines joined by `\n`. */
export function fieldValue(field: Field): string {
  return linesOf(field).join("\n");
}

/** The lines of a field's value without their line breaks. */
export function linesOf(field: Field): string[] {
  return field.lines.map((line) => line.text);
}

/** Where a position of `fieldValue(field)` stands in the text. */
export function placeIn(field: Field, position: number): Place {
  let rest = position;
  for (const line of field.lines) {
    if (rest <= line.text.length) return { offset: line.offset + rest, line: line.line };
    rest -= line.text.length + 1;
  }
  return { offset: field.offset, line: field.line };
}

function blockContent(message: SwiftMessage, id: string): string | undefined {
  const block = message.parts.find((part) => part.kind === "block" && part.id === id);
  return block?.kind === "block" ? block.content : undefined;
}

/** Block 1, or undefined if it is missing or malformed. */
export function basicHeaderOf(message: SwiftMessage): BasicHeader | undefined {
  const parts = /^[A-Z]\d{2}([A-Z0-9]{12})\d{10}$/.exec(blockContent(message, "1") ?? "");
  return parts?.[1] === undefined ? undefined : { terminal: parts[1] };
}

const inputHeader = /^I(\d{3})([A-Z0-9]{12})[A-Z](?:\d(?:\d{3})?)?$/;
const outputHeader = /^O(\d{3})\d{10}([A-Z0-9]{12})\d{20}[A-Z]?$/;

/** Block 2, or undefined if it is missing or malformed. */
export function applicationHeaderOf(message: SwiftMessage): ApplicationHeader | undefined {
  const content = blockContent(message, "2") ?? "";
  const input = inputHeader.exec(content);
  const found = input ?? outputHeader.exec(content);
  const [, type, terminal] = found ?? [];
  if (type === undefined || terminal === undefined) return undefined;
  return { direction: input === null ? "output" : "input", type, terminal };
}

/** The BIC of a logical terminal: its ninth character is the terminal's own, a branch `XXX` is the head office. */
export function bicOfTerminal(terminal: string): string {
  const branch = terminal.slice(9);
  return terminal.slice(0, 8) + (branch === "XXX" ? "" : branch);
}

/** Sender and receiver by their BICs, null where the headers do not say. */
export function correspondentsOf(message: SwiftMessage): { sender: string | null; receiver: string | null } {
  const own = basicHeaderOf(message);
  const other = applicationHeaderOf(message);
  const ownBic = own === undefined ? null : bicOfTerminal(own.terminal);
  const otherBic = other === undefined ? null : bicOfTerminal(other.terminal);
  return other?.direction === "output"
    ? { sender: otherBic, receiver: ownBic }
    : { sender: ownBic, receiver: otherBic };
}
