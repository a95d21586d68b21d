import * as z from "zod";
import { ActReply } from "../actReply.ts";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { Hex32, PageQuery, ParticipantIdInBody, pageOf } from "../schemas.ts";
import { createUndertakingCommands } from "./commands.ts";
import { getUndertaking, listOwnUndertakings, UndertakingView } from "./queries.ts";

const tag = "Undertakings";
const UndertakingPath = z.strictObject({ undertakingId: Hex32 });

export function createUndertakingEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  return [...readingEndpoints(gateway), ...claimEndpoints(gateway)];
}

function readingEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  return [
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/undertakings",
      operationId: "listUndertakings",
      summary: "What banks owe one's own organisation, and what it owes",
      query: PageQuery.extend({
        role: z.enum(["obligor", "holder", "former_holder"]).optional(),
        status: z.enum(["owed", "paid", "transferred"]).optional(),
        credit: Hex32.optional(),
      }),
      replies: { 200: pageOf(UndertakingView) },
      handle: async ({ caller, query }) => ({ status: 200, body: await listOwnUndertakings(gateway, caller, query) }),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/undertakings/{undertakingId}",
      operationId: "getUndertaking",
      summary: "One undertaking, for its obligor, its holder, and who held it before",
      params: UndertakingPath,
      replies: { 200: UndertakingView },
      handle: async ({ caller, params }) => ({
        status: 200,
        body: await getUndertaking(gateway, caller, params.undertakingId),
      }),
    }),
  ];
}

function claimEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createUndertakingCommands(gateway);
  return [
    defineEndpoint({
      tag,
      method: "post",
      path: "/v1/undertakings/{undertakingId}/claim",
      operationId: "claimUndertaking",
      summary: "Claim what is due: the claim itself creates the money",
      roles: ["maker"],
      params: UndertakingPath,
      replies: { 202: ActReply },
      errors: [
        "undertaking.not_entitled",
        "undertaking.wrong_status",
        "undertaking.not_due",
        "undertaking.unknown",
        "deposit.holder_not_admitted",
        "deposit.reference_used",
        "deposit.moratorium",
        "order.signer_unknown",
        "order.not_authorised",
        "contract.refused",
      ],
      handle: ({ caller, params }) => commands.claim(caller, params.undertakingId),
    }),
    defineEndpoint({
      tag,
      method: "post",
      path: "/v1/undertakings/{undertakingId}/claim-at",
      operationId: "claimUndertakingAt",
      summary: "Claim what is due in money of one's own bank, which the obligor then owes",
      roles: ["maker"],
      params: UndertakingPath,
      body: z.strictObject({ bank: ParticipantIdInBody }),
      replies: { 202: ActReply },
      errors: [
        "undertaking.not_entitled",
        "undertaking.wrong_status",
        "undertaking.not_due",
        "undertaking.holder_blocked",
        "clearing.bank_invalid",
        "clearing.token_unknown",
        "clearing.limit_exceeded",
        "deposit.moratorium",
        "contract.refused",
      ],
      handle: ({ caller, params, body }) => commands.claimAt(caller, params.undertakingId, body.bank),
    }),
  ];
}
