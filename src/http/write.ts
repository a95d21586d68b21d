import { createHash } from "node:crypto";
import type { Request } from "express";
import {
  type Caller,
  type Endpoint,
  type EventStream,
  isEventStream,
  isWrite,
  type Reply,
  type Write,
} from "../features/endpoint.ts";
import { AppError, invariant } from "../shared/errors.ts";
import { fingerprintOf, type IdempotencyKey } from "./idempotency.ts";
import { waitSeconds } from "./prefer.ts";
import { decodeReply, type EncodedReply, encodeReply } from "./reply.ts";
import type { CallServices } from "./services.ts";

export interface WriteCall {
  readonly endpoint: Endpoint;
  readonly caller: Caller;
  readonly request: Request;
  readonly rawBody: Uint8Array;
  readonly handle: () => Promise<Reply | Write | EventStream>;
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
  const fingerprint = fingerprintOf(call.request.method, call.request.originalUrl, call.rawBody);
  const key = recordKey(call, fingerprint);
  const recorded = await findReply(key, fingerprint, services);
  if (recorded !== undefined) return replayOf(recorded);
  try {
    return await actFresh(call, { ...key, fingerprint }, services);
  } catch (error) {
    const late = await findReply(key, fingerprint, services);
    if (late === undefined) throw error;
    return replayOf(late);
  }
}

/**
 * A public caller has no identity, so its keys would be everybody's: its record is keyed by the request's own
 * fingerprint too. The same public request is therefore done once, with or without a key.
 */
function recordKey({ endpoint, caller, request }: WriteCall, fingerprint: string): IdempotencyKey {
  const key = String(request.headers["idempotency-key"] ?? "");
  if (endpoint.access !== "public") {
    return { callerOrganisationId: caller.organisationId, userId: caller.userId, key };
  }
  const publicKey = createHash("sha256").update(`${fingerprint} ${key}`).digest("hex");
  return { callerOrganisationId: null, userId: null, key: publicKey };
}

async function findReply(
  key: IdempotencyKey,
  fingerprint: string,
  { idempotency }: CallServices,
): Promise<EncodedReply | undefined> {
  const record = await idempotency.find(key);
  if (record !== undefined && record.fingerprint !== fingerprint) throw new AppError("idempotency.key_reused");
  return record?.reply;
}

async function actFresh(
  call: WriteCall,
  key: IdempotencyKey & { fingerprint: string },
  services: CallServices,
): Promise<Done> {
  const write = await call.handle();
  invariant(!isEventStream(write), `${call.endpoint.operationId}: only a GET can stream`);
  const encode = (reply: Reply): EncodedReply => {
    const encoded = encodeReply(reply);
    services.contract.checkReply(call.endpoint, encoded);
    return encoded;
  };
  if (!isWrite(write)) return { first: encode(write), committed: false, replayed: false };

  const outcome = await services.idempotency.commitOnce({
    ...key,
    commit: async (tx) => encode(await write.commit(tx)),
  });
  if (outcome.kind === "conflict") throw new AppError("idempotency.key_reused");
  if (outcome.kind === "fresh") wake(write, call, services);
  return { first: outcome.reply, committed: true, replayed: outcome.kind === "replayed" };
}

/** The commit is done, so nothing here may turn its success into an error. */
function wake(write: Write, { endpoint }: WriteCall, { logger }: CallServices): void {
  try {
    write.committed?.();
  } catch (error) {
    logger.error({ err: error, operation: endpoint.operationId }, "waking workers failed after a commit");
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
  { settled, logger, contract }: CallServices,
): Promise<EncodedReply | undefined> {
  let fresher: Reply | undefined;
  try {
    fresher = await settled?.(caller, decodeReply(first), seconds * 1000);
  } catch (error) {
    logger.warn({ err: error, operation: endpoint.operationId }, "waiting for the outcome failed");
  }
  if (fresher === undefined) return undefined;
  const reply = encodeReply(fresher);
  contract.checkReply(endpoint, reply);
  return reply;
}
