import type { CodeRow } from "./row.ts";

/** Messages of banks, and what amounts, identifiers and dates in messages and bodies can have wrong. */
export const messageCodes = {
  "message.malformed": {
    status: 400,
    retry: false,
    title: "The message is malformed or truncated",
    page: "The text has no complete SWIFT envelope and text block, so no field can be trusted. `findings` says where it breaks. Nothing was stored.",
  },
  "message.invalid": {
    status: 422,
    retry: false,
    title: "The message breaks the rules of its release",
    page: "The message can be read, but has errors: an unknown, missing, repeated or misplaced field, a wrong format, currency or amount. `findings` lists each with field, offset and line. Nothing was stored.",
  },
  "message.type_unsupported": {
    status: 422,
    retry: false,
    title: "This message type cannot be used here",
    page: "The message was read, but this act needs another type. `have` and `want` name both.",
  },
  "message.incomplete": {
    status: 422,
    retry: false,
    title: "The message is only the first of several",
    page: "Field 27 says that the credit goes on in MT701 messages, which cannot be joined yet. `have` and `want` count the messages. Send the credit as one MT700 (`1/1`), or draft it in structured terms. Nothing was stored.",
  },
  "message.duplicate": {
    status: 409,
    retry: false,
    title: "This message was received before",
    page: "A message with the same bytes, or with the same sender and reference, is already in your folder. Nothing was stored again.",
  },
  "message.not_writable": {
    status: 422,
    retry: false,
    title: "The facts do not fit into a SWIFT message",
    page: "A text is too long, holds a character outside the SWIFT set, or an amount has more than 15 characters. `findings` names the field.",
  },
  "amount.malformed": {
    status: 400,
    retry: false,
    title: "The amount is not a decimal number",
    page: "Send amounts as text with a point, for example `100000.00`: no sign, exponent, grouping, blanks or leading zeros.",
  },
  "amount.currency_unknown": {
    status: 422,
    retry: false,
    title: "The currency is not known",
    page: "Use an alphabetic ISO 4217 code of a currency with a minor unit, in upper case.",
  },
  "amount.too_many_decimals": {
    status: 422,
    retry: false,
    title: "The amount has more decimals than its currency",
    page: "`allowed` is the number of decimals that ISO 4217 gives the currency: JPY 0, EUR 2, KWD 3. Nothing is rounded.",
  },
  "amount.too_many_digits": {
    status: 422,
    retry: false,
    title: "The amount has too many digits",
    page: "The amount does not fit into what a contract or a SWIFT message can hold. `allowed` names the bound.",
  },
  "amount.not_positive": {
    status: 422,
    retry: false,
    title: "The amount must be more than zero",
    page: "Zero and negative amounts are refused here.",
  },
  "identifier.invalid": {
    status: 422,
    retry: false,
    title: "The identifier is not valid",
    page: "An LEI, BIC or country code does not have its form or its check digits. `kind` and `fault` say which and why.",
  },
  "calendar.not_published": {
    status: 409,
    retry: false,
    title: "The bank's calendar does not reach that far",
    page: "A deadline needs a day for which the bank has not published its calendar. Publish the missing year first.",
  },
} as const satisfies Record<string, CodeRow>;
