import { AppError } from "../shared/errors.ts";

const hidden = "[hidden]";

/**
 * Fields whose values never go into a log, wherever they stand: credentials, keys, sealed or plain content of
 * documents and messages, names of people and parties, and what an SQL driver tells about the values of a statement.
 */
const hiddenFields = new Set(
  `authorization cookie secret token apikey password invitation credential credentials privatekey lanekey masterkey key
   mnemonic seed raw body text texts document documents content bytes data name names goods summary message_text
   sql query parameters params values detail where hint internalquery headers`.split(/\s+/),
);

/** Fields that hold the text of an error of anybody's, and with it what that may have quoted. */
const quotingFields = new Set(["error", "cause", "reason", "lastWords"]);

const depthMax = 5;
const itemsMax = 20;
const textMax = 2_000;

/** What may stand in a text that somebody else composed: addresses with credentials, bearer tokens, long bytes. */
const inTexts: readonly (readonly [RegExp, string])[] = [
  // user:password@ of an address, and its query, which may hold a provider's key.
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"'<>]*@/gi, "$1[hidden]@"],
  [/\b(https?:\/\/[^\s?#"'<>]*)\?[^\s"'<>]*/gi, "$1?[hidden]"],
  // Providers put a key into the path: of an address outside, only the host is told.
  [/\b(https?:\/\/[^\s/"'<>]+)\/[^\s"'<>]+/gi, "$1/[hidden]"],
  [/\bBearer\s+[^\s"',]+/gi, "Bearer [hidden]"],
  [/\b(hansa_[0-9a-f]{16})_[\w-]+/g, "$1_[hidden]"],
  // Longer than a hash: signed bytes, call data, sealed content.
  [/\b(0x[0-9a-f]{8})[0-9a-f]{57,}\b/gi, "$1[hidden]"],
  [/\b[A-Za-z0-9+/_-]{120,}={0,2}/g, hidden],
];

/** A text without what it may have caught of somebody's secrets. */
export function redactText(text: string): string {
  const short = text.length > textMax ? `${text.slice(0, textMax)}…` : text;
  return inTexts.reduce((clean, [pattern, replacement]) => clean.replaceAll(pattern, replacement), short);
}

/** The facts of a log line as they may be written. Values of fields that are secret by their name are hidden. */
export function redactFacts(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).map(([field, value]) => [field, redactField(field, value, 0)]));
}

function redactField(field: string, value: unknown, depth: number): unknown {
  const isFlag = value === null || typeof value === "boolean" || typeof value === "number" || value === undefined;
  if (!isFlag && hiddenFields.has(field.toLowerCase().replaceAll(/[-_]/g, ""))) return hidden;
  if (typeof value === "string" && quotingFields.has(field)) return redactText(withoutQuotes(value));
  return redact(value, depth + 1);
}

function redact(value: unknown, depth: number): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Error) return describeError(value, depth);
  if (value instanceof Uint8Array || depth > depthMax) return hidden;
  if (Array.isArray(value)) return value.slice(0, itemsMax).map((item) => redact(item, depth + 1));
  const entries = Object.entries(value).slice(0, itemsMax);
  return Object.fromEntries(entries.map(([field, inner]) => [field, redactField(field, inner, depth)]));
}

/**
 * Of an error: its class, codes, where it was thrown, and its message, where that cannot quote what it was about. A
 * database quotes values ("invalid input syntax … \"Acme\""), a parser quotes the text that it could not read.
 */
function describeError(error: Error, depth: number): object {
  const { code, constraint, table, routine } = error as Error & Readonly<Record<string, unknown>>;
  const known = Object.entries({ code, constraint, table, routine }).filter(([, value]) => isShort(value));
  const isQuoting = isDatabaseError(error) || error instanceof SyntaxError;
  const message = redactText(isQuoting ? withoutQuotes(error.message) : error.message);
  return {
    type: error.name,
    ...Object.fromEntries(known),
    message,
    ...(error instanceof AppError && Object.keys(error.facts).length > 0 && { facts: redact(error.facts, depth + 1) }),
    stack: framesOf(error),
    ...(error.cause !== undefined && depth < depthMax && { cause: redact(error.cause, depth + 1) }),
  };
}

/** An error of the SQL engine carries the five characters of an SQLSTATE. */
function isDatabaseError(error: Error): boolean {
  return "code" in error && typeof error.code === "string" && /^[0-9A-Z]{5}$/.test(error.code);
}

/** What a database calls by its kind is a name of the schema, and stays. */
const schemaNames = /\b(column|relation|constraint|table|index|function|sequence) "([a-z_][a-z0-9_]*)"/g;

function withoutQuotes(message: string): string {
  return message.replaceAll(schemaNames, "$1 $2").replaceAll(/"[^"]*"?|'[^']*'?|“[^”]*”?|\([^)]*\)=\([^)]*\)?/g, "…");
}

function isShort(value: unknown): boolean {
  return typeof value === "number" || (typeof value === "string" && value.length <= 100);
}

/** The lines of a stack that name places; its first lines repeat the message. */
function framesOf({ stack = "" }: Error): readonly string[] {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return frames.slice(0, itemsMax).map((line) => line.trim());
}
