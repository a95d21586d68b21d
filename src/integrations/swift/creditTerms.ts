/** The terms of a credit as an MT700 states them. */
import type { PlainDate } from "../../shared/calendar.ts";
import { invariant } from "../../shared/errors.ts";
import { availableByWords } from "./codeWords.ts";
import { createFieldReader, type FieldReader, type Span, type SwiftParty, spanOf } from "./fieldValues.ts";
import { correspondentsOf, type Field, fieldValue, type SwiftMessage } from "./message.ts";
import { type PresentationPeriod, presentationPeriodOf } from "./presentationPeriod.ts";

/** How the credit is available (U10). */
export type AvailableBy = (typeof availableByWords)[keyof typeof availableByWords];

/** `unstated`: the credit is silent, which allows it (U54). `unclear`: free text of an older release. */
export type ShipmentRule = "allowed" | "not_allowed" | "conditional" | "unstated" | "unclear";

/** What field 49 asks the receiver for (U14). */
export type ConfirmationInstruction = "confirm" | "may_add" | "without";

/** One item of a list such as the documents required; items start with `+` by usage. */
export interface ListedItem {
  /** The item's lines joined by blanks, without the plus. */
  readonly text: string;
  readonly span: Span;
  /** The item starts like the rest of the one before (`ADDRESSED TO …`): a person decides whether it is one. */
  readonly mayContinuePrevious: boolean;
}

export interface CreditTerms {
  readonly sender: string | null;
  readonly receiver: string | null;
  /** Of how many messages this is the first (27); what follows it, in MT701, is not read. */
  readonly parts: number;
  readonly number: string;
  readonly preAdvice: string | null;
  readonly form: string;
  readonly transferable: boolean;
  readonly rules: string;
  readonly rulesNarrative: string | null;
  /** Null only in older releases, where the field was optional. */
  readonly issueDate: PlainDate | null;
  readonly expiryDate: PlainDate;
  readonly expiryPlace: string;
  readonly applicantBank: SwiftParty | null;
  readonly applicantLines: readonly string[];
  readonly beneficiaryAccount: string | null;
  readonly beneficiaryLines: readonly string[];
  readonly currency: string;
  /** In minor units of the currency. */
  readonly amountMinor: bigint;
  readonly tolerance: { readonly plusPercent: number; readonly minusPercent: number } | null;
  readonly additionalAmountLines: readonly string[];
  readonly availableWith: SwiftParty;
  readonly availableBy: AvailableBy;
  readonly draftLines: readonly string[];
  readonly drawee: SwiftParty | null;
  readonly mixedPaymentLines: readonly string[];
  readonly deferredPaymentLines: readonly string[];
  readonly partialShipments: ShipmentRule;
  readonly transhipment: ShipmentRule;
  readonly places: {
    readonly takingInCharge: string | null;
    readonly portOfLoading: string | null;
    readonly portOfDischarge: string | null;
    readonly finalDestination: string | null;
  };
  readonly latestShipment: PlainDate | null;
  readonly shipmentPeriodLines: readonly string[];
  readonly goodsLines: readonly string[];
  readonly documents: readonly ListedItem[];
  readonly conditions: readonly ListedItem[];
  readonly beneficiaryPaymentLines: readonly string[];
  /** Field 49H. Never shown to a beneficiary: see `redactTermsForBeneficiary`. */
  readonly bankOnlyLines: readonly string[];
  readonly chargesLines: readonly string[];
  readonly presentation: PresentationPeriod;
  readonly confirmation: ConfirmationInstruction;
  /** Who is asked to confirm: field 58a, or the receiver if an older message only says CONFIRM or MAY ADD. */
  readonly requestedConfirmer: { readonly party: SwiftParty; readonly source: "58a" | "receiver" } | null;
  readonly reimbursingBank: SwiftParty | null;
  readonly adviseThrough: SwiftParty | null;
  readonly bankInstructionLines: readonly string[];
  readonly senderToReceiverLines: readonly string[];
}

const shipmentRules: Readonly<Record<string, ShipmentRule>> = {
  ALLOWED: "allowed",
  "NOT ALLOWED": "not_allowed",
  CONDITIONAL: "conditional",
};

const confirmations: Readonly<Record<string, ConfirmationInstruction>> = {
  CONFIRM: "confirm",
  "MAY ADD": "may_add",
  WITHOUT: "without",
};

function shipmentRule(text: string | null): ShipmentRule {
  return text === null ? "unstated" : (shipmentRules[text] ?? "unclear");
}

/** Words with which no document of its own begins. */
const continuations = /^(?:ADDRESSED|SHOWING|EVIDENCING|INDICATING|STATING|MARKED|CONSIGNED|BEARING|MADE OUT|NOTIFY)\b/;

/** Splits a narrative into its items: a line that starts with `+` begins a new one. */
function itemsOf(field: Field | undefined): ListedItem[] {
  if (field === undefined) return [];
  const value = fieldValue(field);
  const items: ListedItem[] = [];
  let start = 0;
  while (start < value.length) {
    const next = value.indexOf("\n+", start);
    const end = next === -1 ? value.length : next;
    const text = value
      .slice(start, end)
      .replace(/^\+/, "")
      .split("\n")
      .map((line) => line.trim())
      .join(" ")
      .trim();
    const mayContinuePrevious = items.length > 0 && continuations.test(text);
    items.push({ text, span: spanOf(field, start, end), mayContinuePrevious });
    start = end + 1;
  }
  return items;
}

function toleranceOf(text: string | null): CreditTerms["tolerance"] {
  if (text === null) return null;
  const [plus, minus] = text.split("/");
  return { plusPercent: Number(plus), minusPercent: Number(minus) };
}

function availability(read: FieldReader): Pick<CreditTerms, "availableWith" | "availableBy"> {
  const bank = read.lines("41A");
  const lines = bank.length > 0 ? bank : read.lines("41D");
  const words = lines.at(-1) ?? "";
  const by = Object.entries(availableByWords).find(([code]) => code === words);
  invariant(by !== undefined, "a checked availability has its code word");
  const [bic] = bank;
  if (bic !== undefined) return { availableWith: { kind: "bank", bic, account: null }, availableBy: by[1] };
  return { availableWith: { kind: "text", lines: lines.slice(0, -1), account: null }, availableBy: by[1] };
}

function confirmerOf(
  read: FieldReader,
  confirmation: ConfirmationInstruction,
  receiver: string | null,
): CreditTerms["requestedConfirmer"] {
  if (confirmation === "without") return null;
  const named = read.party("58");
  if (named !== null) return { party: named, source: "58a" };
  return receiver === null ? null : { party: { kind: "bank", bic: receiver, account: null }, source: "receiver" };
}

function mandatory<T>(value: T | null | undefined): T {
  invariant(value !== null && value !== undefined, "a checked credit has its mandatory fields");
  return value;
}

/** Parties, dates and references. */
function identity(read: FieldReader) {
  const form = mandatory(read.text("40A"));
  const [rules = "", ...narrative] = mandatory(read.text("40E")).split("/");
  const beneficiary = read.lines("59");
  const account = beneficiary.length > 1 && beneficiary[0]?.startsWith("/") === true;
  return {
    number: mandatory(read.text("20")),
    preAdvice: read.text("23"),
    form,
    transferable: /\bTRANS(?:FERABLE)?\b/.test(form),
    rules,
    rulesNarrative: narrative.length === 0 ? null : narrative.join("/"),
    issueDate: read.date("31C"),
    expiryDate: mandatory(read.date("31D")),
    expiryPlace: mandatory(read.text("31D")).slice(6),
    applicantBank: read.party("51"),
    applicantLines: read.lines("50"),
    beneficiaryAccount: account ? (beneficiary[0] ?? "").slice(1) : null,
    beneficiaryLines: account ? beneficiary.slice(1) : beneficiary,
  };
}

/** Shipment, goods and documents. */
function performance(read: FieldReader) {
  return {
    partialShipments: shipmentRule(read.text("43P")),
    transhipment: shipmentRule(read.text("43T")),
    places: {
      takingInCharge: read.text("44A"),
      portOfLoading: read.text("44E"),
      portOfDischarge: read.text("44F"),
      finalDestination: read.text("44B"),
    },
    latestShipment: read.date("44C"),
    shipmentPeriodLines: read.lines("44D"),
    goodsLines: read.lines("45A"),
    documents: itemsOf(read.find("46A")),
    conditions: itemsOf(read.find("47A")),
    presentation: presentationPeriodOf(read.find("48")),
  };
}

/** The terms of an MT700 that was checked and has no errors. */
export function creditTermsOf(message: SwiftMessage): CreditTerms {
  const read = createFieldReader(message);
  const { sender, receiver } = correspondentsOf(message);
  const confirmation = mandatory(confirmations[read.text("49") ?? ""]);
  return {
    sender,
    receiver,
    parts: Number(mandatory(read.text("27")).slice(2)),
    ...identity(read),
    ...mandatory(read.money("32B")),
    tolerance: toleranceOf(read.text("39A")),
    additionalAmountLines: read.lines("39C"),
    ...availability(read),
    draftLines: read.lines("42C"),
    drawee: read.party("42"),
    mixedPaymentLines: read.lines("42M"),
    deferredPaymentLines: read.lines("42P"),
    ...performance(read),
    beneficiaryPaymentLines: read.lines("49G"),
    bankOnlyLines: read.lines("49H"),
    chargesLines: read.lines("71D", "71B"),
    confirmation,
    requestedConfirmer: confirmerOf(read, confirmation, receiver),
    reimbursingBank: read.party("53"),
    adviseThrough: read.party("57"),
    bankInstructionLines: read.lines("78"),
    senderToReceiverLines: read.lines("72Z", "72"),
  };
}
