import { sql } from "kysely";
import { pendingStatuses, type TransactionStatus } from "../domain/transaction.ts";
import { AppError } from "../shared/errors.ts";
import type { Db, Transaction } from "./store.ts";

/** How many transactions may be on the way to a block. */
export interface QueueLimits {
  readonly perOrganisation: number;
  /** Of all organisations together. */
  readonly overall: number;
  readonly retryAfterSeconds: number;
}

type Scope = "organisation" | "all";

/**
 * For whom a transaction has found no room, by organisation. Only what it cancels itself makes room again before its
 * end, so whoever comes later in the same transaction is refused without another count.
 */
const foundFull = new WeakMap<Transaction, Map<string, Scope>>();

/**
 * Refuses in the commit that would accept more than may wait, so nothing is acknowledged that is not kept. Commits at
 * the same moment do not see each other: at most as many as there are connections pass beyond the bound.
 * @throws AppError `queue.full` with `scope` (`organisation` or `all`) and `retryAfterSeconds`.
 */
export async function assertQueueRoom(tx: Transaction, organisationId: string, limits: QueueLimits): Promise<void> {
  const [refusal] = await queueRefusals(tx, [organisationId], limits);
  if (refusal) throw refusal;
}

/** The refusal of one more, where this transaction has found no room for the organisation before. Asks nobody. */
export function knownRefusal(tx: Transaction, organisationId: string, limits: QueueLimits): AppError | undefined {
  const scope = foundFull.get(tx)?.get(organisationId);
  return scope && refusalOf(scope, limits);
}

/**
 * One more for each of these organisations, in this order: at its place undefined where it has room behind those before
 * it that have, else why not. Where no organisation stands, none is added. All are counted in one statement, before the
 * caller adds any.
 */
export async function queueRefusals(
  tx: Transaction,
  organisationIds: readonly (string | undefined)[],
  limits: QueueLimits,
): Promise<readonly (AppError | undefined)[]> {
  const { perOrganisation, overall } = limits;
  const asked = organisationIds.filter((id) => id !== undefined && !knownRefusal(tx, id, limits)) as string[];
  const isNear =
    asked.length > 0 && (await countAtMost(tx, overall)) + asked.length > Math.min(perOrganisation, overall);
  const open = isNear ? await countOpen(tx, asked, limits) : undefined;
  return organisationIds.map((id) => {
    const known = id === undefined ? undefined : knownRefusal(tx, id, limits);
    if (id === undefined || known || !open) return known;
    const own = open.own.get(id) ?? 0;
    if (own >= perOrganisation) return refusalOf("organisation", limits);
    if (open.overall >= overall) return refusalOf("all", limits);
    open.own.set(id, own + 1);
    open.overall += 1;
    return undefined;
  });
}

function refusalOf(scope: Scope, { retryAfterSeconds }: QueueLimits): AppError {
  return new AppError("queue.full", { scope, retryAfterSeconds });
}

/**
 * No fewer than are open, without counting a long queue at every acceptance: those with a nonce, and the length from
 * the first to the last position that waits for one.
 */
async function countAtMost(tx: Transaction, overall: number): Promise<number> {
  const { rows } = await sql<{ bound: number }>`select (
      select count(*) from (
        select from transactions where status in ('signed', 'broadcast') limit ${overall}::bigint) as sent
    ) + coalesce(
      (select max(position) from transactions where status in ('accepted', 'assigned'))
      - (select min(position) from transactions where status in ('accepted', 'assigned')) + 1, 0
    ) as bound`.execute(tx);
  return rows[0]?.bound ?? 0;
}

/** Counts no further than the bounds, over indexes of the open ones, and remembers where there is no room. */
async function countOpen(
  tx: Transaction,
  organisationIds: readonly string[],
  { perOrganisation, overall }: QueueLimits,
): Promise<{ readonly own: Map<string, number>; overall: number }> {
  const { rows } = await sql<{ id: string; own: number; overall: number }>`select asked.id,
    (select count(*) from (
      select from transactions
      where organisation_id = asked.id and status in ('accepted', 'assigned', 'signed', 'broadcast')
      limit ${perOrganisation}::bigint) as counted) as own,
    (select count(*) from (
      select from transactions where status in ('accepted', 'assigned') limit ${overall}::bigint) as counted)
    + (select count(*) from (
      select from transactions where status in ('signed', 'broadcast') limit ${overall}::bigint) as counted) as overall
    from unnest(${[...new Set(organisationIds)]}::text[]) as asked (id)
  `.execute(tx);
  const full = foundFull.get(tx) ?? new Map<string, Scope>();
  foundFull.set(tx, full);
  for (const row of rows) {
    if (row.own >= perOrganisation) full.set(row.id, "organisation");
    else if (row.overall >= overall) full.set(row.id, "all");
  }
  return { own: new Map(rows.map(({ id, own }) => [id, own])), overall: rows[0]?.overall ?? 0 };
}

/**
 * A user's wish to cancel. Without a nonce in any lane the transaction is *cancelled* at once; with one, its lane is
 * told to use the nonce up with a no-op, and which of the two is mined decides. Asking again changes nothing.
 *
 * Returns the status after it, undefined for an id that is not the organisation's.
 * @throws AppError `transaction.wrong_state` with the `status` when it is in a block or has ended.
 */
export async function requestCancellation(
  tx: Transaction,
  wish: { readonly organisationId: string; readonly transactionId: string; readonly userId: string },
): Promise<{ readonly status: TransactionStatus } | undefined> {
  const row = await tx
    .selectFrom("transactions")
    .select(["status", "cancel_requested_by"])
    .where("organisation_id", "=", wish.organisationId)
    .where("id", "=", wish.transactionId)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return undefined;
  if (row.status === "cancelled" && row.cancel_requested_by !== null) return { status: row.status };
  if (!pendingStatuses.some((pending) => pending === row.status)) {
    throw new AppError("transaction.wrong_state", { status: row.status });
  }
  const status = row.status === "accepted" ? "cancelled" : row.status;
  await tx
    .updateTable("transactions")
    .set({ status, cancel_requested_by: row.cancel_requested_by ?? wish.userId })
    .where("id", "=", wish.transactionId)
    .execute();
  foundFull.delete(tx);
  return { status };
}

/** What waits for a block, for metrics. */
export interface QueueState {
  readonly count: Readonly<Record<(typeof pendingStatuses)[number], number>>;
  /** When the oldest of them was accepted; null when there is none. */
  readonly oldestCreatedAtMs: number | null;
}

/** Counts the transactions that are not in a block yet. Its cost grows with those, not with the history. */
export async function countByStatus(db: Db): Promise<QueueState> {
  const rows = await db
    .selectFrom("transactions")
    .select(["status", sql<number>`count(*)`.as("count"), sql<number>`min(created_at_ms)`.as("oldest")])
    .where("status", "in", [...pendingStatuses])
    .groupBy("status")
    .execute();
  const count = { accepted: 0, assigned: 0, signed: 0, broadcast: 0, ...toCounts(rows) };
  const oldestCreatedAtMs = rows.length === 0 ? null : Math.min(...rows.map(({ oldest }) => oldest));
  return { count, oldestCreatedAtMs };
}

function toCounts(rows: readonly { status: TransactionStatus; count: number }[]): Record<string, number> {
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}
