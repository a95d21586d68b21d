/** Values of checked fields as data. Callers have validated the message: what these read has its form. */
import { type PlainDate, parseSwiftDate } from "../../shared/calendar.ts";
import { invariant } from "../../shared/errors.ts";
import { type Money, parseSwiftAmount } from "../../shared/money.ts";
import { type Field, fieldsOf, fieldValue, linesOf, placeIn, type SwiftMessage } from "./message.ts";

/** Where a fact stands in the text of the message. */
export interface Span {
  readonly field: string;
  readonly offset: number;
  readonly length: number;
  readonly line: number;
}

/** A bank by its BIC, or any party by name and address lines, or by its location (option B). */
export type SwiftParty =
  | { readonly kind: "bank"; readonly bic: string; readonly account: string | null }
  | { readonly kind: "text"; readonly lines: readonly string[]; readonly account: string | null };

export interface FieldReader {
  find(tag: string): Field | undefined;
  text(tag: string): string | null;
  lines(...tags: string[]): readonly string[];
  date(tag: string): PlainDate | null;
  money(tag: string): Money | null;
  party(number: string): SwiftParty | null;
}

/** A date at the start of a value. */
export function leadingDate(value: string): PlainDate {
  const date = parseSwiftDate(value.slice(0, 6));
  invariant(date !== undefined, "a checked date is valid");
  return date;
}

/** Currency and amount, `EUR100000,`. */
export function moneyOf(value: string): Money {
  const parsed = parseSwiftAmount(value.slice(3), value.slice(0, 3));
  invariant(parsed.ok, "a checked amount is valid");
  return parsed.money;
}

function partyOf(field: Field): SwiftParty {
  const lines = linesOf(field);
  const identified = lines.length > 1 && lines[0]?.startsWith("/") === true;
  const account = identified ? (lines[0] ?? "").replace(/^\/[CD]\//, "/").slice(1) : null;
  const rest = identified ? lines.slice(1) : lines;
  const [bic] = rest;
  return field.option === "A" && bic !== undefined
    ? { kind: "bank", bic, account }
    : { kind: "text", lines: rest, account };
}

/** Looks up the fields of a checked message. */
export function createFieldReader(message: SwiftMessage): FieldReader {
  const fields = fieldsOf(message);
  const find = (tag: string): Field | undefined => fields.find((field) => field.tag === tag);
  const value = (tag: string): string | null => {
    const field = find(tag);
    return field === undefined ? null : fieldValue(field);
  };
  return {
    find,
    text: value,
    lines(...tags) {
      const field = fields.find((candidate) => tags.includes(candidate.tag));
      return field === undefined ? [] : linesOf(field);
    },
    date(tag) {
      const text = value(tag);
      return text === null ? null : leadingDate(text);
    },
    money(tag) {
      const text = value(tag);
      return text === null ? null : moneyOf(text);
    },
    party(number) {
      const field = fields.find(
        (candidate) => candidate.number === number && ["A", "B", "D"].includes(candidate.option),
      );
      return field === undefined ? null : partyOf(field);
    },
  };
}

/** The place of a part of a field's value. */
export function spanOf(field: Field, start: number, end: number): Span {
  return { field: field.tag, length: end - start, ...placeIn(field, start) };
}
