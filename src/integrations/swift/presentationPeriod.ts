/** The period for presentation of field 48, also from the free text of older releases (U29). */
import { type Span, spanOf } from "./fieldValues.ts";
import { type Field, fieldValue } from "./message.ts";

export interface PresentationPeriod {
  /** Calendar days, or null if the text does not say them plainly. */
  readonly days: number | null;
  /** What the days count from, in the words of the credit; null means from shipment. */
  readonly event: string | null;
  /**
   * `stated`: in the form of today's release. `default`: the credit is silent, so 21 days after shipment (U29).
   * `proposed`: read from free text, a person confirms it. `unread`: free text that was not understood.
   */
  readonly status: "stated" | "default" | "proposed" | "unread";
  /** The text of field 48, or null if there is none. */
  readonly text: string | null;
  /** Where the days and their event stand, for a person to compare. */
  readonly source: Span | null;
}

/** Days after shipment when the credit is silent (U29). */
export const defaultPresentationDays = 21;

interface Word {
  readonly text: string;
  readonly start: number;
}

function wordsOf(value: string): Word[] {
  return [...value.matchAll(/[^\s]+/g)].map((found) => ({ text: found[0].toUpperCase(), start: found.index }));
}

const dayWords = new Set(["DAY", "DAYS", "DAY(S)"]);
const linkWords = new Set(["OF", "AFTER", "FROM", "FOLLOWING", "THE", "DATE", "WITHIN"]);

/** Finds `6 DAYS OF ISSUANCE OF FCR` or `21 CALENDAR DAYS AFTER SHIPMENT` in free text. Working days are not guessed. */
function proposedIn(field: Field, value: string): PresentationPeriod | undefined {
  const words = wordsOf(value);
  for (const [index, word] of words.entries()) {
    if (!/^\d{1,3}$/.test(word.text) || Number(word.text) === 0) continue;
    const unit = words[index + 1]?.text === "CALENDAR" ? index + 2 : index + 1;
    if (!dayWords.has(words[unit]?.text ?? "")) continue;
    let from = unit + 1;
    while (linkWords.has(words[from]?.text ?? "")) from += 1;
    const event = words
      .slice(from)
      .map((rest) => rest.text)
      .join(" ");
    const source = spanOf(field, word.start, value.length);
    return { days: Number(word.text), event: event === "" ? null : event, status: "proposed", text: value, source };
  }
  return undefined;
}

/** Reads field 48, or says the default if it is absent. */
export function presentationPeriodOf(field: Field | undefined): PresentationPeriod {
  if (field === undefined) {
    return { days: defaultPresentationDays, event: null, status: "default", text: null, source: null };
  }
  const value = fieldValue(field);
  const source = spanOf(field, 0, value.length);
  const stated = /^(\d{1,3})(?:\/([^\n]{1,35}))?$/.exec(value);
  if (stated !== null) {
    return { days: Number(stated[1]), event: stated[2] ?? null, status: "stated", text: value, source };
  }
  return proposedIn(field, value) ?? { days: null, event: null, status: "unread", text: value, source };
}
