import * as z from "zod";
import { ActReply } from "../actReply.ts";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { Hex32, MoneyText, PageQuery, ParticipantIdInBody, pageOf } from "../schemas.ts";
import { createRedemptionCommands } from "./commands.ts";
import { getRedemption, getRedemptions, RedemptionView } from "./queries.ts";

const tag = "Redemptions";
const params = z.strictObject({ redemptionId: Hex32 });
const Reference = z.string().trim().min(1).max(64);

export function createRedemptionEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  return [...holderEndpoints(gateway), ...bankEndpoints(gateway), ...readingEndpoints(gateway)];
}

function holderEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createRedemptionCommands(gateway);
  return [
    defineEndpoint({
      tag,
      method: "post",
      roles: ["maker"],
      path: "/v1/redemptions",
      operationId: "requestRedemption",
      summary: "Ask a bank to pay out one's own deposit money, which is set aside",
      body: z.strictObject({ bank: ParticipantIdInBody, money: MoneyText, reference: Reference }),
      replies: { 202: ActReply },
      errors: ["token.currency_unknown", "deposit.insufficient", "deposit.frozen", "redemption.exists"],
      handle: ({ caller, body }) => commands.request(caller, body),
    }),
    defineEndpoint({
      tag,
      method: "post",
      roles: ["maker"],
      path: "/v1/redemptions/{redemptionId}/withdraw",
      operationId: "withdrawRedemption",
      summary: "Take one's own request back, and the money",
      params,
      replies: { 202: ActReply },
      errors: ["redemption.unknown", "redemption.not_entitled", "redemption.wrong_status"],
      handle: ({ caller, params: { redemptionId } }) => commands.withdraw(caller, redemptionId),
    }),
  ];
}

function bankEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createRedemptionCommands(gateway);
  const ofBank = { tag, method: "post", roles: ["maker"], organisationRoles: ["bank"], params } as const;
  return [
    defineEndpoint({
      ...ofBank,
      path: "/v1/redemptions/{redemptionId}/confirm",
      operationId: "confirmRedemption",
      summary: "Confirm that the bank paid off the ledger: the money is destroyed",
      body: z.strictObject({ payoutReference: Reference }),
      replies: { 202: ActReply },
      errors: ["redemption.unknown", "redemption.not_entitled", "redemption.wrong_status", "deposit.moratorium"],
      handle: ({ caller, params: { redemptionId }, body }) =>
        commands.confirm(caller, redemptionId, body.payoutReference),
    }),
    defineEndpoint({
      ...ofBank,
      path: "/v1/redemptions/{redemptionId}/give-back",
      operationId: "giveBackRedemption",
      summary: "Give the money back to its holder with a reason",
      body: z.strictObject({ reason: z.string().trim().min(1).max(500) }),
      replies: { 202: ActReply },
      errors: ["redemption.unknown", "redemption.not_entitled", "redemption.wrong_status"],
      handle: ({ caller, params: { redemptionId }, body }) => commands.giveBack(caller, redemptionId, body.reason),
    }),
  ];
}

function readingEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  return [
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/redemptions",
      operationId: "listRedemptions",
      summary: "Redemptions that one asked for, shall pay, or supervises, newest first; `overdue=true` for those alone",
      query: PageQuery.extend({ overdue: z.literal("true").optional() }),
      replies: { 200: pageOf(RedemptionView) },
      handle: async ({ caller, query }) => ({ status: 200, body: await getRedemptions(gateway, caller, query) }),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/redemptions/{redemptionId}",
      operationId: "getRedemption",
      summary: "One redemption",
      params,
      replies: { 200: RedemptionView },
      handle: async ({ caller, params: { redemptionId } }) => ({
        status: 200,
        body: await getRedemption(gateway, caller, redemptionId),
      }),
    }),
  ];
}
