import { createHash } from "node:crypto";
import type { Request } from "express";
import {
  type Caller,
  type Endpoint,
  type Handled,
  isActBatch,
  isEventStream,
  isWrite,
  type Reply,
  type Write,
} from "../features/endpoint.ts";
import { AppError, invariant } from "../shared/errors.ts";
import {
  canonicalJson,
  fingerprintOf,
  type IdempotencyKey,
  type IdempotencyRecord,
  type IdempotentCommit,
} from "./idempotency.ts";
import { waitSeconds } from "./prefer.ts";
import { decodeReply, type EncodedReply, encodeReply } from "./reply.ts";
import type { CallServices } from "./services.ts";

export interface WriteCall {
  readonly endpoint: Endpoint;
  readonly caller: Caller;
  readonly request: Request;
  readonly rawBody: Uint8Array;
  /** The body as JSON, before the endpoint's schema has had its say. */
  readonly json: unknown;
  readonly handle: () => Promise<Handled>;
}

export interface Answer {
  readonly reply: EncodedReply;
  readonly headers: Readonly<Record<string, string>>;
}

/** What happened, before the caller's wish to wait is served. */
interface Done {
  readonly first: EncodedReply;
  /** Something was committed, now or by an earlier request with this key. */
  readonly committed: boolean;
  readonly replayed: boolean;
}

/** A request's record: its key, what it asks, and what the same question was called by earlier releases. */
export interface Recorded extends IdempotencyKey {
  readonly fingerprint: string;
  /** Over the body as it came; records made before batches have it. */
  readonly rawFingerprint: string;
}

/**
 * Answers a call that may change something. A record under the caller's key is looked for before the handler runs,
 * because the state has moved on since and the handler might refuse now; and once more when the handler refuses,
 * because the first call may have committed meanwhile. Only successes are recorded, as readable bytes: no reply may
 * carry a secret, which is why clients make all secrets themselves.
 * Errors: `idempotency.key_reused`, whatever the handler throws.
 */
export async function answerWrite(call: WriteCall, services: CallServices): Promise<Answer> {
  const done = await act(call, services);
  const headers: Record<string, string> = done.replayed ? { "Idempotency-Replayed": "true" } : {};
  const seconds = waitSeconds(call.request.get("prefer"));
  if (seconds === undefined || !done.committed) return { reply: done.first, headers };
  const reply = await fresherReply(call, { ...done, seconds }, services);
  if (reply === undefined) return { reply: done.first, headers };
  return { reply, headers: { ...headers, "Preference-Applied": `wait=${seconds}` } };
}

async function act(call: WriteCall, services: CallServices): Promise<Done> {
  const recorded = recordOf(call);
  const reply = replyOfRecord(await services.idempotency.find(recorded), recorded);
  if (reply !== undefined) return replayOf(reply);
  try {
    return await actFresh(call, recorded, services);
  } catch (error) {
    const late = replyOfRecord(await services.idempotency.find(recorded), recorded);
    if (late === undefined) throw error;
    return replayOf(late);
  }
}

/**
 * A public caller has no identity, so its keys would be everybody's: its record is keyed by the request's own
 * fingerprint too. The same public request is therefore done once, with or without a key.
 */
function recordOf({ endpoint, caller, request, rawBody, json }: WriteCall): Recorded {
  const key = String(request.headers["idempotency-key"] ?? "");
  const rawFingerprint = fingerprintOf(request.method, request.originalUrl, rawBody);
  if (endpoint.access !== "public") {
    const fingerprint = fingerprintOf(request.method, request.originalUrl, canonicalJson(json));
    const { organisationId: callerOrganisationId, userId } = caller;
    return { callerOrganisationId, userId, key, fingerprint, rawFingerprint };
  }
  const publicKey = createHash("sha256").update(`${rawFingerprint} ${key}`).digest("hex");
  return { callerOrganisationId: null, userId: null, key: publicKey, fingerprint: rawFingerprint, rawFingerprint };
}

/** The reply of a request's record. @throws AppError `idempotency.key_reused` when it is another request's */
export function replyOfRecord(record: IdempotencyRecord | undefined, own: Recorded): EncodedReply | undefined {
  if (record === undefined) return undefined;
  if (![own.fingerprint, own.rawFingerprint].includes(record.fingerprint)) throw new AppError("idempotency.key_reused");
  return record.reply;
}

async function actFresh(call: WriteCall, recorded: Recorded, services: CallServices): Promise<Done> {
  const { endpoint } = call;
  const write = await call.handle();
  invariant(!isEventStream(write) && !isActBatch(write), `${endpoint.operationId}: neither a write nor a reply`);
  if (!isWrite(write)) return { first: encodeChecked(endpoint, write, services), committed: false, replayed: false };
  const outcome = await services.idempotency.commitOnce(commitOf(endpoint, { write, recorded }, services));
  if (outcome.kind === "conflict") throw new AppError("idempotency.key_reused");
  if (outcome.kind === "fresh") wakeAfter(write, endpoint, services);
  return { first: outcome.reply, committed: true, replayed: outcome.kind === "replayed" };
}

/** Bytes of a reply that its endpoint declares. */
export function encodeChecked(endpoint: Endpoint, reply: Reply, { contract }: CallServices): EncodedReply {
  const encoded = encodeReply(reply);
  contract.checkReply(endpoint, encoded);
  return encoded;
}

/** A handler's write as the store commits it. */
export function commitOf(
  endpoint: Endpoint,
  { write, recorded }: { write: Write; recorded: Recorded },
  services: CallServices,
): IdempotentCommit {
  const { callerOrganisationId, userId, key, fingerprint } = recorded;
  const encode = (reply: Reply) => encodeChecked(endpoint, reply, services);
  return {
    ...{ callerOrganisationId, userId, key, fingerprint },
    commit: async (tx) => encode(await write.commit(tx)),
    act: write.act && { rows: write.act.rows, result: encode(write.act.reply) },
  };
}

/** The commit is done, so nothing here may turn its success into an error. */
export function wakeAfter(write: Write, { operationId }: Endpoint, { logger }: CallServices): void {
  try {
    write.committed?.();
  } catch (error) {
    logger.error({ err: error, operation: operationId }, "waking workers failed after a commit");
  }
}

/** The stored reply. A client that lost it may wait again, whatever the handler would say to the request by now. */
function replayOf(recorded: EncodedReply): Done {
  return { first: recorded, committed: true, replayed: true };
}

/** What became of the write meanwhile, or undefined where nothing is to be waited for. */
async function fresherReply(
  { endpoint, caller }: WriteCall,
  { first, seconds }: Done & { seconds: number },
  services: CallServices,
): Promise<EncodedReply | undefined> {
  const [fresher] = await waitForOutcomes(caller, { firsts: [first], seconds }, services);
  return fresher && encodeChecked(endpoint, fresher, services);
}

/** What became of several writes. Waiting that fails changes nothing of their success: their first replies stand. */
export async function waitForOutcomes(
  caller: Caller,
  { firsts, seconds }: { firsts: readonly EncodedReply[]; seconds: number },
  { settled, logger }: CallServices,
): Promise<readonly (Reply | undefined)[]> {
  try {
    return (await settled?.(caller, firsts.map(decodeReply), seconds * 1000)) ?? [];
  } catch (error) {
    logger.warn({ err: error, userId: caller.userId }, "waiting for the outcome failed");
    return [];
  }
}
