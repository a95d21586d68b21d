/**
 * Order and presence of the fields of each message type, SRU 2025 with the differences of older releases.
 * Derived from the Apache-2.0 prowide-core model; next year's release, or another type, is a change of these rows.
 */
import type { Field } from "./message.ts";
import { holdsIn, type Period, type Release } from "./release.ts";

export interface FieldRule extends Period {
  readonly number: string;
  /** The option letters that may stand; empty text for a field without a letter. */
  readonly options: readonly string[];
  readonly mandatory: boolean;
  /** Year from which the field is mandatory; before it is optional. */
  readonly mandatorySince?: number;
}

const row = (number: string, options: string, presence: "M" | "O"): FieldRule => ({
  number,
  options: options.split(","),
  mandatory: presence === "M",
});

/** Issue of a documentary credit. */
const mt700: readonly FieldRule[] = [
  row("27", "", "M"),
  row("40", "A", "M"),
  row("20", "", "M"),
  row("23", "", "O"),
  { ...row("31", "C", "M"), mandatorySince: 2018 },
  row("40", "E", "M"),
  row("31", "D", "M"),
  row("51", "A,D", "O"),
  row("50", "", "M"),
  row("59", "", "M"),
  row("32", "B", "M"),
  row("39", "A", "O"),
  { ...row("39", "B", "O"), until: 2017 },
  row("39", "C", "O"),
  row("41", "A,D", "M"),
  row("42", "C", "O"),
  row("42", "A,D", "O"),
  row("42", "M", "O"),
  row("42", "P", "O"),
  row("43", "P", "O"),
  row("43", "T", "O"),
  row("44", "A", "O"),
  { ...row("44", "E", "O"), since: 2006 },
  { ...row("44", "F", "O"), since: 2006 },
  row("44", "B", "O"),
  row("44", "C", "O"),
  row("44", "D", "O"),
  row("45", "A", "O"),
  row("46", "A", "O"),
  row("47", "A", "O"),
  { ...row("49", "G", "O"), since: 2018 },
  { ...row("49", "H", "O"), since: 2018 },
  { ...row("71", "B", "O"), until: 2017 },
  { ...row("71", "D", "O"), since: 2018 },
  row("48", "", "O"),
  row("49", "", "M"),
  { ...row("58", "A,D", "O"), since: 2018 },
  row("53", "A,D", "O"),
  row("78", "", "O"),
  row("57", "A,B,D", "O"),
  { ...row("72", "", "O"), until: 2017 },
  { ...row("72", "Z", "O"), since: 2018 },
];

/** Acknowledgement. */
const mt730: readonly FieldRule[] = [
  row("20", "", "M"),
  row("21", "", "M"),
  row("25", "", "O"),
  row("30", "", "M"),
  row("32", "B,D", "O"),
  row("57", "A,D", "O"),
  { ...row("71", "B", "O"), until: 2017 },
  { ...row("71", "D", "O"), since: 2018 },
  { ...row("72", "", "O"), until: 2017 },
  { ...row("72", "Z", "O"), since: 2018 },
  { ...row("79", "Z", "O"), since: 2018 },
];

/** Advice of refusal. */
const mt734: readonly FieldRule[] = [
  row("20", "", "M"),
  row("21", "", "M"),
  row("32", "A", "M"),
  { ...row("73", "", "O"), until: 2017 },
  { ...row("73", "A", "O"), since: 2018 },
  row("33", "A,B", "O"),
  row("57", "A,B,D", "O"),
  { ...row("72", "", "O"), until: 2017 },
  { ...row("72", "Z", "O"), since: 2018 },
  row("77", "J", "M"),
  row("77", "B", "M"),
];

const layouts: ReadonlyMap<string, readonly FieldRule[]> = new Map([
  ["700", mt700],
  ["730", mt730],
  ["734", mt734],
]);

/** The rows of a message type in a release, or undefined if the tables do not have the type. */
export function layoutOf(type: string, release: Release): readonly FieldRule[] | undefined {
  return layouts.get(type)?.filter((rule) => holdsIn(rule, release));
}

/** The row of any release that a field belongs to, so that a field of another release can be told as such. */
export function ruleOfAnyRelease(type: string, field: Pick<Field, "number" | "option">): FieldRule | undefined {
  return layouts.get(type)?.find((rule) => rule.number === field.number && rule.options.includes(field.option));
}

/** Whether the row's field must be present in a release. */
export function isMandatory(rule: FieldRule, release: Release): boolean {
  return rule.mandatory && (rule.mandatorySince === undefined || holdsIn({ since: rule.mandatorySince }, release));
}

/** The row's tag as people write it: `42a` if it has several options, else `42C` or `48`. */
export function tagOf(rule: FieldRule): string {
  return rule.number + (rule.options.length > 1 ? "a" : (rule.options[0] ?? ""));
}
