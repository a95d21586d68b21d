import { isDeepStrictEqual } from "node:util";
import type * as z from "zod";
import type { Endpoint } from "../features/endpoint.ts";
import { type Code, codes } from "../shared/errors/codes.ts";
import { AppError } from "../shared/errors.ts";
import { isAct } from "./actRoutes.ts";
import { decodeReply, type EncodedReply } from "./reply.ts";

/** An endpoint answered what it does not declare: a bug of ours, found by tests. */
export class ContractViolation extends Error {
  override readonly name = "ContractViolation";
}

/** Checks answers against their endpoint's declaration, so that the generated documents cannot part from behaviour. */
export interface Contract {
  checkReply(endpoint: Endpoint, reply: EncodedReply): void;
  checkStream(endpoint: Endpoint): void;
  checkCode(endpoint: Endpoint, code: Code): void;
}

const unchecked: Contract = { checkReply() {}, checkStream() {}, checkCode() {} };

/** With `strict` each breach throws a `ContractViolation`; in production nothing is checked twice. */
export function createContract(strict: boolean): Contract {
  return strict ? { checkReply, checkStream, checkCode } : unchecked;
}

function checkReply(endpoint: Endpoint, reply: EncodedReply): void {
  const declared = endpoint.replies[reply.status];
  if (declared === undefined) fail(endpoint, `status ${reply.status} is not declared`);
  if (typeof declared === "string") {
    const mediaType = reply.contentType?.split(";")[0];
    if (mediaType !== declared) fail(endpoint, `media type ${mediaType} instead of ${declared}`);
    return;
  }
  if (reply.contentType !== null && reply.contentType !== "application/json") {
    fail(endpoint, `media type ${reply.contentType} instead of JSON`);
  }
  checkBody(endpoint, declared, decodeReply(reply).body);
}

function checkBody(endpoint: Endpoint, schema: z.ZodType, body: unknown): void {
  const parsed = schema.safeParse(body);
  if (!parsed.success) fail(endpoint, `reply does not fit its schema: ${parsed.error.message}`);
  // A plain z.object drops what it does not know; then the reply has a field that no document shows.
  if (!isDeepStrictEqual(parsed.data, body)) fail(endpoint, "reply has fields that its schema does not show");
}

function checkStream(endpoint: Endpoint): void {
  if (endpoint.replies[200] !== "text/event-stream") fail(endpoint, "an event stream is not declared");
}

function checkCode(endpoint: Endpoint, code: Code): void {
  // Whatever is an act may meet a full queue.
  if (code === "queue.full" && isAct(endpoint)) return;
  if (!isGeneral(code) && !endpoint.errors?.includes(code)) fail(endpoint, `code ${code} is not declared`);
}

/** Codes that any endpoint may answer: the frame's own, and those that mean that a part is out of service. */
function isGeneral(code: Code): boolean {
  return /^(request|access|idempotency|internal)\./.test(code) || codes[code].status >= 500;
}

/** What was thrown, or, where the endpoint does not declare its code, the breach of contract. */
export function declaredError(thrown: unknown, endpoint: Endpoint | undefined, contract: Contract): unknown {
  if (endpoint === undefined || !(thrown instanceof AppError)) return thrown;
  try {
    contract.checkCode(endpoint, thrown.code);
    return thrown;
  } catch (violation) {
    return violation;
  }
}

function fail(endpoint: Endpoint, message: string): never {
  throw new ContractViolation(`${endpoint.operationId}: ${message}`);
}
