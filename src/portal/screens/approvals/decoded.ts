import type { MoneyText } from "../../api/types.ts";

export function asMoney(value: unknown): MoneyText | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { amount, currency } = value as Partial<Record<string, unknown>>;
  return typeof amount === "string" && typeof currency === "string" ? { amount, currency } : undefined;
}

/** What a value of a decoded act is, as far as its form and its name tell. */
export type Decoded =
  | { readonly is: "nothing" }
  | { readonly is: "money"; readonly money: MoneyText }
  | { readonly is: "party"; readonly participantId: number }
  | { readonly is: "date"; readonly date: string }
  | { readonly is: "instant"; readonly instant: string }
  | { readonly is: "hex"; readonly hex: string }
  | { readonly is: "truth"; readonly value: boolean }
  | { readonly is: "text"; readonly text: string }
  /** What somebody wrote: shown as it is, whatever it looks like. */
  | { readonly is: "words"; readonly text: string }
  | { readonly is: "list"; readonly items: readonly unknown[] }
  | { readonly is: "fields"; readonly fields: Readonly<Record<string, unknown>> };

/** Fields that hold a participant's id; 0 stands for none. */
const partyFields = new Set([
  "applicant",
  "beneficiary",
  "advisingBank",
  "secondAdvisingBank",
  "nominatedBank",
  "confirmer",
  "bank",
  "from",
  "to",
  "obligor",
  "holder",
  "buyer",
  "seller",
  "arbiter",
  "participantId",
  "payee",
  "payerBank",
  "payeeBank",
  "debtor",
  "agent",
  "giver",
  "taker",
]);
/** Fields that a person filled as it liked. */
const wordFields = new Set([
  "endToEndId",
  "purpose",
  "remittance",
  "reason",
  "reference",
  "contraReference",
  "payoutReference",
]);
/** Fields that count local calendar days since 1970-01-01; 0 stands for none. */
const dayFields = new Set(["expiryDay", "latestShipmentDay"]);
const dayMs = 86_400_000;

function decodeNumber(name: string, value: number): Decoded {
  const isParty = partyFields.has(name);
  const isDay = dayFields.has(name);
  if (value === 0 && (isParty || isDay)) return { is: "nothing" };
  if (isParty) return { is: "party", participantId: value };
  if (isDay) return { is: "date", date: new Date(value * dayMs).toISOString().slice(0, 10) };
  return { is: "text", text: String(value) };
}

function decodeText(text: string): Decoded {
  if (/^0x[0-9a-f]+$/.test(text)) return { is: "hex", hex: text };
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return { is: "date", date: text };
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)) return { is: "instant", instant: text };
  return { is: "text", text };
}

export function decode(name: string, value: unknown): Decoded {
  const money = asMoney(value);
  if (money) return { is: "money", money };
  switch (typeof value) {
    case "number":
      return decodeNumber(name, value);
    case "string":
      return wordFields.has(name) ? { is: "words", text: value } : decodeText(value);
    case "boolean":
      return { is: "truth", value };
    case "object":
      if (value === null) return { is: "nothing" };
      return Array.isArray(value)
        ? { is: "list", items: value }
        : { is: "fields", fields: value as Readonly<Record<string, unknown>> };
    default:
      return { is: "nothing" };
  }
}
