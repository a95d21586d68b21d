import pg from "pg";
import { invariant } from "../shared/errors.ts";

/**
 * How a value of the database becomes a value of the program, on both engines, because both are read by the same
 * client. What `pg` does by itself stays (numeric → string, jsonb → parsed, bytea → Buffer, timestamptz → Date),
 * except where that loses something:
 *
 * - int8 → number, and an error beyond 2^53 rather than a wrong number;
 * - numeric[] → string[], because floats round money;
 * - date and timestamp → string, because a Date would move them into this machine's time zone.
 */
type Parse = (text: string) => unknown;

const oid = { int8: 20, int8Array: 1016, numericArray: 1231, date: 1082, dateArray: 1182 } as const;
const timestamp = { plain: 1114, array: 1115 } as const;
const textArrayOid = 1009;

function parseInt8(text: string): number {
  const value = Number(text);
  invariant(Number.isSafeInteger(value), `int8 ${text} does not fit a number: select it as numeric or text`);
  return value;
}

// The library's types know only the oids that it has names for.
const builtIn = pg.types.getTypeParser as unknown as (typeOid: number, format: "text" | "binary") => Parse;

const parseTextArray = builtIn(textArrayOid, "text");

function parseInt8Array(text: string): (number | null)[] {
  const items = parseTextArray(text) as (string | null)[];
  return items.map((item) => (item === null ? null : parseInt8(item)));
}

const keepText: Parse = (text) => text;

const parsers = new Map<number, Parse>([
  [oid.int8, parseInt8],
  [oid.int8Array, parseInt8Array],
  [oid.numericArray, parseTextArray],
  [oid.date, keepText],
  [oid.dateArray, parseTextArray],
  [timestamp.plain, keepText],
  [timestamp.array, parseTextArray],
]);

function getTypeParser(typeOid: number, format?: "text" | "binary"): Parse {
  const own = format === "binary" ? undefined : parsers.get(typeOid);
  return own ?? builtIn(typeOid, format ?? "text");
}

/** Goes into the configuration of every `pg` client. */
export const valueTypes = { getTypeParser } as unknown as pg.CustomTypesConfig;
