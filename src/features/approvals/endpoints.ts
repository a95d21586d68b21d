import * as z from "zod";
import { contractErrorCodes } from "../../shared/errors/contractErrorCodes.ts";
import { ActReply } from "../actReply.ts";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { PageQuery, pageOf, Uuid } from "../schemas.ts";
import { ApprovalView, approvalStatuses, getApproval, listApprovals } from "./queries.ts";

const tag = "Approvals";
const ApprovalPath = z.strictObject({ approvalId: Uuid });
const Reason = z.strictObject({ reason: z.string().trim().min(1).max(500) });

export function createApprovalEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const { acts } = gateway;
  const act = { tag, method: "post", params: ApprovalPath, replies: { 202: ActReply } } as const;

  return [
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/approvals",
      operationId: "listApprovals",
      summary: "Acts of one's own organisation that need or needed a second person",
      query: PageQuery.extend({ status: z.enum(approvalStatuses).optional() }),
      replies: { 200: pageOf(ApprovalView) },
      handle: async ({ caller, query }) => ({ status: 200, body: await listApprovals(gateway, caller, query) }),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/approvals/{approvalId}",
      operationId: "getApproval",
      summary: "Exactly what is to be signed",
      params: ApprovalPath,
      replies: { 200: ApprovalView },
      handle: async ({ caller, params }) => ({
        status: 200,
        body: await getApproval(gateway, caller, params.approvalId),
      }),
    }),
    defineEndpoint({
      ...act,
      path: "/v1/approvals/{approvalId}/approve",
      operationId: "approve",
      summary: "Sign what the first person signed, and send it",
      // Only a checker may; makers and administrators get the more precise refusal of their own acts.
      roles: ["maker", "checker", "admin"],
      // Any contract of the set may refuse the act at this moment.
      errors: ["access.own_act", "approval.wrong_state", ...contractErrorCodes],
      handle: ({ caller, params }) => acts.approve(caller, params.approvalId),
    }),
    defineEndpoint({
      ...act,
      path: "/v1/approvals/{approvalId}/reject",
      operationId: "rejectApproval",
      summary: "Refuse to sign, with a reason",
      roles: ["checker"],
      body: Reason,
      errors: ["access.own_act", "approval.wrong_state"],
      handle: ({ caller, params, body }) =>
        acts.end(caller, params.approvalId, { status: "rejected", reason: body.reason }),
    }),
    defineEndpoint({
      ...act,
      path: "/v1/approvals/{approvalId}/withdraw",
      operationId: "withdrawApproval",
      summary: "Take back one's own proposal",
      roles: ["maker", "admin"],
      body: Reason,
      errors: ["approval.wrong_state"],
      handle: ({ caller, params, body }) =>
        acts.end(caller, params.approvalId, { status: "withdrawn", reason: body.reason }),
    }),
  ];
}
