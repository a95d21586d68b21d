import type { Request } from "express";
import {
  type ActBatch,
  type Caller,
  type Endpoint,
  isActBatch,
  isEventStream,
  isWrite,
  type Write,
} from "../features/endpoint.ts";
import { AppError, invariant } from "../shared/errors.ts";
import { limits } from "../shared/limits.ts";
import { authorise } from "./authorise.ts";
import { declaredError } from "./contract.ts";
import { canonicalJson, fingerprintOf, type IdempotencyRecord, type IdempotentCommit } from "./idempotency.ts";
import { checkBody, checkPath } from "./parse.ts";
import { waitSeconds } from "./prefer.ts";
import { problemOf } from "./problem.ts";
import { type EncodedReply, encodeReply } from "./reply.ts";
import type { CallServices } from "./services.ts";
import {
  type Answer,
  commitOf,
  encodeChecked,
  type Recorded,
  replyOfRecord,
  waitForOutcomes,
  wakeAfter,
} from "./write.ts";

interface BatchCall {
  readonly caller: Caller;
  readonly request: Request;
  readonly requestId: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

type Entry = ActBatch["acts"][number];

/** An entry that has an endpoint; its record is known by the same names as a single request's. */
interface Routed {
  readonly endpoint: Endpoint;
  readonly params: Readonly<Record<string, string>>;
  readonly entry: Entry;
  readonly recorded: Recorded;
}

interface Result {
  readonly endpoint: Endpoint | undefined;
  readonly reply: EncodedReply;
  readonly replayed: boolean;
  /** Something was committed, so there may be something to wait for. */
  readonly committed: boolean;
}

/** An entry that the handler has accepted, on its way into a commit. */
interface Prepared {
  readonly routed: Routed;
  readonly write: Write;
  readonly commit: IdempotentCommit;
}

/**
 * Does every act of a batch as if it had come alone, in their order, and answers each with its own result. Handlers of
 * one commit's worth of acts run together, so that what they ask of the ledger goes out in one round trip, and while
 * those are committed the next ones are prepared. An entry that fails, by whatever fault, changes nothing for others.
 */
export async function answerBatch(batch: ActBatch, call: BatchCall, services: CallServices): Promise<Answer> {
  const caller = batch.simulate ? call.caller : { ...call.caller, withoutSimulation: true };
  const context = { ...call, caller, services };
  const results = new Array<Result>(batch.acts.length);
  // A key that comes twice meets the record of its first act in the commit, if not before, as from two requests.
  await answerEntries(batch.acts, context, results);
  return await answerOf(results, context);
}

interface Context extends BatchCall {
  readonly services: CallServices;
}

async function answerEntries(acts: readonly Entry[], context: Context, results: Result[]): Promise<void> {
  const keys = acts.map(({ idempotencyKey }) => idempotencyKey);
  const records = await context.services.idempotency.findMany(scopeOf(context.caller), keys);
  const open: { place: number; routed: Routed }[] = [];
  for (const [place, entry] of acts.entries()) {
    const routed = route(entry, context);
    const known = routed ? replay(routed, records[place], context) : notFound(context);
    if (known) results[place] = known;
    else if (routed) open.push({ place, routed });
  }
  let committing: Promise<void> = Promise.resolve();
  for (let from = 0; from < open.length; from += limits.actsPerCommit) {
    const chunk = open.slice(from, from + limits.actsPerCommit);
    const prepared = await Promise.all(chunk.map(({ routed }) => prepare(routed, context)));
    await committing;
    committing = commit(prepared, context).then((done) => {
      for (const [index, { place }] of chunk.entries()) results[place] = done[index] as Result;
    });
  }
  await committing;
}

function scopeOf({ organisationId, userId }: Caller) {
  return { callerOrganisationId: organisationId, userId };
}

function route(entry: Entry, { caller, services }: Context): Routed | undefined {
  const { path, body, idempotencyKey: key } = entry;
  const found = services.actRoutes(path);
  if (!found) return undefined;
  const fingerprint = fingerprintOf("POST", path, canonicalJson(body));
  const rawFingerprint = fingerprintOf("POST", path, body === undefined ? "" : JSON.stringify(body));
  return { ...found, entry, recorded: { ...scopeOf(caller), key, fingerprint, rawFingerprint } };
}

function replay(routed: Routed, record: IdempotencyRecord | undefined, context: Context): Result | undefined {
  try {
    const reply = replyOfRecord(record, routed.recorded);
    return reply && { endpoint: routed.endpoint, reply, replayed: true, committed: true };
  } catch (error) {
    return refusal(routed, error, context);
  }
}

/** Everything that a single request meets before its commit. */
async function prepare(routed: Routed, context: Context): Promise<Prepared | Result> {
  const { endpoint, entry, recorded } = routed;
  const { caller, headers, services } = context;
  try {
    const params = checkPath(endpoint, routed.params);
    const body = checkBody(endpoint, entry.body);
    authorise(endpoint, caller);
    const write = await endpoint.handle({ caller, params, query: {}, body, headers } as never);
    invariant(!isEventStream(write) && !isActBatch(write), `${endpoint.operationId}: neither a write nor a reply`);
    if (isWrite(write)) return { routed, write, commit: commitOf(endpoint, { write, recorded }, services) };
    return { endpoint, reply: encodeChecked(endpoint, write, services), replayed: false, committed: false };
  } catch (error) {
    return await lateReplay(routed, error, context);
  }
}

/** One of several requests with a key may have committed while this one was handled; then its reply is the answer. */
async function lateReplay(routed: Routed, error: unknown, context: Context): Promise<Result> {
  const record = await context.services.idempotency.find(routed.recorded).catch(() => undefined);
  return replay(routed, record, context) ?? refusal(routed, error, context);
}

async function commit(prepared: readonly (Prepared | Result)[], context: Context): Promise<readonly Result[]> {
  const { services } = context;
  const writes = prepared.filter((one) => "write" in one);
  const outcomes = await services.idempotency.commitMany(writes.map((one) => one.commit));
  const done = new Map<Prepared, Result>();
  for (const [index, one] of writes.entries()) {
    const { endpoint } = one.routed;
    const outcome = outcomes[index];
    if (outcome?.status !== "fulfilled") done.set(one, refusal(one.routed, outcome?.reason, context));
    else if (outcome.value.kind === "conflict") {
      done.set(one, refusal(one.routed, new AppError("idempotency.key_reused"), context));
    } else {
      const { kind, reply } = outcome.value;
      if (kind === "fresh") wakeAfter(one.write, endpoint, services);
      done.set(one, { endpoint, reply, replayed: kind === "replayed", committed: true });
    }
  }
  return prepared.map((one) => ("write" in one ? (done.get(one) as Result) : one));
}

/** The problem that a request of its own would have answered. */
function refusal({ endpoint }: Pick<Routed, "endpoint">, thrown: unknown, context: Context): Result {
  const { services, requestId } = context;
  const error = declaredError(thrown, endpoint, services.contract);
  const problem = problemOf(error, requestId);
  if (problem.status >= 500) {
    const { operationId: operation } = endpoint;
    services.logger.error({ err: error, requestId, operation, code: problem.code }, "an act of a batch failed");
  }
  const reply = encodeReply({ status: problem.status, body: problem });
  return { endpoint, reply, replayed: false, committed: false };
}

function notFound({ requestId }: Context): Result {
  const problem = problemOf(new AppError("request.not_found"), requestId);
  const reply = encodeReply({ status: problem.status, body: problem });
  return { endpoint: undefined, reply, replayed: false, committed: false };
}

/** Replies stand in the batch's reply byte for byte, as they are stored. */
async function answerOf(results: readonly Result[], context: Context): Promise<Answer> {
  const seconds = waitSeconds(context.request.get("prefer"));
  const committed = results.filter((result) => result.committed);
  const waits = seconds !== undefined && committed.length > 0;
  const fresher = waits ? await fresherReplies(committed, seconds, context) : new Map<Result, EncodedReply>();
  const texts = results.map((result) => {
    const { status, bodyBytes } = fresher.get(result) ?? result.reply;
    const body = bodyBytes.byteLength === 0 ? "null" : Buffer.from(bodyBytes).toString("utf8");
    return `{"status":${status},"body":${body},"replayed":${result.replayed}}`;
  });
  const bodyBytes = Buffer.from(`{"results":[${texts.join(",")}]}`);
  return {
    reply: { status: 200, contentType: "application/json", bodyBytes, headers: {} },
    headers: fresher.size > 0 ? { "Preference-Applied": `wait=${seconds}` } : {},
  };
}

async function fresherReplies(
  committed: readonly Result[],
  seconds: number,
  { caller, services }: Context,
): Promise<Map<Result, EncodedReply>> {
  const firsts = committed.map(({ reply }) => reply);
  const outcomes = await waitForOutcomes(caller, { firsts, seconds }, services);
  const fresher = new Map<Result, EncodedReply>();
  for (const [index, result] of committed.entries()) {
    const outcome = outcomes[index];
    if (outcome && result.endpoint) fresher.set(result, encodeChecked(result.endpoint, outcome, services));
  }
  return fresher;
}
