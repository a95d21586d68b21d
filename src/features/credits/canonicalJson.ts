import { invariant } from "../../shared/errors.ts";

/**
 * JSON with one possible text for each value (RFC 8785, for texts, integers, booleans and null): keys in the order of
 * their UTF-16 units, no blanks. What is hashed must not depend on how a store orders keys.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    fields.sort(([one], [other]) => (one < other ? -1 : 1));
    return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(",")}}`;
  }
  invariant(typeof value !== "number" || Number.isSafeInteger(value), "numbers in canonical JSON are integers");
  invariant(value !== undefined && typeof value !== "bigint", "canonical JSON has no such value");
  return JSON.stringify(value);
}
