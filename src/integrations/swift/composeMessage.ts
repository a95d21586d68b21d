/** Composes new messages: headers, fields, line breaks as the network wants them, and a check by reading them back. */
import { formatSwiftDate, type PlainDate } from "../../shared/calendar.ts";
import { bic8 } from "../../shared/identifiers.ts";
import { formatSwiftAmount, type Money } from "../../shared/money.ts";
import { type Finding, hasErrors } from "./finding.ts";
import { linesOf, type SwiftMessage } from "./message.ts";
import { readMessage } from "./readMessage.ts";
import { todaysRelease } from "./release.ts";

export interface NewField {
  readonly tag: string;
  readonly lines: readonly string[];
}

export interface NewMessage {
  readonly type: string;
  readonly senderBic: string;
  readonly receiverBic: string;
  /** In the order of the type's layout. */
  readonly fields: readonly NewField[];
}

/** A text that is valid in today's release, or the findings that say why the facts do not fit. */
export type WrittenMessage =
  | { readonly written: true; readonly text: string }
  | { readonly written: false; readonly findings: readonly Finding[] };

function terminal(bic: string, letter: string): string {
  return bic8(bic) + letter + (bic.slice(8) || "XXX");
}

/** A text and what reading it back as a message of today's release finds. */
export interface ComposedText {
  readonly text: string;
  readonly findings: readonly Finding[];
}

/**
 * Whether a text reads back as exactly these headers and fields. A line break, a tag or `-}` inside a fact would
 * otherwise turn into fields that nobody meant.
 */
function readsBackAs(message: SwiftMessage, headers: readonly string[], fields: readonly NewField[]): boolean {
  const [basic, application, text, ...more] = message.parts;
  if (basic?.kind !== "block" || application?.kind !== "block" || text?.kind !== "text" || more.length > 0)
    return false;
  if (basic.content !== headers[0] || application.content !== headers[1] || text.fields.length !== fields.length)
    return false;
  return fields.every((field, index) => {
    const read = text.fields[index];
    if (read === undefined || read.tag !== field.tag) return false;
    const lines = linesOf(read);
    return lines.length === Math.max(field.lines.length, 1) && field.lines.every((line, at) => line === lines[at]);
  });
}

/** Composes a new message; session and sequence numbers are zero, the network's interface sets them. */
export function composeText({ type, senderBic, receiverBic, fields }: NewMessage): ComposedText {
  const basic = `F01${terminal(senderBic, "A")}0000000000`;
  const application = `I${type}${terminal(receiverBic, "X")}N`;
  const block = fields.map((field) => `:${field.tag}:${field.lines.join("\r\n")}\r\n`).join("");
  const text = `{1:${basic}}{2:${application}}{4:\r\n${block}-}`;
  const { message, findings } = readMessage(text, { release: todaysRelease });
  if (readsBackAs(message, [basic, application], fields)) return { text, findings };
  const place = { field: null, occurrence: 1, offset: 0, line: 1 };
  const explanation = "A text holds a line break, or starts a line like a field or like the end of the message";
  const broken: Finding = { code: "text_breaks_message", severity: "error", ...place, message: explanation };
  return { text, findings: [broken, ...findings] };
}

/** Composes a message; it is written only if reading it back as of today's release finds no error in it. */
export function composeMessage(message: NewMessage): WrittenMessage {
  const { text, findings } = composeText(message);
  return hasErrors(findings) ? { written: false, findings } : { written: true, text };
}

/** A date as `YYMMDD`. A year that two digits cannot say becomes a text that no reader takes for a date. */
export function swiftDate(date: PlainDate): string {
  return formatSwiftDate(date) ?? date;
}

/** Currency and amount, `EUR100000,`. An amount that does not fit becomes a text that no reader takes for one. */
export function swiftMoney(money: Money): string {
  const amount = formatSwiftAmount(money);
  return money.currency + (amount.ok ? amount.text : String(money.amountMinor));
}

/** A field if there is something to say in it. */
export function optionalField(tag: string, lines: readonly string[] | string | undefined): NewField[] {
  const list = typeof lines === "string" ? [lines] : (lines ?? []);
  return list.length === 0 ? [] : [{ tag, lines: list }];
}

/** Breaks a text into lines of at most `width` characters, between words where it can. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    let rest = word;
    if (line !== "" && line.length + 1 + rest.length <= width) {
      line += ` ${rest}`;
      continue;
    }
    if (line !== "") lines.push(line);
    while (rest.length > width) {
      lines.push(rest.slice(0, width));
      rest = rest.slice(width);
    }
    line = rest;
  }
  if (line !== "") lines.push(line);
  return lines;
}
