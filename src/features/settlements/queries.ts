import * as z from "zod";
import { contractError } from "../../chain/contractErrors.ts";
import type { SettlementLeg } from "../../domain/events/settlement.ts";
import type { Context } from "../../shared/context.ts";
import { AppError } from "../../shared/errors.ts";
import { listPartyNames } from "../../store/credits.ts";
import {
  findConsents,
  findMovedThings,
  findProposal,
  listSettlements,
  type SettlementRecord,
} from "../../store/settlements.ts";
import type { Db } from "../../store/store.ts";
import type { Caller } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { type PartyNames, PartyRef, toPartyNames } from "../partyNames.ts";
import { decodeCursor, fromMinor, instant, MoneyText, toPage } from "../schemas.ts";

/** `undertakingId` of an undertaking that moves as a whole; `bank` of money that is a claim on it. */
const LegView = z.strictObject({
  from: PartyRef,
  to: PartyRef,
  money: MoneyText,
  bank: PartyRef.nullable(),
  undertakingId: z.string().nullable(),
  /** Of an undertaking: who owes it, and the first second at which it is due. */
  obligor: PartyRef.nullable(),
  dueAt: z.string().nullable(),
});

export const settlementStatuses = ["proposed", "expired", "executed", "cancelled"] as const;

/**
 * Movements that are made together or not at all. `legs` and `deadline` are null of one that was agreed elsewhere and
 * cancelled: the ledger says only who took part.
 */
export const SettlementView = z.strictObject({
  id: z.string(),
  status: z.enum(settlementStatuses),
  legs: z.array(LegView).nullable(),
  deadline: z.string().nullable(),
  proposedBy: PartyRef.nullable(),
  /** `consented` as far as it was given through this gateway. */
  parties: z.array(z.strictObject({ party: PartyRef, consented: z.boolean() })),
  cancelledBy: PartyRef.nullable(),
  endedAt: z.string().nullable(),
  transactionHash: z.string().nullable(),
});
export type SettlementView = z.infer<typeof SettlementView>;

/**
 * What a leg would do now. `error` is a code of the error table; the facts stay with whoever gives in the leg. Both are
 * null from the first leg on whose giver is another and has not consented: what it holds is nobody's to try out.
 */
export const SimulationView = z.strictObject({
  legs: z.array(z.strictObject({ ok: z.boolean().nullable(), error: z.string().nullable() })),
});
export type SimulationView = z.infer<typeof SimulationView>;

type Things = Awaited<ReturnType<typeof findMovedThings>>;

function legView(leg: SettlementLeg, things: Things, names: PartyNames): z.infer<typeof LegView> {
  const undertaking = things.undertakings.get(leg.item);
  const token = things.tokens.get(leg.target);
  const currency = undertaking?.currency ?? token?.currency;
  if (currency === undefined) throw new Error(`invariant: nothing is known of what ${leg.target} moves`);
  return {
    from: names.of(leg.from),
    to: names.of(leg.to),
    money: fromMinor(leg.amount, currency),
    bank: token ? names.of(token.bank) : null,
    undertakingId: undertaking ? leg.item : null,
    obligor: undertaking ? names.of(undertaking.obligor) : null,
    dueAt: undertaking ? instant(undertaking.due_at) : null,
  };
}

function statusOf({ status, deadline }: SettlementRecord, nowSeconds: number): SettlementView["status"] {
  if (status !== null) return status;
  return deadline !== null && nowSeconds > deadline ? "expired" : "proposed";
}

async function toViews(db: Db, rows: readonly SettlementRecord[], nowSeconds: number): Promise<SettlementView[]> {
  const legsOf = (row: SettlementRecord) => row.legs ?? row.proposed_legs;
  const things = await findMovedThings(
    db,
    rows.flatMap((row) => legsOf(row) ?? []),
  );
  const banks = [...things.tokens.values()].map(({ bank }) => bank);
  const obligors = [...things.undertakings.values()].map(({ obligor }) => obligor);
  const known = await listPartyNames(db, [...rows.flatMap(({ parties }) => parties), ...banks, ...obligors]);
  const names = toPartyNames(new Map(known.map(({ participantId, name }) => [participantId, name])));
  return rows.map((row) => ({
    id: row.id,
    status: statusOf(row, nowSeconds),
    legs: legsOf(row)?.map((leg) => legView(leg, things, names)) ?? null,
    deadline: row.deadline === null ? null : instant(row.deadline),
    proposedBy: row.proposed_by === null ? null : names.of(row.proposed_by),
    parties: row.parties.map((party) => ({ party: names.of(party), consented: row.consented.includes(party) })),
    cancelledBy: row.cancelled_by === null ? null : names.of(row.cancelled_by),
    endedAt: row.ended_at === null ? null : instant(row.ended_at),
    transactionHash: row.transaction_hash,
  }));
}

/** @throws AppError `request.not_found`, also of a settlement that concerns others only */
export async function getSettlement(
  { context, db }: { context: Context; db: Db },
  caller: Caller,
  id: string,
): Promise<SettlementView> {
  const rows = await listSettlements(db, caller.participantId ?? 0, { id, limit: 1 });
  const [view] = await toViews(db, rows, context.clock.businessSeconds());
  if (!view) throw new AppError("request.not_found");
  return view;
}

/** Settlements in which the caller gives or takes, in order of ids. */
export async function getSettlements(
  { store, context }: GatewayContext,
  caller: Caller,
  query: { cursor?: string | undefined; limit: number },
) {
  const after = decodeCursor(query.cursor);
  const rows = await listSettlements(store.db, caller.participantId ?? 0, { after, limit: query.limit + 1 });
  const page = toPage(rows, query.limit, ({ id }) => id);
  return {
    items: await toViews(store.db, page.items, context.clock.businessSeconds()),
    nextCursor: page.nextCursor,
  };
}

/** A settlement that was proposed here and has not ended. @throws AppError `request.not_found`, `settlement.wrong_status` */
export async function openProposal(gateway: GatewayContext, caller: Caller, id: string) {
  const { store, context } = gateway;
  const proposal = await findProposal(store.db, caller.participantId ?? 0, id);
  if (!proposal) throw new AppError("request.not_found");
  const { status } = await getSettlement({ context, db: store.db }, caller, id);
  if (status === "expired") {
    throw new AppError("settlement.expired", {
      id,
      deadline: proposal.deadline,
      time: context.clock.businessSeconds(),
    });
  }
  if (status !== "proposed") throw new AppError("settlement.wrong_status", { id, have: status, want: "none" });
  return proposal;
}

interface LegResult {
  readonly ok: boolean;
  readonly answer: string;
}

/** What the ledger would do with these legs now. @throws AppError where they are no settlement at all */
export async function simulateLegs(
  { reads, addresses }: GatewayContext,
  legs: readonly SettlementLeg[],
): Promise<SimulationView> {
  const results = await reads.read<LegResult[]>("AtomicSettlement", addresses.AtomicSettlement, {
    fn: "simulate",
    args: [legs],
  });
  return { legs: results.map(({ ok, answer }) => ({ ok, error: ok ? null : contractError(answer).code })) };
}

/** What `simulateLegs` says, as far as the caller may know it. */
export async function simulateProposal(gateway: GatewayContext, caller: Caller, id: string): Promise<SimulationView> {
  const { legs } = await openProposal(gateway, caller, id);
  const simulated = await simulateLegs(gateway, legs);
  const consents = await findConsents(gateway.store.db, id);
  const hidden = legs.findIndex(({ from }) => from !== caller.participantId && !consents.has(from));
  const told = hidden === -1 ? legs.length : hidden;
  return { legs: simulated.legs.map((leg, index) => (index < told ? leg : { ok: null, error: null })) };
}
