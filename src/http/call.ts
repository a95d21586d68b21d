import type { Request, Response } from "express";
import { type Caller, type Endpoint, isActBatch, isEventStream, isWrite } from "../features/endpoint.ts";
import { AppError, invariant } from "../shared/errors.ts";
import { authorise } from "./authorise.ts";
import { answerBatch } from "./batch.ts";
import { openCursor, sealCursor } from "./cursor.ts";
import { type ParsedRequest, parseRequest } from "./parse.ts";
import { encodeReply, sendReply } from "./reply.ts";
import { requestState } from "./requestState.ts";
import type { CallServices } from "./services.ts";
import { type Answer, answerWrite } from "./write.ts";

export interface Exchange {
  readonly request: Request;
  readonly response: Response;
}

/** Stands in for the caller at public endpoints: belongs to no organisation and has no credential. */
const anonymous: Caller = {
  userId: "",
  organisationId: "",
  participantId: null,
  role: "viewer",
  keyId: "",
  organisationRoles: [],
  secret: "",
};

const bearerForm = /^Bearer +([\x21-\x7e]{1,512})$/i;

/** The five steps of every call: authenticate, parse, authorise, handle, respond. Refusals are thrown. */
export async function call(endpoint: Endpoint, exchange: Exchange, services: CallServices): Promise<void> {
  const { request, response } = exchange;
  const caller = await authenticate(endpoint, exchange, services);
  const parsed = await parseRequest(endpoint, request);
  authorise(endpoint, caller);
  if (endpoint.method === "get") await answerRead({ endpoint, caller, parsed }, exchange, services);
  else {
    const answer = await answerChange({ endpoint, caller, parsed }, exchange, services);
    sendReply(response, answer.reply, answer.headers);
  }
}

interface ParsedCall {
  readonly endpoint: Endpoint;
  readonly caller: Caller;
  readonly parsed: ParsedRequest;
}

function handle({ endpoint, caller, parsed }: ParsedCall, query: unknown = parsed.query) {
  const { params, body, headers } = parsed;
  // The schemas of this very endpoint have just made these values; a table of endpoints cannot say so in types.
  return endpoint.handle({ caller, params, query, body, headers } as never);
}

async function answerRead(call: ParsedCall, { request, response }: Exchange, services: CallServices): Promise<void> {
  const { endpoint, caller, parsed } = call;
  const result = await handle(call, openCursor(parsed.query, endpoint, caller));
  invariant(!isWrite(result) && !isActBatch(result), `${endpoint.operationId}: a GET cannot write`);
  if (isEventStream(result)) {
    services.contract.checkStream(endpoint);
    await services.sendStream(request, response, result);
    return;
  }
  const reply = encodeReply({ ...result, body: sealCursor(result.body, endpoint, caller) });
  services.contract.checkReply(endpoint, reply);
  sendReply(response, reply);
}

async function answerChange(call: ParsedCall, exchange: Exchange, services: CallServices): Promise<Answer> {
  const { endpoint, caller, parsed } = call;
  const { request, response } = exchange;
  const { rawBody, json, headers } = parsed;
  if (endpoint.idempotency !== "entries") {
    return await answerWrite({ endpoint, caller, request, rawBody, json, handle: () => handle(call) }, services);
  }
  const batch = await handle(call);
  invariant(isActBatch(batch), `${endpoint.operationId}: keys of entries, but no entries`);
  const { requestId } = requestState(response);
  const answer = await answerBatch(batch, { caller, request, requestId, headers }, services);
  services.contract.checkReply(endpoint, answer.reply);
  return answer;
}

function isStreamEndpoint({ replies }: Endpoint): boolean {
  return Object.values(replies).includes("text/event-stream");
}

async function authenticate(endpoint: Endpoint, exchange: Exchange, services: CallServices): Promise<Caller> {
  if (endpoint.access === "public") return anonymous;
  const token = bearerForm.exec(exchange.request.headers.authorization ?? "")?.[1];
  const caller = token === undefined ? undefined : await services.authenticate(token);
  if (caller === undefined) throw new AppError("access.unauthenticated");
  requestState(exchange.response).caller = caller;
  // Before the body is read: a body that comes slowly is under way as well.
  const leave = services.userLoad.enter(caller, isStreamEndpoint(endpoint) ? "stream" : "request");
  exchange.response.once("close", leave);
  if (exchange.response.destroyed) leave();
  return caller;
}
