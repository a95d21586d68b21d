import * as z from "zod";
import type { Code } from "../../shared/errors/codes.ts";
import { ActReply } from "../actReply.ts";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { Hex32, IntegerText, PageQuery, ParticipantIdText, pageOf } from "../schemas.ts";
import { createEscrowCommands, createMilestoneCommands } from "./commands.ts";
import { ProposeEscrow } from "./proposal.ts";
import { EscrowSummary, EscrowView, escrowStatuses, getEscrow, listOwnEscrows } from "./queries.ts";
import { exits } from "./timedExits.ts";

const tag = "Escrows";
const EscrowPath = z.strictObject({ escrowId: Hex32 });
const MilestonePath = EscrowPath.extend({ position: IntegerText(0, 255) });
const Evidence = z.strictObject({ evidence: z.string().trim().min(1).max(4_000) });

/** What the ledger may answer to any act on an escrow, and on a milestone. */
const ofEscrow = ["escrow.not_entitled", "escrow.wrong_status"] as const satisfies readonly Code[];
const ofMilestone = [
  ...ofEscrow,
  "escrow.milestone_unknown",
  "escrow.milestone_wrong_status",
] as const satisfies readonly Code[];

/** Acts need a maker. A merchant's or an arbiter's own key is enough; a bank's acts await a checker. */
const act = { tag, method: "post", roles: ["maker"], replies: { 202: ActReply } } as const;

function dealEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createEscrowCommands(gateway);
  const deal = { ...act, params: EscrowPath } as const;
  return [
    defineEndpoint({
      ...act,
      path: "/v1/escrows",
      operationId: "proposeEscrow",
      summary: "Propose an escrow, as its buyer or its seller, and thereby agree to it",
      body: ProposeEscrow,
      errors: ["escrow.not_entitled", "escrow.party_inactive", "escrow.terms_invalid"],
      handle: ({ caller, body }) => commands.propose(caller, body),
    }),
    defineEndpoint({
      ...deal,
      path: "/v1/escrows/{escrowId}/agree",
      operationId: "agreeEscrow",
      summary: "Agree to the other side's proposal, in time",
      errors: [...ofEscrow, "escrow.time_over", "escrow.party_inactive"],
      handle: ({ caller, params }) => commands.agree(caller, params.escrowId),
    }),
    defineEndpoint({
      ...deal,
      path: "/v1/escrows/{escrowId}/fund",
      operationId: "fundEscrow",
      summary: "Lock the sum of all milestones, as the buyer, in time",
      errors: [...ofEscrow, "escrow.time_over", "deposit.insufficient"],
      handle: ({ caller, params }) => commands.fund(caller, params.escrowId),
    }),
    defineEndpoint({
      ...deal,
      path: "/v1/escrows/{escrowId}/lapse",
      operationId: "lapseEscrow",
      summary: "Record that the offer was not agreed and funded in time",
      errors: [...ofEscrow, "escrow.time_not_over"],
      handle: ({ caller, params }) => commands.lapse(caller, params.escrowId),
    }),
    defineEndpoint({
      ...deal,
      path: "/v1/escrows/{escrowId}/claim",
      operationId: "claimEscrow",
      summary: "Take out what settled milestones gave one's own side",
      errors: ["escrow.not_entitled", "escrow.nothing_to_claim"],
      handle: ({ caller, params }) => commands.claim(caller, params.escrowId),
    }),
  ];
}

function milestoneEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createMilestoneCommands(gateway);
  const milestone = { ...act, params: MilestonePath } as const;
  const path = (verb: string) => `/v1/escrows/{escrowId}/milestones/{position}/${verb}`;
  return [
    defineEndpoint({
      ...milestone,
      path: path("deliver"),
      operationId: "deliverMilestone",
      summary: "State delivery with evidence, as the seller, not after the due time",
      body: Evidence,
      errors: [...ofMilestone, "escrow.time_over"],
      handle: ({ caller, params, body }) => commands.deliver(caller, params, body.evidence),
    }),
    defineEndpoint({
      ...milestone,
      path: path("release"),
      operationId: "releaseMilestone",
      summary: "Let the seller have the money, as the buyer",
      errors: ofMilestone,
      handle: ({ caller, params }) => commands.release(caller, params),
    }),
    defineEndpoint({
      ...milestone,
      path: path("refund"),
      operationId: "refundMilestone",
      summary: "Return the money to the buyer, as the seller",
      errors: ofMilestone,
      handle: ({ caller, params }) => commands.refund(caller, params),
    }),
    defineEndpoint({
      ...milestone,
      path: path("dispute"),
      operationId: "disputeMilestone",
      summary: "Dispute with evidence, as buyer or seller, before the due time or the inspection ends",
      body: Evidence,
      errors: [...ofMilestone, "escrow.time_over"],
      handle: ({ caller, params, body }) => commands.dispute(caller, params, body.evidence),
    }),
    defineEndpoint({
      ...milestone,
      path: path("rule"),
      operationId: "ruleMilestone",
      summary: "Split a disputed milestone, as the arbiter, in time",
      organisationRoles: ["arbiter"],
      body: z.strictObject({ sellerBps: z.int().min(0).max(10_000) }),
      errors: [...ofMilestone, "escrow.time_over"],
      handle: ({ caller, params, body }) => commands.rule(caller, params, body.sellerBps),
    }),
    defineEndpoint({
      ...milestone,
      path: path("settle"),
      operationId: "settleMilestone",
      summary: "End a milestone whose time has run out, as any of the parties",
      body: z.strictObject({ exit: z.enum(exits) }),
      errors: [...ofMilestone, "escrow.time_not_over"],
      handle: ({ caller, params, body }) => commands.settle(caller, params, body.exit),
    }),
  ];
}

export function createEscrowEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  return [
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/escrows",
      operationId: "listEscrows",
      summary: "Escrows of one's own organisation, newest first",
      query: PageQuery.extend({ status: z.enum(escrowStatuses).optional(), party: ParticipantIdText.optional() }),
      replies: { 200: pageOf(EscrowSummary) },
      handle: async ({ caller, query }) => ({ status: 200, body: await listOwnEscrows(gateway, caller, query) }),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/escrows/{escrowId}",
      operationId: "getEscrow",
      summary: "One escrow, with its milestones, deadlines and amounts",
      params: EscrowPath,
      replies: { 200: EscrowView },
      handle: async ({ caller, params }) => ({
        status: 200,
        body: await getEscrow(gateway, caller, params.escrowId),
      }),
    }),
    ...dealEndpoints(gateway),
    ...milestoneEndpoints(gateway),
  ];
}
