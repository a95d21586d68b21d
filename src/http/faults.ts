import type * as z from "zod";
import type { Fault } from "../shared/errors.ts";
import { appendPointer } from "./pointer.ts";

/** A body of a megabyte can hold a hundred thousand faults; nobody reads more than these. */
const faultsMax = 50;

type Issue = z.core.$ZodIssue;

/**
 * Faults of a request as zod found them, each with the RFC 6901 pointer of the place. Zod's sentences name what was
 * expected and the type that came, never the value, so that a secret in a wrong field is not echoed.
 */
export function faultsOf(error: z.ZodError): readonly Fault[] {
  return error.issues.flatMap((issue) => expand(issue, "")).slice(0, faultsMax);
}

function expand(issue: Issue, base: string): Fault[] {
  const pointer = issue.path.reduce<string>(appendPointer, base);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.slice(0, faultsMax).map((key) => ({
      pointer: appendPointer(pointer, key),
      detail: "This field is not known here.",
    }));
  }
  if (issue.code === "invalid_union") {
    const closest = closestAlternative(issue.errors);
    if (closest.length > 0) return closest.flatMap((inner) => expand(inner, pointer));
  }
  return [{ pointer, detail: issue.message }];
}

/** The alternative of a union that the caller most likely meant: the one with the fewest faults. */
function closestAlternative(alternatives: readonly (readonly Issue[])[]): readonly Issue[] {
  return alternatives.reduce<readonly Issue[]>(
    (best, issues) => (best.length === 0 || issues.length < best.length ? issues : best),
    [],
  );
}
