/** What a beneficiary must never see: the special payment conditions for banks only (49H, and 49N of amendments). */
import type { CreditTerms } from "./creditTerms.ts";
import { type Field, fieldsOf, type Part, type SwiftMessage } from "./message.ts";

const bankOnlyTags: readonly string[] = ["49H", "49N"];

/** A line that somebody meant as a bank-only field but wrote with a blank or in lower case. */
const bankOnlyLine = /^\s*:\s*49\s*[HN]\s*:/i;

/** A bank-only field that was written as a malformed tag hides in the field before it: cut it off there. */
function withoutHiddenLines(field: Field): Field {
  const hidden = field.lines.findIndex((line, index) => index > 0 && bankOnlyLine.test(line.text));
  return hidden === -1 ? field : { ...field, lines: field.lines.slice(0, hidden) };
}

const lineBreak = /[\r\n]/;

/** Only the fields of block 4 may hold several lines: where others do, they have swallowed fields of a broken text. */
function redactPart(part: Part): Part[] {
  if (part.kind === "outside") return part.text.trim() === "" ? [part] : [];
  if (part.kind === "block") return lineBreak.test(part.content) ? [] : [part];
  if (part.kind === "tags") return [{ ...part, entries: part.entries.filter((entry) => !lineBreak.test(entry.value)) }];
  const fields = part.fields.filter((field) => !bankOnlyTags.includes(field.tag)).map(withoutHiddenLines);
  const opening = part.opening.trim() === "" ? part.opening : "\r\n";
  return [{ ...part, fields, opening }];
}

/**
 * The message without what is for banks only. Writing it gives a text that a beneficiary may read, if the message was
 * read without errors: where a tag itself is damaged (`:49:` for `:49H:`), nothing tells the text under it apart.
 */
export function redactForBeneficiary(message: SwiftMessage): SwiftMessage {
  return { parts: message.parts.flatMap(redactPart) };
}

/** The terms without what is for banks only. */
export function redactTermsForBeneficiary(terms: CreditTerms): CreditTerms {
  return { ...terms, bankOnlyLines: [] };
}

/** Whether a message holds anything for banks only. */
export function holdsBankOnly(message: SwiftMessage): boolean {
  return fieldsOf(message).some((field) => bankOnlyTags.includes(field.tag));
}
