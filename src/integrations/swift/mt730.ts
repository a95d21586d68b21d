/** MT730, acknowledgement: the receiver of a credit or amendment says that it has it, advised it, or took its charges. */
import type { PlainDate } from "../../shared/calendar.ts";
import type { Money } from "../../shared/money.ts";
import { composeMessage, optionalField, swiftDate, swiftMoney, type WrittenMessage } from "./composeMessage.ts";
import { createFieldReader, moneyOf, type SwiftParty } from "./fieldValues.ts";
import type { Finding } from "./finding.ts";
import type { SwiftMessage } from "./message.ts";
import { type ReadOptions, readTyped } from "./readMessage.ts";
import type { Release } from "./release.ts";

export interface Acknowledgement {
  /** The sender's own reference (20) and the number of the credit (21). */
  readonly reference: string;
  readonly relatedReference: string;
  /** Date of the message that is acknowledged. */
  readonly date: PlainDate;
  readonly account: string | null;
  /** Charges, with a value date if they were debited. */
  readonly charges: (Money & { readonly debitedOn: PlainDate | null }) | null;
  readonly accountWithBank: SwiftParty | null;
  readonly chargesLines: readonly string[];
  readonly senderToReceiverLines: readonly string[];
  readonly narrativeLines: readonly string[];
}

export interface NewMt730 {
  readonly senderBic: string;
  readonly receiverBic: string;
  readonly reference: string;
  readonly relatedReference: string;
  readonly date: PlainDate;
  readonly account?: string;
  readonly charges?: Money & { readonly debitedOn?: PlainDate };
  readonly accountWithBankBic?: string;
  readonly chargesLines?: readonly string[];
  /** At most 6 lines of 35 characters, such as `/BENACC/` with what the beneficiary said. */
  readonly senderToReceiverLines?: readonly string[];
  /** At most 35 lines of 50 characters. */
  readonly narrativeLines?: readonly string[];
}

/** Writes an MT730 of today's release, or says why the facts do not fit. */
export function writeMt730(facts: NewMt730): WrittenMessage {
  const { charges } = facts;
  const debitedOn = charges?.debitedOn;
  const chargesTag = debitedOn === undefined ? "32B" : "32D";
  const chargesText =
    charges === undefined ? undefined : (debitedOn === undefined ? "" : swiftDate(debitedOn)) + swiftMoney(charges);
  return composeMessage({
    type: "730",
    senderBic: facts.senderBic,
    receiverBic: facts.receiverBic,
    fields: [
      { tag: "20", lines: [facts.reference] },
      { tag: "21", lines: [facts.relatedReference] },
      ...optionalField("25", facts.account),
      { tag: "30", lines: [swiftDate(facts.date)] },
      ...optionalField(chargesTag, chargesText),
      ...optionalField("57A", facts.accountWithBankBic),
      ...optionalField("71D", facts.chargesLines),
      ...optionalField("72Z", facts.senderToReceiverLines),
      ...optionalField("79Z", facts.narrativeLines),
    ],
  });
}

function acknowledgementOf(message: SwiftMessage): Acknowledgement {
  const read = createFieldReader(message);
  const debited = read.text("32D");
  const charges = debited === null ? read.money("32B") : moneyOf(debited.slice(6));
  return {
    reference: read.text("20") ?? "",
    relatedReference: read.text("21") ?? "",
    date: read.date("30") ?? "",
    account: read.text("25"),
    charges: charges === null ? null : { ...charges, debitedOn: read.date("32D") },
    accountWithBank: read.party("57"),
    chargesLines: read.lines("71D", "71B"),
    senderToReceiverLines: read.lines("72Z", "72"),
    narrativeLines: read.lines("79Z"),
  };
}

export interface ReadMt730 {
  readonly message: SwiftMessage;
  readonly release: Release;
  readonly findings: readonly Finding[];
  /** Null exactly if a finding is an error. */
  readonly acknowledgement: Acknowledgement | null;
}

/** Reads an MT730 as of its own release. Never throws. */
export function readMt730(text: string, options: ReadOptions = {}): ReadMt730 {
  const { meaning, ...read } = readTyped(text, { type: "730", options, meaning: acknowledgementOf });
  return { ...read, acknowledgement: meaning };
}
