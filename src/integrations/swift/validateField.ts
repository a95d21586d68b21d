/** Checks one field's value: format, dates, currencies, amounts, BICs, references and code words. */
import { parseSwiftDate } from "../../shared/calendar.ts";
import { isBic } from "../../shared/identifiers.ts";
import { type AmountFault, currencyExponent, parseSwiftAmount } from "../../shared/money.ts";
import { codeIn, codeWordRulesOf } from "./codeWords.ts";
import { formatOf } from "./fieldFormats.ts";
import type { Finding, Severity } from "./finding.ts";
import { type FormatMismatch, type FoundPart, matchFormat } from "./matchFormat.ts";
import { type Field, fieldValue, placeIn } from "./message.ts";
import { type Period, periodOf, type Release } from "./release.ts";

/** What is wrong at a position of a field's value. */
interface FieldFault {
  readonly code: string;
  readonly at: number;
  readonly message: string;
  readonly network?: string;
  readonly severity?: Severity;
}

const mismatchText: Readonly<Record<FormatMismatch, string>> = {
  character: "this character is not allowed here",
  too_long: "the text is too long here",
  incomplete: "something is missing at the end",
  line_break: "the line ends too early, is empty, or there are too many lines",
};

function amountFault(fault: AmountFault, at: number): FieldFault {
  switch (fault.fault) {
    case "currency_unknown":
      return { code: "currency_unknown", at, message: `${fault.currency} is no currency of ISO 4217`, network: "T52" };
    case "malformed":
      return {
        code: "amount_malformed",
        at: at + fault.at,
        message: "An amount is digits, one comma, decimals",
        network: "T40",
      };
    case "too_many_decimals": {
      const message = `The amount has ${fault.have} decimals, its currency has ${fault.allowed}`;
      return { code: "amount_decimals", at: at + fault.at, message, network: "C03" };
    }
    case "too_many_digits":
      return { code: "amount_too_long", at, message: "An amount has at most 15 characters with its comma" };
    case "not_positive":
      return { code: "amount_zero", at, message: "The amount is zero" };
  }
}

/** The fault of one part that has a meaning of its own; an amount takes the currency before it. */
function partFault({ part, start }: FoundPart, text: string, currency: string | undefined): FieldFault | undefined {
  switch (part) {
    case "date":
      if (parseSwiftDate(text) !== undefined) return undefined;
      return { code: "date_invalid", at: start, message: `${text} is not a date YYMMDD`, network: "T50" };
    case "bic":
      return isBic(text)
        ? undefined
        : { code: "bic_invalid", at: start, message: `${text} is not a BIC`, network: "T27" };
    case "debitCredit":
      return text === "C" || text === "D"
        ? undefined
        : { code: "format", at: start, message: "Only C or D may stand here" };
    case "currency":
      if (currencyExponent(text) !== undefined) return undefined;
      return amountFault({ fault: "currency_unknown", currency: text }, start);
    case "amount": {
      if (currency === undefined || currencyExponent(currency) === undefined) return undefined;
      const amount = parseSwiftAmount(text, currency);
      return amount.ok ? undefined : amountFault(amount, start);
    }
  }
}

function checkParts(value: string, parts: readonly FoundPart[]): FieldFault[] {
  const currencyPart = parts.find((found) => found.part === "currency");
  const currency = currencyPart === undefined ? undefined : value.slice(currencyPart.start, currencyPart.end);
  return parts
    .map((found) => partFault(found, value.slice(found.start, found.end), currency))
    .filter((fault) => fault !== undefined);
}

function checkReference(value: string): FieldFault[] {
  const message = "A reference has no slash at either end and no two slashes together";
  const double = value.indexOf("//");
  const at = value.startsWith("/") ? 0 : double !== -1 ? double : value.endsWith("/") ? value.length - 1 : -1;
  return at === -1 ? [] : [{ code: "reference_slashes", at, message, network: "T26" }];
}

/** The findings on one field's value in a release. Fields without a format in the tables give none. */
export function validateField(
  field: Field,
  context: { type: string; release: Release; occurrence: number },
): Finding[] {
  const { type, release, occurrence } = context;
  const findings: Finding[] = [];
  const value = fieldValue(field);
  const add = (fault: FieldFault, period: Period): void => {
    const { code, message, network, severity = "error" } = fault;
    const known = network === undefined ? {} : { network };
    const place = placeIn(field, fault.at);
    findings.push({ code, severity, field: field.tag, occurrence, ...place, message, ...known, ...periodOf(period) });
  };
  const format = formatOf(field.tag, release);
  if (format === undefined) return findings;
  const match = matchFormat(format.format, value);
  if (!match.fits) {
    const message = `The value does not fit ${format.notation}: ${mismatchText[match.mismatch]}`;
    add({ code: "format", at: match.at, message }, format);
    return findings;
  }
  for (const fault of checkParts(value, match.parts)) add(fault, format);
  if (format.format.plainReference) for (const fault of checkReference(value)) add(fault, format);
  for (const rule of codeWordRulesOf(type, field.tag, release)) {
    const { code, at } = codeIn(value, rule.part);
    if (rule.words.includes(code)) continue;
    const message = `One of these must stand here: ${rule.words.join(", ")}`;
    const network = rule.network === undefined ? {} : { network: rule.network };
    add({ code: "code_word", at, message, severity: rule.severity, ...network }, rule);
  }
  return findings;
}
