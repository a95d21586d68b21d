/** MT734, advice of refusal: the one notice with every discrepancy and the disposal of the documents (U40). */
import type { PlainDate } from "../../shared/calendar.ts";
import type { Money } from "../../shared/money.ts";
import { disposalWords } from "./codeWords.ts";
import {
  composeMessage,
  optionalField,
  swiftDate,
  swiftMoney,
  type WrittenMessage,
  wrapText,
} from "./composeMessage.ts";
import { createFieldReader, leadingDate, moneyOf, type SwiftParty } from "./fieldValues.ts";
import type { Finding } from "./finding.ts";
import type { SwiftMessage } from "./message.ts";
import { type ReadOptions, readTyped } from "./readMessage.ts";
import type { Release } from "./release.ts";

/** What the refusing bank does with the documents (U40). NOTIFY is for the issuing bank only. */
export type Disposal = (typeof disposalWords)[number];

export interface Refusal {
  /** The sender's own reference (20) and the presenting bank's (21). */
  readonly reference: string;
  readonly relatedReference: string;
  /** Date and amount of the utilisation that is refused (32A). */
  readonly utilisedOn: PlainDate;
  readonly utilised: Money;
  readonly chargesLines: readonly string[];
  readonly total: (Money & { readonly valueOn: PlainDate | null }) | null;
  readonly accountWithBank: SwiftParty | null;
  readonly senderToReceiverLines: readonly string[];
  /** The lines of 77J as they stand. */
  readonly discrepancyLines: readonly string[];
  /** The discrepancies, if they are numbered as `writeMt734` numbers them, else the whole text as one. */
  readonly discrepancies: readonly string[];
  /** Null if 77B is free text: then a person reads it. */
  readonly disposal: Disposal | null;
  readonly disposalText: string;
}

export interface NewMt734 {
  readonly senderBic: string;
  readonly receiverBic: string;
  readonly reference: string;
  readonly relatedReference: string;
  readonly utilisedOn: PlainDate;
  readonly utilised: Money;
  /** Every discrepancy, one text each; they are numbered and broken into lines of 50 characters, 70 at most. */
  readonly discrepancies: readonly string[];
  readonly disposal: Disposal;
  /** Follows the code in 77B, three lines of 35 characters together. */
  readonly disposalText?: string;
  readonly chargesLines?: readonly string[];
  /** Needed if charges are claimed. */
  readonly total?: Money;
  readonly accountWithBankBic?: string;
  readonly senderToReceiverLines?: readonly string[];
}

const discrepancyWidth = 50;
const disposalWidth = 35;

/** `1) …`, its lines after the first indented so that a number never starts one. */
function numbered(discrepancies: readonly string[]): string[] {
  return discrepancies.flatMap((text, index) => {
    const mark = `${index + 1}) `;
    const [first = "", ...rest] = wrapText(mark + text, discrepancyWidth);
    const more = wrapText(rest.join(" "), discrepancyWidth - mark.length);
    return [first, ...more.map((line) => " ".repeat(mark.length) + line)];
  });
}

/** Writes an MT734 of today's release, or says why the facts do not fit. */
export function writeMt734(facts: NewMt734): WrittenMessage {
  const total = facts.total === undefined ? undefined : swiftMoney(facts.total);
  return composeMessage({
    type: "734",
    senderBic: facts.senderBic,
    receiverBic: facts.receiverBic,
    fields: [
      { tag: "20", lines: [facts.reference] },
      { tag: "21", lines: [facts.relatedReference] },
      { tag: "32A", lines: [swiftDate(facts.utilisedOn) + swiftMoney(facts.utilised)] },
      ...optionalField("73A", facts.chargesLines),
      ...optionalField("33B", total),
      ...optionalField("57A", facts.accountWithBankBic),
      ...optionalField("72Z", facts.senderToReceiverLines),
      { tag: "77J", lines: numbered(facts.discrepancies) },
      { tag: "77B", lines: wrapText(`/${facts.disposal}/${facts.disposalText ?? ""}`, disposalWidth) },
    ],
  });
}

/** Undoes `numbered`. Text in any other form stays one discrepancy. */
function splitNumbered(lines: readonly string[]): string[] {
  const found: string[] = [];
  for (const line of lines) {
    const mark = `${found.length + 1}) `;
    if (line.startsWith(mark)) found.push(line.slice(mark.length));
    else if (found.length > 0) found.push(`${found.pop()} ${line.trim()}`);
    else return [lines.map((part) => part.trim()).join(" ")];
  }
  return found;
}

function refusalOf(message: SwiftMessage): Refusal {
  const read = createFieldReader(message);
  const utilisation = read.text("32A") ?? "";
  const dated = read.text("33A");
  const total = dated === null ? read.money("33B") : moneyOf(dated.slice(6));
  const discrepancyLines = read.lines("77J");
  const disposalText = read.lines("77B").join(" ");
  const disposal = disposalWords.find((word) => disposalText.startsWith(`/${word}/`)) ?? null;
  return {
    reference: read.text("20") ?? "",
    relatedReference: read.text("21") ?? "",
    utilisedOn: leadingDate(utilisation),
    utilised: moneyOf(utilisation.slice(6)),
    chargesLines: read.lines("73A", "73"),
    total: total === null ? null : { ...total, valueOn: read.date("33A") },
    accountWithBank: read.party("57"),
    senderToReceiverLines: read.lines("72Z", "72"),
    discrepancyLines,
    discrepancies: splitNumbered(discrepancyLines),
    disposal,
    disposalText: disposal === null ? disposalText : disposalText.slice(disposal.length + 2),
  };
}

export interface ReadMt734 {
  readonly message: SwiftMessage;
  readonly release: Release;
  readonly findings: readonly Finding[];
  /** Null exactly if a finding is an error. */
  readonly refusal: Refusal | null;
}

/** Reads an MT734 as of its own release. Never throws. */
export function readMt734(text: string, options: ReadOptions = {}): ReadMt734 {
  const { meaning, ...read } = readTyped(text, { type: "734", options, meaning: refusalOf });
  return { ...read, refusal: meaning };
}
