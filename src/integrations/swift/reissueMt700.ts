/**
 * Issues a received credit anew in the sandbox: same deal, today's release, dates moved by whole weeks so that
 * weekdays stay, banks and firms replaced by fictitious ones in the same roles. The original stays as it was.
 */
import { addDays, type PlainDate, parseSwiftDate } from "../../shared/calendar.ts";
import { type ComposedText, composeText, type NewField, swiftDate } from "./composeMessage.ts";
import { layoutOf } from "./layouts.ts";
import { type Field, fieldsOf, fieldValue, linesOf, type SwiftMessage } from "./message.ts";
import { presentationPeriodOf } from "./presentationPeriod.ts";
import { todaysRelease } from "./release.ts";

export interface Reissue {
  readonly reference: string;
  /** Every date moves by this many weeks. */
  readonly weeks: number;
  readonly issuingBic: string;
  /** Receiver of the message; it is also asked to confirm (58A) if field 49 asks for a confirmation. */
  readonly advisingBic: string;
  readonly availableWithBic: string;
  readonly adviseThroughBic: string;
  /** At most 4 lines of 35 characters each. */
  readonly applicantLines: readonly string[];
  readonly beneficiaryLines: readonly string[];
  /** Replaces the place of expiry. */
  readonly placeOfExpiry?: string;
}

/** Fields of older releases under their names of today. */
const renamed: Readonly<Record<string, string>> = { "71B": "71D", "72": "72Z" };

/** Fields that the new text writes itself or that today's release no longer has. */
const dropped: readonly string[] = ["58A", "58D", "39B"];

function movedDate(text: string, weeks: number): string {
  const date: PlainDate | undefined = parseSwiftDate(text);
  return date === undefined ? text : swiftDate(addDays(date, weeks * 7));
}

function periodLines(field: Field): readonly string[] {
  const period = presentationPeriodOf(field);
  if (period.status !== "proposed" || period.days === null) return linesOf(field);
  return [
    period.event === null
      ? String(period.days)
      : `${period.days}/${period.event}`.slice(0, String(period.days).length + 36),
  ];
}

/** The value of a field in the new credit. */
function reissuedLines(field: Field, reissue: Reissue): readonly string[] {
  const { weeks } = reissue;
  const value = fieldValue(field);
  switch (field.tag) {
    case "20":
      return [reissue.reference];
    case "23":
      return [value.replace(/\d{6}$/, (date) => movedDate(date, weeks))];
    case "31C":
    case "44C":
      return [movedDate(value, weeks)];
    case "31D":
      return [movedDate(value.slice(0, 6), weeks) + (reissue.placeOfExpiry ?? value.slice(6))];
    case "50":
      return reissue.applicantLines;
    case "59":
      return reissue.beneficiaryLines;
    case "41A":
    case "41D":
      return [reissue.availableWithBic, linesOf(field).at(-1) ?? ""];
    case "48":
      return periodLines(field);
    case "57A":
    case "57B":
    case "57D":
      return [reissue.adviseThroughBic];
    default:
      return linesOf(field);
  }
}

function reissuedTag(field: Field): string {
  if (field.number === "41" || field.number === "57") return `${field.number}A`;
  return renamed[field.tag] ?? field.tag;
}

function rowOf(field: NewField): number {
  const layout = layoutOf("700", todaysRelease) ?? [];
  return layout.findIndex((rule) => rule.options.some((option) => rule.number + option === field.tag));
}

/**
 * A new MT700 text of today's release, usable only if no finding is an error (an original without date of issue
 * gives one). Texts inside narratives (46A, 47A) stay as they
 * are, dates in them too.
 */
export function reissueMt700(message: SwiftMessage, reissue: Reissue): ComposedText {
  const originals = fieldsOf(message);
  const fields: NewField[] = originals
    .filter((field) => !dropped.includes(field.tag))
    .map((field) => ({ tag: reissuedTag(field), lines: reissuedLines(field, reissue) }));
  const confirmation = originals.find((field) => field.tag === "49");
  if (confirmation !== undefined && fieldValue(confirmation) !== "WITHOUT") {
    fields.push({ tag: "58A", lines: [reissue.advisingBic] });
  }
  fields.sort((one, other) => rowOf(one) - rowOf(other));
  const { issuingBic: senderBic, advisingBic: receiverBic } = reissue;
  return composeText({ type: "700", senderBic, receiverBic, fields });
}
