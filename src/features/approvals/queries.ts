import * as z from "zod";
import { AppError } from "../../shared/errors.ts";
import { findOrder, listOrders } from "../../store/orders.ts";
import type { Caller } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { decodeCursor, instant, toPage } from "../schemas.ts";

export const approvalStatuses = [
  "awaiting_approval",
  "submitted",
  "signed",
  "rejected",
  "withdrawn",
  "voided",
  "lapsed",
] as const;

/** An act that needs a second person: exactly what is signed, decoded. */
export const ApprovalView = z.strictObject({
  id: z.string(),
  kind: z.string(),
  subject: z.string(),
  summary: z.record(z.string(), z.unknown()),
  status: z.enum(approvalStatuses),
  proposedBy: z.string(),
  approvedBy: z.string().nullable(),
  reason: z.string().nullable(),
  orderHash: z.string(),
  calls: z.array(z.strictObject({ target: z.string(), data: z.string() })),
  lapsesAt: z.string(),
  transactionId: z.string().nullable(),
});
export type ApprovalView = z.infer<typeof ApprovalView>;

type Row = NonNullable<Awaited<ReturnType<typeof findOrder>>>;

function toView(row: Row, nowSeconds: number): ApprovalView {
  const lapsed = row.status === "awaiting_approval" && row.deadline <= nowSeconds;
  return {
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    summary: row.summary,
    status: lapsed ? "lapsed" : row.status,
    proposedBy: row.proposed_by,
    approvedBy: row.approvals[1]?.userId ?? null,
    reason: row.reason,
    orderHash: row.order_hash,
    calls: row.calls.map(({ target, data }) => ({ target, data })),
    lapsesAt: instant(row.deadline),
    transactionId: row.transaction_id,
  };
}

export async function listApprovals(
  { store, context }: GatewayContext,
  caller: Caller,
  query: { status?: ApprovalView["status"] | undefined; cursor?: string | undefined; limit: number },
) {
  const nowSeconds = context.clock.businessSeconds();
  const rows = await listOrders(store.db, caller.organisationId, {
    status: query.status,
    nowSeconds,
    cursor: decodeCursor(query.cursor),
    limit: query.limit,
  });
  const page = toPage(rows, query.limit, (row) => row.id);
  return { items: page.items.map((row) => toView(row, nowSeconds)), nextCursor: page.nextCursor };
}

/** @throws AppError `request.not_found` */
export async function getApproval(
  { store, context }: GatewayContext,
  caller: Caller,
  id: string,
): Promise<ApprovalView> {
  const row = await findOrder(store.db, caller.organisationId, id);
  if (!row) throw new AppError("request.not_found");
  return toView(row, context.clock.businessSeconds());
}
