import * as z from "zod";
import { AppError } from "../../shared/errors.ts";
import { findCycle, listCycleNets, listCycles, listMandates } from "../../store/cycles.ts";
import type { Store } from "../../store/store.ts";
import type { Caller } from "../endpoint.ts";
import { loadPartyNames, PartyRef } from "../partyNames.ts";
import {
  blockCursor,
  cursorPosition,
  decodeCursor,
  fromMinor,
  instant,
  MoneyText,
  numberOfCursor,
  participantIdMax,
  toPage,
} from "../schemas.ts";

/** `until`: when the agent's mandate ends; null while the bank gave no notice. */
export const MandateView = z.strictObject({
  bank: PartyRef,
  agent: PartyRef,
  currency: z.string(),
  until: z.string().nullable(),
});

/** `gross` is what became settled, `paid` what was paid for it. `nets`: what a bank got, below zero what it paid. */
export const CycleView = z.strictObject({
  id: z.string(),
  agent: PartyRef,
  gross: MoneyText,
  paid: MoneyText,
  nets: z.array(z.strictObject({ bank: PartyRef, net: MoneyText })),
  settledAt: z.string(),
  transactionHash: z.string(),
});
type CycleView = z.infer<typeof CycleView>;

type Row = Awaited<ReturnType<typeof listCycles>>[number];

async function toViews(store: Store, bank: number, rows: readonly Row[]): Promise<CycleView[]> {
  const ids = rows.map(({ id }) => id);
  const nets = Map.groupBy(await listCycleNets(store.db, bank, ids), ({ cycle_id }) => cycle_id);
  const parties = [...nets.values()].flat().map((net) => net.bank);
  const names = await loadPartyNames(store, [...rows.map(({ agent }) => agent), ...parties]);
  return rows.map((row) => ({
    id: row.id,
    agent: names.of(row.agent),
    gross: fromMinor(row.gross, row.currency),
    paid: fromMinor(row.paid, row.currency),
    nets: (nets.get(row.id) ?? []).map((net) => ({ bank: names.of(net.bank), net: fromMinor(net.net, row.currency) })),
    settledAt: instant(row.settled_at),
    transactionHash: row.transaction_hash,
  }));
}

/** @throws AppError `request.not_found`, also of a cycle that concerns others only */
export async function getCycle(store: Store, caller: Caller, id: string): Promise<CycleView> {
  const bank = caller.participantId ?? 0;
  const row = await findCycle(store.db, bank, id);
  const [view] = row ? await toViews(store, bank, [row]) : [];
  if (!view) throw new AppError("request.not_found");
  return view;
}

/** Cycles that the calling bank settled as agent or took part in, newest first. */
export async function getCycles(store: Store, caller: Caller, query: { cursor?: string | undefined; limit: number }) {
  const bank = caller.participantId ?? 0;
  const rows = await listCycles(store.db, bank, { before: cursorPosition(query.cursor), limit: query.limit });
  const page = toPage(rows, query.limit, blockCursor);
  return { items: await toViews(store, bank, page.items), nextCursor: page.nextCursor };
}

/** Cursor of a mandate: currency and bank. */
function mandateOf(cursor: string | undefined) {
  const key = decodeCursor(cursor);
  if (key === undefined) return undefined;
  const [currency = "", bank, ...more] = key.split(":");
  if (!/^[A-Z]{3}$/.test(currency) || more.length > 0) throw new AppError("request.cursor_invalid");
  return { currency, bank: numberOfCursor(bank, participantIdMax) };
}

/** The calling bank's own agents, and the banks that chose it as theirs. */
export async function getMandates(store: Store, caller: Caller, query: { cursor?: string | undefined; limit: number }) {
  const after = mandateOf(query.cursor);
  const rows = await listMandates(store.db, caller.participantId ?? 0, { after, limit: query.limit });
  const page = toPage(rows, query.limit, ({ currency, bank }) => `${currency}:${bank}`);
  const names = await loadPartyNames(
    store,
    page.items.flatMap(({ bank, agent }) => [bank, agent]),
  );
  const items = page.items.map(({ bank, agent, currency, until }) => ({
    bank: names.of(bank),
    agent: names.of(agent),
    currency,
    until: until === null ? null : instant(until),
  }));
  return { items, nextCursor: page.nextCursor };
}
