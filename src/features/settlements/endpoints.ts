import * as z from "zod";
import type { Code } from "../../shared/errors/codes.ts";
import { ActReply } from "../actReply.ts";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { Hex32, PageQuery, pageOf } from "../schemas.ts";
import { createSettlementCommands } from "./commands.ts";
import { ProposeSettlement } from "./proposal.ts";
import { getSettlement, getSettlements, SettlementView, SimulationView, simulateProposal } from "./queries.ts";

const tag = "Settlements";
const path = "/v1/settlements/{settlementId}";
const params = z.strictObject({ settlementId: Hex32 });

/** Why legs are no settlement at all. */
const ofLegs = [
  "participant.unknown",
  "settlement.same_party",
  "settlement.party_suspended",
  "settlement.expired",
] as const satisfies readonly Code[];
const ofActs = [
  ...["settlement.wrong_status", "settlement.expired", "order.signer_unknown", "order.not_authorised"],
  "contract.refused",
] as const satisfies readonly Code[];

export function createSettlementEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  return [...reading(gateway), ...acting(gateway)];
}

function reading(gateway: GatewayContext): readonly Endpoint[] {
  return [
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/settlements",
      operationId: "listSettlements",
      summary: "Settlements in which one gives or takes",
      query: PageQuery,
      replies: { 200: pageOf(SettlementView) },
      handle: async ({ caller, query }) => ({ status: 200, body: await getSettlements(gateway, caller, query) }),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path,
      operationId: "getSettlement",
      summary: "One settlement, with who has consented",
      params,
      replies: { 200: SettlementView },
      handle: async ({ caller, params: { settlementId } }) => ({
        status: 200,
        body: await getSettlement({ context: gateway.context, db: gateway.store.db }, caller, settlementId),
      }),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: `${path}/simulation`,
      operationId: "simulateSettlement",
      summary: "What each leg would do now, each after those before it",
      params,
      replies: { 200: SimulationView },
      errors: [...ofLegs, "settlement.wrong_status"],
      handle: async ({ caller, params: { settlementId } }) => {
        return { status: 200, body: await simulateProposal(gateway, caller, settlementId) };
      },
    }),
  ];
}

function acting(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createSettlementCommands(gateway);
  const act = { tag, method: "post", roles: ["maker"], params, replies: { 202: ActReply } } as const;
  return [
    defineEndpoint({
      tag,
      method: "post",
      path: "/v1/settlements",
      operationId: "proposeSettlement",
      summary: "Propose movements that are made together or not at all; nobody is bound by it",
      roles: ["maker"],
      body: ProposeSettlement,
      replies: { 201: SettlementView },
      errors: [...ofLegs, "token.currency_unknown", "undertaking.unknown", "undertaking.not_whole"],
      handle: ({ caller, body }) => commands.propose(caller, body),
    }),
    defineEndpoint({
      ...act,
      path: `${path}/consent`,
      operationId: "consentToSettlement",
      summary: "Consent to exactly this settlement; with the last consent it is executed",
      errors: [...ofActs, "settlement.consent_invalid"],
      handle: ({ caller, params: { settlementId } }) => commands.consent(caller, settlementId),
    }),
    defineEndpoint({
      ...act,
      path: `${path}/cancel`,
      operationId: "cancelSettlement",
      summary: "Withdraw: then it can never be executed, whoever has consented",
      errors: [...ofActs, "settlement.not_entitled"],
      handle: ({ caller, params: { settlementId } }) => commands.cancel(caller, settlementId),
    }),
    defineEndpoint({
      ...act,
      path: `${path}/execute`,
      operationId: "executeSettlement",
      summary: "Execute what all have consented to, again where a leg was not possible before",
      errors: [
        ...ofActs,
        "settlement.consent_missing",
        "settlement.consent_invalid",
        "settlement.party_suspended",
        "undertaking.not_held",
        "undertaking.wrong_status",
        "deposit.insufficient",
      ],
      handle: ({ caller, params: { settlementId } }) => commands.execute(caller, settlementId),
    }),
  ];
}
