import * as z from "zod";
import { invariant } from "../shared/errors.ts";

/**
 * Fails the start when a request schema, at any depth, would let unknown keys pass: every object in it must be a
 * `z.strictObject` (a `z.record`, whose keys are data, is allowed). A forgotten `z.object` would drop a caller's
 * misspelt field without a word.
 */
export function assertStrictSchema(schema: z.ZodType, where: string): void {
  const described = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  walk(described, where);
}

/** Keywords of JSON Schema whose values are data or names, not schemas. */
const notSchemas: ReadonlySet<string> = new Set(["default", "examples", "enum", "const", "required"]);
/** Keywords whose members are schemas under free names: a field may well be called "type". */
const namedSchemas: ReadonlySet<string> = new Set(["properties", "$defs"]);

function walk(node: unknown, where: string): void {
  if (typeof node !== "object" || node === null) return;
  if (!Array.isArray(node)) assertClosed(node as Readonly<Record<string, unknown>>, where);
  for (const [key, value] of Object.entries(node)) {
    if (namedSchemas.has(key)) for (const child of Object.values(value as object)) walk(child, where);
    else if (!notSchemas.has(key)) walk(value, where);
  }
}

function assertClosed(described: Readonly<Record<string, unknown>>, where: string): void {
  if (described.type !== "object" || described.propertyNames !== undefined) return;
  invariant(described.additionalProperties === false, `${where}: an object lets unknown keys pass`);
}
