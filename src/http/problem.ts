import type { ServerResponse } from "node:http";
import * as z from "zod";
import { codes } from "../shared/errors/codes.ts";
import { AppError } from "../shared/errors.ts";
import { ContractViolation } from "./contract.ts";

/** RFC 9457 problem details, as every error answers. */
export const problemSchema = z
  .strictObject({
    type: z.string().describe("Address of the page about this code."),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe("What happened and what to do."),
    code: z.string().describe("Stable; programs branch on this."),
    instance: z.string().describe("The request's id, also in the Request-Id header."),
    facts: z.record(z.string(), z.unknown()).describe("Evidence, by code."),
    retryable: z.boolean().describe("Whether the same request may succeed later."),
    errors: z
      .array(z.strictObject({ pointer: z.string(), detail: z.string() }))
      .optional()
      .describe("Faults of the request's form. `facts.in` says which part the RFC 6901 pointers go into."),
  })
  .meta({ id: "Problem", description: "Problem details (RFC 9457)." });

export type Problem = z.output<typeof problemSchema>;

export const problemMediaType = "application/problem+json";

/** Seconds after which a retry makes sense when the error does not say. */
const retryAfterSecondsDefault = 2;

/** The problem that stands for an error. What is not an `AppError` becomes `internal.unexpected` and says nothing. */
export function problemOf(error: unknown, requestId: string): Problem {
  const known = error instanceof AppError ? error : new AppError("internal.unexpected", violationFacts(error));
  const row = codes[known.code];
  return {
    type: `/errors/${known.code}`,
    title: row.title,
    status: row.status,
    detail: row.page,
    code: known.code,
    instance: requestId,
    facts: known.facts,
    retryable: row.retry,
    ...(known.faults.length > 0 && { errors: known.faults.map(({ pointer, detail }) => ({ pointer, detail })) }),
  };
}

/** A breach of an endpoint's own declaration is found in tests only, and there its text is what one needs. */
function violationFacts(error: unknown): { violation?: string } {
  return error instanceof ContractViolation ? { violation: error.message } : {};
}

export function sendProblem(response: ServerResponse, problem: Problem): void {
  const body = Buffer.from(JSON.stringify(problem));
  response.statusCode = problem.status;
  response.setHeader("Content-Type", problemMediaType);
  response.setHeader("Content-Length", body.byteLength);
  if (problem.status === 401) response.setHeader("WWW-Authenticate", 'Bearer realm="hansa"');
  if (problem.retryable && (problem.status === 503 || problem.status === 429)) {
    const seconds = problem.facts.retryAfterSeconds;
    response.setHeader("Retry-After", String(typeof seconds === "number" ? seconds : retryAfterSecondsDefault));
  }
  response.end(body);
}
