import type { DraftField, Texts } from "./draft.ts";

/** Fields in which a credit says in its own words what a person decided when drafting it. */
const fields: readonly (readonly [DraftField, readonly string[]])[] = [
  ["applicant", ["50"]],
  ["beneficiary", ["59"]],
  ["secondAdvisingBank", ["57A", "57B", "57D"]],
  ["nominatedBank", ["41A", "41D"]],
  ["confirmer", ["58A", "58B", "58D"]],
  ["partialDrawings", ["43P"]],
  ["presentationDays", ["48"]],
  ["tenorDays", ["42P"]],
];

/** First line of a field that is no account. */
function firstLine(lines: readonly string[]): string | undefined {
  return lines.length > 1 ? lines.find((line) => !line.startsWith("/")) : lines[0];
}

/**
 * What the credit's texts say of its parties and terms, first line of each, so that a second person can compare it with
 * what was chosen: names and free text cannot be checked by a program. `receiver` is the BIC to which its message goes.
 */
export function asWritten(texts: Texts, receiver: string | null): Readonly<Partial<Record<DraftField, string>>> {
  const written: Partial<Record<DraftField, string>> = receiver === null ? {} : { advisingBank: receiver };
  for (const [field, tags] of fields) {
    const tag = tags.find((candidate) => texts[candidate] !== undefined);
    const line = tag === undefined ? undefined : firstLine(texts[tag] ?? []);
    if (line !== undefined) written[field] = line;
  }
  return written;
}
