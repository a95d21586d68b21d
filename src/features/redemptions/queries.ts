import * as z from "zod";
import { AppError } from "../../shared/errors.ts";
import { findRedemption, listRedemptions, type RedemptionReader } from "../../store/redemptions.ts";
import type { Store } from "../../store/store.ts";
import type { Caller } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { getOrganisation } from "../participants/queries.ts";
import { loadPartyNames, type PartyNames, PartyRef } from "../partyNames.ts";
import { blockCursor, cursorPosition, fromMinor, instant, MoneyText, toPage } from "../schemas.ts";

/**
 * `reference`, `payoutReference` and `reason` are null where they were not given, or not through this gateway. `overdue`:
 * the bank has neither paid nor given back, and its time to pay is over.
 */
export const RedemptionView = z.strictObject({
  id: z.string(),
  bank: PartyRef,
  holder: PartyRef,
  token: z.string(),
  money: MoneyText,
  status: z.enum(["requested", "paid", "given_back", "withdrawn"]),
  requestedAt: z.string(),
  dueAt: z.string(),
  overdue: z.boolean(),
  endedAt: z.string().nullable(),
  reference: z.string().nullable(),
  payoutReference: z.string().nullable(),
  reason: z.string().nullable(),
});
export type RedemptionView = z.infer<typeof RedemptionView>;

type Row = Awaited<ReturnType<typeof listRedemptions>>[number];

function toView(row: Row, names: PartyNames, now: number): RedemptionView {
  return {
    id: row.id,
    bank: names.of(row.bank),
    holder: names.of(row.holder),
    token: row.token,
    money: fromMinor(row.amount, row.currency),
    status: row.status,
    requestedAt: instant(row.requested_at),
    dueAt: instant(row.due_at),
    overdue: row.status === "requested" && now >= row.due_at,
    endedAt: row.ended_at === null ? null : instant(row.ended_at),
    reference: row.reference,
    payoutReference: row.status === "paid" ? row.answerText : null,
    reason: row.status === "given_back" ? row.answerText : null,
  };
}

/** A regulator reads the redemptions at the banks of its own country. */
async function readerOf(store: Store, caller: Caller): Promise<RedemptionReader> {
  const participantId = caller.participantId ?? 0;
  if (!caller.organisationRoles.includes("regulator") || participantId === 0) {
    return { participantId, regulates: undefined };
  }
  const { country } = await getOrganisation(store, caller.organisationId);
  return { participantId, regulates: country };
}

/** @throws AppError `request.not_found`, also of a redemption that concerns others only */
export async function getRedemption({ context, store }: GatewayContext, caller: Caller, id: string) {
  const row = await findRedemption(store.db, await readerOf(store, caller), id);
  if (!row) throw new AppError("request.not_found");
  return toView(row, await loadPartyNames(store, [row.bank, row.holder]), context.clock.businessSeconds());
}

/** Redemptions that concern the caller, newest first. */
export async function getRedemptions(
  { context, store }: GatewayContext,
  caller: Caller,
  query: { cursor?: string | undefined; limit: number; overdue?: "true" | undefined },
) {
  const now = context.clock.businessSeconds();
  const before = cursorPosition(query.cursor);
  const dueBy = query.overdue === undefined ? undefined : now;
  const rows = await listRedemptions(store.db, await readerOf(store, caller), { dueBy, before, limit: query.limit });
  const page = toPage(rows, query.limit, blockCursor);
  const names = await loadPartyNames(
    store,
    page.items.flatMap(({ bank, holder }) => [bank, holder]),
  );
  return { items: page.items.map((row) => toView(row, names, now)), nextCursor: page.nextCursor };
}
