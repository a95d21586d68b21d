import * as z from "zod";
import { ActReply } from "../actReply.ts";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { MoneyText, PageQuery, ParticipantIdInBody, pageOf } from "../schemas.ts";
import { createEnforcementCommands } from "./commands.ts";
import { FrozenView, getFrozen } from "./queries.ts";

const tag = "Enforcement";
const Reason = z.string().trim().min(1).max(500);

/** What a bank does to its money in others' hands. */
export function createEnforcementEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createEnforcementCommands(gateway);
  const ofBank = { tag, method: "post", roles: ["maker"], organisationRoles: ["bank"] } as const;
  return [
    defineEndpoint({
      ...ofBank,
      path: "/v1/frozen-money",
      operationId: "setFrozenMoney",
      summary: "Say how much of a holder's money at this bank is frozen from now on; zero unfreezes",
      body: z.strictObject({ holder: ParticipantIdInBody, money: MoneyText, reason: Reason }),
      replies: { 202: ActReply },
      errors: ["token.currency_unknown", "participant.unknown"],
      handle: ({ caller, body }) => commands.freeze(caller, body),
    }),
    defineEndpoint({
      tag,
      method: "get",
      organisationRoles: ["bank"],
      path: "/v1/frozen-money",
      operationId: "listFrozenMoney",
      summary: "Holders of this bank's money some of which is frozen",
      query: PageQuery,
      replies: { 200: pageOf(FrozenView) },
      handle: async ({ caller, query }) => ({ status: 200, body: await getFrozen(gateway.store, caller, query) }),
    }),
    defineEndpoint({
      ...ofBank,
      path: "/v1/forced-transfers",
      operationId: "forceTransfer",
      summary: "Move money at this bank from one participant to another without its consent",
      body: z.strictObject({ from: ParticipantIdInBody, to: ParticipantIdInBody, money: MoneyText, reason: Reason }),
      replies: { 202: ActReply },
      errors: ["token.currency_unknown", "participant.unknown", "deposit.insufficient", "enforcement.not_to_oneself"],
      handle: ({ caller, body }) => commands.force(caller, body),
    }),
  ];
}
