import * as z from "zod";
import { AppError } from "../../shared/errors.ts";
import {
  findUndertaking,
  listUndertakings,
  type UndertakingFilter,
  type UndertakingRole,
  type UndertakingStatus,
} from "../../store/undertakings.ts";
import type { Caller } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { loadPartyNames, type PartyNames, PartyRef } from "../partyNames.ts";
import { decodeCursor, fromMinor, Hex32, Instant, instant, MoneyText, toPage } from "../schemas.ts";

/** What a bank owes under a credit, to whom, and when. */
export const UndertakingView = z.strictObject({
  id: Hex32,
  creditId: Hex32,
  presentationId: Hex32,
  obligor: PartyRef,
  holder: PartyRef,
  amount: MoneyText,
  dueAt: Instant,
  /** Business time has reached `dueAt`: the holder can claim. */
  isDue: z.boolean(),
  /** `transferred` to one that held it and gave it away: `holder` is whom it gave it to, whatever came later. */
  status: z.enum(["owed", "paid", "transferred"]),
  transferredAt: Instant.nullable(),
});
export type UndertakingView = z.infer<typeof UndertakingView>;

type Row = NonNullable<Awaited<ReturnType<typeof findUndertaking>>>;

/** A row as its parties see it. */
export function toUndertakingView(row: Row, names: PartyNames, nowSeconds: number): UndertakingView {
  return {
    id: row.id,
    creditId: row.credit_id,
    presentationId: row.presentation_id,
    obligor: names.of(row.obligor),
    holder: names.of(row.holder),
    amount: fromMinor(row.amount, row.currency),
    dueAt: instant(row.due_at),
    isDue: nowSeconds >= row.due_at,
    status: row.status,
    transferredAt: row.transferred_at === null ? null : instant(row.transferred_at),
  };
}

async function toViews(gateway: GatewayContext, rows: readonly Row[]): Promise<UndertakingView[]> {
  const ids = rows.flatMap(({ obligor, holder }) => [obligor, holder]);
  const names = await loadPartyNames(gateway.store, ids);
  const now = gateway.context.clock.businessSeconds();
  return rows.map((row) => toUndertakingView(row, names, now));
}

export interface UndertakingQuery {
  readonly role?: UndertakingRole | undefined;
  readonly status?: UndertakingStatus | undefined;
  readonly credit?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Undertakings of which the caller's organisation is obligor or holder, or which it held and gave away. */
export async function listOwnUndertakings(gateway: GatewayContext, caller: Caller, query: UndertakingQuery) {
  const { role, status, credit: creditId, limit } = query;
  const filter: UndertakingFilter = { role, status, creditId, cursor: decodeCursor(query.cursor), limit };
  const rows = await listUndertakings(gateway.store.db, caller.participantId ?? 0, filter);
  const page = toPage(rows, limit, (row) => row.id);
  return { items: await toViews(gateway, page.items), nextCursor: page.nextCursor };
}

/** @throws AppError `request.not_found` */
export async function getUndertaking(gateway: GatewayContext, caller: Caller, id: string): Promise<UndertakingView> {
  const row = await findUndertaking(gateway.store.db, caller.participantId ?? 0, id);
  const [view] = row ? await toViews(gateway, [row]) : [];
  if (!view) throw new AppError("request.not_found");
  return view;
}
