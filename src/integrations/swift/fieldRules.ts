/**
 * Rules between the fields of a message: the network's (C and D codes) and our own hints. One row a rule; a rule of
 * one release is a row with a period.
 */
import { parseSwiftDate } from "../../shared/calendar.ts";
import type { Severity } from "./finding.ts";
import { type Field, fieldValue, linesOf } from "./message.ts";
import type { Period } from "./release.ts";

/** Looks up the fields of a message. */
export interface FieldView {
  /** The first field with this tag, or undefined. */
  get(tag: string): Field | undefined;
  /** The first field with this number and one of the options A, B, D. */
  party(number: string): Field | undefined;
}

export interface FieldRuleRow extends Period {
  readonly types: readonly string[];
  readonly code: string;
  readonly network?: string;
  readonly severity: Severity;
  readonly message: string;
  /** The field at which the rule is broken, or undefined if all is well. */
  readonly broken: (fields: FieldView) => Field | undefined;
}

function first(...fields: readonly (Field | undefined)[]): Field | undefined {
  return fields.find((field) => field !== undefined);
}

function date(field: Field | undefined): string | undefined {
  return field === undefined ? undefined : parseSwiftDate(fieldValue(field).slice(0, 6));
}

/** The field `later` if its date lies before that of `earlier`. */
function before(later: Field | undefined, earlier: Field | undefined): Field | undefined {
  const [one, other] = [date(later), date(earlier)];
  return one !== undefined && other !== undefined && one < other ? later : undefined;
}

function value(field: Field | undefined): string {
  return field === undefined ? "" : fieldValue(field);
}

/** The field 41a if it says `words` and `needed` is false. */
function availability(fields: FieldView, words: string, needed: boolean): Field | undefined {
  const field = fields.party("41");
  return field !== undefined && linesOf(field).at(-1) === words && !needed ? field : undefined;
}

const credit = { types: ["700"], severity: "error" } as const;
const hint = { types: ["700"], severity: "warning" } as const;

const creditRules: readonly FieldRuleRow[] = [
  {
    ...credit,
    code: "drafts_and_drawee",
    network: "C90",
    message: "Drafts (42C) and drawee (42a) stand together or not at all",
    broken: (f) =>
      (f.get("42C") === undefined) === (f.party("42") === undefined) ? undefined : first(f.get("42C"), f.party("42")),
  },
  {
    ...credit,
    code: "one_way_of_payment",
    network: "C90",
    message: "Only one of drafts (42C with 42a), mixed payment (42M) and deferred payment (42P) may stand",
    broken: (f) => {
      const ways = [first(f.get("42C"), f.party("42")), f.get("42M"), f.get("42P")].filter((way) => way !== undefined);
      return ways[1];
    },
  },
  {
    ...credit,
    code: "one_shipment_date",
    network: "D06",
    message: "Either the latest date (44C) or the period of shipment (44D) may stand",
    broken: (f) => (f.get("44C") === undefined ? undefined : f.get("44D")),
  },
  {
    ...credit,
    until: 2017,
    code: "one_tolerance",
    network: "D05",
    message: "Either a tolerance (39A) or a maximum (39B) may stand",
    broken: (f) => (f.get("39A") === undefined ? undefined : f.get("39B")),
  },
  {
    ...credit,
    since: 2018,
    code: "confirmer_missing",
    message: "A confirmation is asked for (49), so the requested confirming bank (58a) must be named",
    broken: (f) => {
      const asked = ["CONFIRM", "MAY ADD"].includes(value(f.get("49")));
      return asked && f.party("58") === undefined ? f.get("49") : undefined;
    },
  },
  {
    ...credit,
    code: "sequence_total",
    message: "An MT700 is the first of at most eight messages: 1/1 to 1/8",
    broken: (f) => (/^1\/[1-8]$/.test(value(f.get("27"))) ? undefined : f.get("27")),
  },
  {
    ...credit,
    code: "expiry_before_issue",
    message: "The credit expires before it is issued",
    broken: (f) => before(f.get("31D"), f.get("31C")),
  },
  {
    ...credit,
    code: "period_zero",
    message: "The period for presentation is zero days",
    broken: (f) => (/^0+(?:\/|$)/.test(value(f.get("48"))) ? f.get("48") : undefined),
  },
  {
    ...credit,
    code: "rules_narrative",
    message: "A narrative after the applicable rules stands only with OTHR",
    broken: (f) => (/^(?!OTHR\/)[^/]*\//.test(value(f.get("40E"))) ? f.get("40E") : undefined),
  },
];

const creditHints: readonly FieldRuleRow[] = [
  {
    ...hint,
    code: "continued",
    message: "The credit goes on in MT701 messages, which this message does not contain",
    broken: (f) => (/^1\/[2-8]$/.test(value(f.get("27"))) ? f.get("27") : undefined),
  },
  {
    ...hint,
    code: "expiry_before_shipment",
    message: "The credit expires before the latest date of shipment",
    broken: (f) => before(f.get("31D"), f.get("44C")),
  },
  {
    ...hint,
    code: "acceptance_without_drafts",
    message: "Available by acceptance, but drafts (42C) and drawee (42a) do not both stand",
    broken: (f) => availability(f, "BY ACCEPTANCE", f.get("42C") !== undefined && f.party("42") !== undefined),
  },
  {
    ...hint,
    code: "deferred_without_details",
    message: "Available by deferred payment, but its details (42P) are missing",
    broken: (f) => availability(f, "BY DEF PAYMENT", f.get("42P") !== undefined),
  },
  {
    ...hint,
    code: "mixed_without_details",
    message: "Available by mixed payment, but its details (42M) are missing",
    broken: (f) => availability(f, "BY MIXED PYMT", f.get("42M") !== undefined),
  },
  {
    ...hint,
    code: "drawee_is_applicant",
    message: "Drafts must not be drawn on the applicant (U11)",
    broken: (f) => {
      const drawee = f.get("42D");
      return drawee !== undefined && linesOf(drawee)[0] === value(f.get("50")).split("\n")[0] ? drawee : undefined;
    },
  },
  {
    ...hint,
    until: 2017,
    code: "place_meaning_changed",
    message: "Ports and airports had no field of their own in the oldest releases: read 44A and 44B as the text says",
    broken: (f) =>
      f.get("44E") === undefined && f.get("44F") === undefined ? first(f.get("44A"), f.get("44B")) : undefined,
  },
];

const refusalAndAcknowledgement: readonly FieldRuleRow[] = [
  {
    types: ["730"],
    severity: "error",
    code: "account_or_bank",
    network: "C77",
    message: "Either an account (25) or an account-with bank (57a) may stand",
    broken: (f) => (f.get("25") === undefined ? undefined : f.party("57")),
  },
  {
    types: ["730"],
    severity: "error",
    code: "charges_debited",
    network: "C78",
    message: "Charges debited with a value date (32D) allow no account-with bank (57a)",
    broken: (f) => (f.get("32D") === undefined ? undefined : f.party("57")),
  },
  {
    types: ["734"],
    severity: "error",
    code: "total_missing",
    network: "C17",
    message: "Charges are claimed (73A), so the total amount (33a) must stand",
    broken: (f) => {
      const total = first(f.get("33A"), f.get("33B"));
      return total === undefined ? first(f.get("73A"), f.get("73")) : undefined;
    },
  },
  {
    types: ["734"],
    severity: "error",
    code: "currencies_differ",
    network: "C02",
    message: "The currencies of 32A and 33a must be the same",
    broken: (f) => {
      const [a, b] = [f.get("33A"), f.get("33B")];
      const total = a === undefined ? value(b).slice(0, 3) : fieldValue(a).slice(6, 9);
      return total === "" || total === value(f.get("32A")).slice(6, 9) ? undefined : first(a, b);
    },
  },
];

/** All rules between fields. */
export const fieldRuleRows: readonly FieldRuleRow[] = [...creditRules, ...creditHints, ...refusalAndAcknowledgement];
