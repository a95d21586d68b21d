import * as z from "zod";
import { EscrowTerms } from "../../domain/events/escrow.ts";
import { AppError } from "../../shared/errors.ts";
import { findEscrow, listEscrows } from "../../store/escrows.ts";
import type { Caller } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { loadPartyNames, type PartyNames, PartyRef } from "../partyNames.ts";
import { decodeCursor, fromMinor, instant, MoneyText, numberOfCursor, toPage } from "../schemas.ts";
import { exits, lapseTime, milestoneDeadlines, statusAt } from "./timedExits.ts";

export const escrowStatuses = ["proposed", "agreed", "funded", "settled", "lapsed"] as const;
type EscrowStatus = (typeof escrowStatuses)[number];

/** An escrow in a list. `status` is as time has made it; `title` is null when it was proposed outside this gateway. */
export const EscrowSummary = z.strictObject({
  id: z.string(),
  status: z.enum(escrowStatuses),
  buyer: PartyRef,
  seller: PartyRef,
  arbiter: PartyRef,
  title: z.string().nullable(),
  total: MoneyText,
  /** Funded and not yet settled. */
  locked: MoneyText,
  fundBy: z.string(),
  proposedAt: z.string(),
});

/** `position` counts from 0. Times are null while they do not run; an end is the first second at which time is over. */
const MilestoneView = z.strictObject({
  position: z.int(),
  title: z.string().nullable(),
  money: MoneyText,
  status: z.enum(["open", "delivered", "disputed", "settled"]),
  /** Last second for delivery. */
  dueAt: z.string(),
  deliveredAt: z.string().nullable(),
  disputedAt: z.string().nullable(),
  inspectionEndsAt: z.string().nullable(),
  rulingEndsAt: z.string().nullable(),
  toSeller: MoneyText.nullable(),
  toBuyer: MoneyText.nullable(),
  /** What ends it without anybody's cooperation, from when, and whether that time has come. */
  timedExit: z.strictObject({ exit: z.enum(exits), from: z.string(), open: z.boolean() }).nullable(),
});

/** What a party said of a milestone. With `salt` its commitment on the ledger can be checked. */
const EvidenceView = z.strictObject({
  position: z.int(),
  kind: z.enum(["delivery", "dispute"]),
  by: PartyRef,
  text: z.string(),
  commitment: z.string(),
  salt: z.string(),
});

export const EscrowView = EscrowSummary.extend({
  proposer: PartyRef,
  bank: PartyRef,
  token: z.string(),
  text: z.string().nullable(),
  termsCommitment: z.string(),
  /** Salt of the texts' commitment, for checking it. */
  contentSalt: z.string().nullable(),
  inspectionDays: z.number(),
  rulingDays: z.number(),
  defaultSellerBps: z.int(),
  /** What each party may take out now. */
  claimable: z.strictObject({ buyer: MoneyText, seller: MoneyText }),
  milestones: z.array(MilestoneView),
  evidence: z.array(EvidenceView),
  /** From when the ledger may record that the offer has lapsed; null once it is funded or recorded. */
  lapse: z.strictObject({ from: z.string(), open: z.boolean() }).nullable(),
});
export type EscrowView = z.infer<typeof EscrowView>;

type ListRow = Awaited<ReturnType<typeof listEscrows>>[number];
export type EscrowRow = NonNullable<Awaited<ReturnType<typeof findEscrow>>>;

const daySeconds = 86_400;

function toSummary(row: ListRow, names: PartyNames, nowSeconds: number): z.infer<typeof EscrowSummary> {
  const { id, status, title, currency, fund_by: fundBy } = row;
  return {
    id,
    status: statusAt({ status, fundBy }, nowSeconds),
    buyer: names.of(row.buyer),
    seller: names.of(row.seller),
    arbiter: names.of(row.arbiter),
    title,
    total: fromMinor(row.total ?? "0", currency),
    locked: fromMinor(row.locked, currency),
    fundBy: instant(fundBy),
    proposedAt: instant(row.proposed_at),
  };
}

function instantOrNull(seconds: number | null): string | null {
  return seconds === null ? null : instant(seconds);
}

function toMilestone(row: EscrowRow, index: number, nowSeconds: number): z.infer<typeof MilestoneView> | undefined {
  const milestone = row.milestones[index];
  if (!milestone) return undefined;
  const money = (amount: string | null) => (amount === null ? null : fromMinor(amount, row.currency));
  const deadlines = milestoneDeadlines(milestone, EscrowTerms.parse(row.terms), row.status === "funded");
  const { exit } = deadlines;
  return {
    position: milestone.position,
    title: row.milestoneTitles?.[milestone.position] ?? null,
    money: fromMinor(milestone.amount, row.currency),
    status: milestone.status,
    dueAt: instant(milestone.dueAt),
    deliveredAt: instantOrNull(milestone.deliveredAt),
    disputedAt: instantOrNull(milestone.disputedAt),
    inspectionEndsAt: instantOrNull(deadlines.inspectionEnds),
    rulingEndsAt: instantOrNull(deadlines.rulingEnds),
    toSeller: money(milestone.toSeller),
    toBuyer: money(milestone.toBuyer),
    timedExit: exit && { exit: exit.exit, from: instant(exit.from), open: nowSeconds >= exit.from },
  };
}

function lapseOf(row: EscrowRow, nowSeconds: number): EscrowView["lapse"] {
  if (row.status !== "proposed" && row.status !== "agreed") return null;
  const from = lapseTime({ fundBy: row.fund_by });
  return { from: instant(from), open: nowSeconds >= from };
}

function toView(row: EscrowRow, names: PartyNames, nowSeconds: number): EscrowView {
  const terms = EscrowTerms.parse(row.terms);
  const claimableOf = (participant: number) =>
    fromMinor(row.claimables.find((claimable) => claimable.participant === participant)?.amount ?? "0", row.currency);
  return {
    ...toSummary(row, names, nowSeconds),
    proposer: names.of(row.proposer),
    bank: names.of(row.bank),
    token: row.token,
    text: row.text,
    termsCommitment: terms.termsCommitment,
    contentSalt: row.contentSalt,
    inspectionDays: terms.inspectionSeconds / daySeconds,
    rulingDays: terms.rulingSeconds / daySeconds,
    defaultSellerBps: terms.defaultSellerBps,
    claimable: { buyer: claimableOf(row.buyer), seller: claimableOf(row.seller) },
    milestones: row.milestones.flatMap((_, index) => toMilestone(row, index, nowSeconds) ?? []),
    evidence: row.evidence.map(({ participant, ...said }) => ({ ...said, by: names.of(participant) })),
    lapse: lapseOf(row, nowSeconds),
  };
}

/** An escrow of which the caller's organisation is buyer, seller or arbiter. @throws AppError `request.not_found` */
export async function ownEscrow({ store }: GatewayContext, caller: Caller, escrowId: string): Promise<EscrowRow> {
  const row = caller.participantId === null ? undefined : await findEscrow(store.db, caller.participantId, escrowId);
  if (!row) throw new AppError("request.not_found");
  return row;
}

/** @throws AppError `request.not_found` */
export async function getEscrow(gateway: GatewayContext, caller: Caller, escrowId: string): Promise<EscrowView> {
  const row = await ownEscrow(gateway, caller, escrowId);
  const names = await loadPartyNames(gateway.store, [row.buyer, row.seller, row.arbiter, row.bank]);
  return toView(row, names, gateway.context.clock.businessSeconds());
}

/** The place in the list after which a page begins. @throws AppError `request.cursor_invalid` */
function placeOf(cursor: string | undefined) {
  const key = decodeCursor(cursor);
  if (key === undefined) return undefined;
  const [proposedAt, id, ...more] = key.split(":");
  if (id === undefined || more.length > 0) throw new AppError("request.cursor_invalid");
  return { proposedAt: numberOfCursor(proposedAt), id };
}

export async function listOwnEscrows(
  { store, context }: GatewayContext,
  caller: Caller,
  query: {
    status?: EscrowStatus | undefined;
    party?: number | undefined;
    cursor?: string | undefined;
    limit: number;
  },
) {
  const after = placeOf(query.cursor);
  if (caller.participantId === null) return { items: [], nextCursor: null };
  const nowSeconds = context.clock.businessSeconds();
  const { status, party, limit } = query;
  const rows = await listEscrows(store.db, caller.participantId, { status, party, nowSeconds, after, limit });
  const page = toPage(rows, limit, (row) => `${row.proposed_at}:${row.id}`);
  const names = await loadPartyNames(
    store,
    page.items.flatMap((row) => [row.buyer, row.seller, row.arbiter]),
  );
  return { items: page.items.map((row) => toSummary(row, names, nowSeconds)), nextCursor: page.nextCursor };
}
