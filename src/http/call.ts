import type { Request, Response } from "express";
import { type Caller, type Endpoint, isEventStream, isWrite } from "../features/endpoint.ts";
import { AppError, invariant } from "../shared/errors.ts";
import { parseRequest } from "./parse.ts";
import { encodeReply, sendReply } from "./reply.ts";
import { requestState } from "./requestState.ts";
import type { CallServices } from "./services.ts";
import { answerWrite } from "./write.ts";

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
  const { rawBody, ...input } = await parseRequest(endpoint, request);
  authorise(endpoint, caller);
  // The schemas of this very endpoint have just made these values; a table of endpoints cannot say so in types.
  const handle = () => endpoint.handle({ caller, ...input } as never);

  if (endpoint.method !== "get") {
    const answer = await answerWrite({ endpoint, caller, request, rawBody, handle }, services);
    sendReply(response, answer.reply, answer.headers);
    return;
  }
  const result = await handle();
  invariant(!isWrite(result), `${endpoint.operationId}: a GET cannot write`);
  if (isEventStream(result)) {
    services.contract.checkStream(endpoint);
    await services.sendStream(request, response, result);
    return;
  }
  const reply = encodeReply(result);
  services.contract.checkReply(endpoint, reply);
  sendReply(response, reply);
}

async function authenticate(endpoint: Endpoint, exchange: Exchange, services: CallServices): Promise<Caller> {
  if (endpoint.access === "public") return anonymous;
  const token = bearerForm.exec(exchange.request.headers.authorization ?? "")?.[1];
  const caller = token === undefined ? undefined : await services.authenticate(token);
  if (caller === undefined) throw new AppError("access.unauthenticated");
  requestState(exchange.response).caller = caller;
  return caller;
}

function authorise(endpoint: Endpoint, caller: Caller): void {
  if (endpoint.access === "public") return;
  const { roles, organisationRoles } = endpoint;
  if (roles !== undefined && !roles.includes(caller.role)) {
    throw new AppError("access.forbidden", { rolesAllowed: roles });
  }
  if (organisationRoles !== undefined && !organisationRoles.some((role) => caller.organisationRoles.includes(role))) {
    throw new AppError("access.forbidden", { organisationRolesAllowed: organisationRoles });
  }
}
