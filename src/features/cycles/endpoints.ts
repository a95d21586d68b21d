import * as z from "zod";
import { ActReply } from "../actReply.ts";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { CurrencyText, Hex32, PageQuery, ParticipantIdInBody, pageOf } from "../schemas.ts";
import { createCycleCommands } from "./commands.ts";
import { CycleView, getCycle, getCycles, getMandates, MandateView } from "./queries.ts";

const tag = "Settlement cycles";

/** As many as the contract takes. */
const banksMost = 32;

export function createCycleEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  return [...mandateEndpoints(gateway), ...cycleEndpoints(gateway)];
}

function mandateEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createCycleCommands(gateway);
  return [
    defineEndpoint({
      tag,
      method: "post",
      roles: ["maker"],
      organisationRoles: ["bank"],
      path: "/v1/settlement-mandates",
      operationId: "joinSettlement",
      summary: "Let another bank settle, as agent, what this one owes in a currency",
      body: z.strictObject({ agent: ParticipantIdInBody, currency: CurrencyText }),
      replies: { 202: ActReply },
      errors: [
        "clearing.bank_suspended",
        "clearing.token_unknown",
        "settlement.agent_invalid",
        "settlement.already_joined",
      ],
      handle: ({ caller, body }) => commands.join(caller, body),
    }),
    defineEndpoint({
      tag,
      method: "post",
      roles: ["maker"],
      organisationRoles: ["bank"],
      path: "/v1/settlement-mandates/leave",
      operationId: "leaveSettlement",
      summary: "Give the settlement agent of a currency notice, which takes effect after one day",
      body: z.strictObject({ currency: CurrencyText }),
      replies: { 202: ActReply },
      errors: ["settlement.not_joined"],
      handle: ({ caller, body }) => commands.leave(caller, body),
    }),
    defineEndpoint({
      tag,
      method: "get",
      organisationRoles: ["bank"],
      path: "/v1/settlement-mandates",
      operationId: "listSettlementMandates",
      summary: "This bank's own settlement agents, and the banks whose agent it is",
      query: PageQuery,
      replies: { 200: pageOf(MandateView) },
      handle: async ({ caller, query }) => ({ status: 200, body: await getMandates(gateway.store, caller, query) }),
    }),
  ];
}

function cycleEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createCycleCommands(gateway);
  return [
    defineEndpoint({
      tag,
      method: "post",
      roles: ["maker"],
      organisationRoles: ["bank"],
      path: "/v1/cycles",
      operationId: "settleCycle",
      summary: "Settle, as their agent, all that these banks owe each other in a currency: all or nothing",
      body: z.strictObject({
        currency: CurrencyText,
        banks: z.array(ParticipantIdInBody).min(2).max(banksMost),
        reference: z.string().min(1).max(35),
      }),
      replies: { 202: ActReply },
      errors: [
        "clearing.token_unknown",
        "settlement.not_joined",
        "cycle.reference_invalid",
        "cycle.banks_not_ascending",
        "cycle.moratorium",
        "cycle.empty",
        "cycle.short",
      ],
      handle: ({ caller, body }) => commands.settle(caller, body),
    }),
    defineEndpoint({
      tag,
      method: "get",
      organisationRoles: ["bank"],
      path: "/v1/cycles",
      operationId: "listCycles",
      summary: "Cycles that this bank settled as agent or took part in, newest first",
      query: PageQuery,
      replies: { 200: pageOf(CycleView) },
      handle: async ({ caller, query }) => ({ status: 200, body: await getCycles(gateway.store, caller, query) }),
    }),
    defineEndpoint({
      tag,
      method: "get",
      organisationRoles: ["bank"],
      path: "/v1/cycles/{cycleId}",
      operationId: "getCycle",
      summary: "One cycle: for its agent with what each bank got or paid, for a bank with its own",
      params: z.strictObject({ cycleId: Hex32 }),
      replies: { 200: CycleView },
      handle: async ({ caller, params }) => ({
        status: 200,
        body: await getCycle(gateway.store, caller, params.cycleId),
      }),
    }),
  ];
}
