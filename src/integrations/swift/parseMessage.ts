/** Reads the envelope and the fields of a FIN message. Linear in the text, never throws. */
import { createFindings, type Finding, type Findings } from "./finding.ts";
import type { Field, FieldLine, Part, SwiftMessage, TagEntry } from "./message.ts";

export interface ParsedMessage {
  readonly message: SwiftMessage;
  readonly findings: readonly Finding[];
}

/** Walks the text once; lines are counted on the way. */
interface Cursor {
  readonly text: string;
  readonly findings: Findings;
  offset: number;
  line: number;
}

type Report = Pick<Finding, "code" | "message"> & Partial<Finding>;

/** Reports an error where the cursor stands, unless the report says another place or severity. */
function report(cursor: Cursor, found: Report): void {
  const { offset, line } = cursor;
  cursor.findings.add({ severity: "error", field: null, occurrence: 1, offset, line, ...found });
}

/** Moves on to `end` and gives the text between. */
function take(cursor: Cursor, end: number): string {
  const taken = cursor.text.slice(cursor.offset, end);
  for (let at = taken.indexOf("\n"); at !== -1; at = taken.indexOf("\n", at + 1)) cursor.line += 1;
  cursor.offset = end;
  return taken;
}

/** The index after the brace that closes the block at `start`, or undefined if the text ends before. */
function blockEnd(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === 0x7b) depth += 1;
    if (character === 0x7d) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return undefined;
}

/** The tags of block 3 or 5, or undefined if the content is not a plain list of `{tag:value}`. */
function tagEntries(content: string): TagEntry[] | undefined {
  const entries: TagEntry[] = [];
  let at = 0;
  while (at < content.length) {
    const colon = content.indexOf(":", at);
    const end = content.indexOf("}", at);
    if (content[at] !== "{" || colon === -1 || end === -1 || colon > end) return undefined;
    const entry = { tag: content.slice(at + 1, colon), value: content.slice(colon + 1, end) };
    if (entry.tag.includes("{") || entry.value.includes("{")) return undefined;
    entries.push(entry);
    at = end + 1;
  }
  return entries;
}

function readBlock(cursor: Cursor): Part {
  const { offset, line } = cursor;
  const id = cursor.text.charAt(offset + 1);
  const end = blockEnd(cursor.text, offset);
  if (end === undefined)
    report(cursor, { code: "block_not_closed", message: `Block ${id} is not closed: the text is truncated` });
  const whole = take(cursor, end ?? cursor.text.length);
  const content = whole.slice(3, end === undefined ? undefined : -1);
  const entries = end !== undefined && (id === "3" || id === "5") ? tagEntries(content) : undefined;
  if (entries !== undefined) return { kind: "tags", id, entries, offset, line };
  return { kind: "block", id, content, closed: end !== undefined, offset, line };
}

const fieldStart = /:(\d{2})([A-Z]?):/y;

function readLine(cursor: Cursor): FieldLine {
  const { text, offset, line } = cursor;
  const feed = text.indexOf("\n", offset);
  const stop = feed === -1 ? text.length : feed;
  const carriage = feed > offset && text.charCodeAt(feed - 1) === 0x0d;
  const end = feed === -1 ? "" : carriage ? "\r\n" : "\n";
  cursor.offset = stop + (feed === -1 ? 0 : 1);
  if (feed !== -1) cursor.line += 1;
  return { text: text.slice(offset, carriage ? stop - 1 : stop), end, offset, line };
}

interface OpenField extends Field {
  readonly lines: FieldLine[];
}

/** Reports a line inside a field that a receiver on the network would take for something else. */
function checkContinuation(cursor: Cursor, field: OpenField, line: FieldLine): void {
  const place = { offset: line.offset, line: line.line, field: field.tag };
  if (line.text.startsWith(":"))
    report(cursor, { code: "tag_malformed", message: "A line starts with a colon but not with a tag", ...place });
  if (line.text.startsWith("-")) {
    const message = "A line of a field must not start with a hyphen";
    report(cursor, { code: "line_starts_with_hyphen", message, ...place, severity: "warning" });
  }
}

function readTextBlock(cursor: Cursor): Part {
  const { offset, line, text } = cursor;
  cursor.offset += 3;
  let opening = "";
  const fields: OpenField[] = [];
  let field: OpenField | undefined;
  while (cursor.offset < text.length) {
    if (text.startsWith("-}", cursor.offset) && text.charCodeAt(cursor.offset - 1) === 0x0a) {
      cursor.offset += 2;
      return { kind: "text", opening, fields, closing: "-}", offset, line };
    }
    fieldStart.lastIndex = cursor.offset;
    const start = cursor.offset === offset + 3 ? null : fieldStart.exec(text);
    if (start !== null) {
      const [whole, number = "", option = ""] = start;
      field = { tag: number + option, number, option, lines: [], offset: cursor.offset, line: cursor.line };
      fields.push(field);
      cursor.offset += whole.length;
      field.lines.push(readLine(cursor));
      continue;
    }
    const next = readLine(cursor);
    if (field === undefined) {
      opening += next.text + next.end;
      if (next.text !== "") {
        const place = { offset: next.offset, line: next.line };
        report(cursor, {
          code: "text_before_fields",
          message: "Block 4 must start with a line break and a field",
          ...place,
        });
      }
    } else {
      checkContinuation(cursor, field, next);
      field.lines.push(next);
    }
  }
  report(cursor, {
    code: "text_not_closed",
    message: "Block 4 does not end with a line `-}`: the message is truncated",
  });
  return { kind: "text", opening, fields, closing: "", offset, line };
}

/** Reads what stands outside the blocks, up to the next one. */
function readOutside(cursor: Cursor): Part {
  const { offset, line, text } = cursor;
  let end = offset + 1;
  while (end < text.length && !startsBlock(text, end)) end += 1;
  const outside = text.slice(offset, end);
  if (outside.trim() !== "")
    report(cursor, { code: "text_outside_blocks", message: "Text stands outside the blocks of the message" });
  take(cursor, end);
  return { kind: "outside", text: outside, offset, line };
}

function startsBlock(text: string, at: number): boolean {
  return text.charCodeAt(at) === 0x7b && text.charCodeAt(at + 2) === 0x3a && /[0-9A-Z]/.test(text.charAt(at + 1));
}

/** Line feeds alone are accepted, but the network writes carriage return and line feed. */
function checkLineEnds(part: Part, findings: Findings): void {
  if (part.kind !== "text") return;
  const lines = part.fields.flatMap((field) => field.lines);
  const bare = lines.find((line) => line.end === "\n");
  if (bare === undefined && !part.opening.startsWith("\n")) return;
  const place = bare ?? part;
  const message = "Lines end with a line feed alone; on the network they end with carriage return and line feed";
  const { offset, line } = place;
  findings.add({ code: "line_feed_only", severity: "warning", field: null, occurrence: 1, offset, line, message });
}

/**
 * Reads a message into its blocks and fields, and reports what its envelope has wrong: truncated or unclosed
 * blocks, text outside them, malformed tags, bare line feeds. It does not look at the fields' values.
 */
export function parseMessage(text: string): ParsedMessage {
  const cursor: Cursor = { text, findings: createFindings(), offset: 0, line: 1 };
  const parts: Part[] = [];
  while (cursor.offset < text.length) {
    if (!startsBlock(text, cursor.offset)) parts.push(readOutside(cursor));
    else if (text.startsWith("{4:", cursor.offset)) parts.push(readTextBlock(cursor));
    else parts.push(readBlock(cursor));
  }
  for (const part of parts) checkLineEnds(part, cursor.findings);
  return { message: { parts }, findings: cursor.findings.list() };
}
