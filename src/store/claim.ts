import { type RawBuilder, sql } from "kysely";
import type { ClaimedIntent, Take } from "../domain/transaction.ts";
import type { Transaction } from "./store.ts";

/*
 * Which intents a lane may sign next. Two rules keep the acts on a deal in order:
 *
 * 1. A deal is never in flight in two lanes: an intent waits while another lane has taken one that shares a deal.
 * 2. Among intents that nobody has taken, the lower position goes first, whatever their lanes.
 *
 * What is signed waits for nothing, and what is not waits only for lower positions, for what is signed, or for what
 * another lane has just taken and lets go when it looks again; so nobody waits in a circle. What a lane took and did not
 * sign it takes anew, by both rules: under another number of lanes an act that was taken with it may go first, elsewhere.
 * Positions come from a sequence and not from commits: an act can appear below one
 * that was taken before. Both were accepted at the same time then, and rule 1 makes the late one wait its turn.
 */

/** Any constant serves, as long as every release takes the same. */
const claimLockKey = 7_238_412;
/** Intents looked at in one round, and rounds, so that a long row of waiting ones costs a bounded time. */
const pageMin = 200;
const pagesMax = 20;

interface Candidate {
  readonly id: string;
  readonly position: number;
  readonly deal: string;
  readonly other_deal: string | null;
  readonly waits: boolean;
}

/** Whether anything is there that a claim of this lane could look at; a read without locks. */
export function somethingWaits({ lane, laneCount }: Omit<Take, "limit">): RawBuilder<{ found: boolean }> {
  return sql<{ found: boolean }>`select exists (
    select from transactions
    where status in ('accepted', 'assigned') and slot % ${laneCount}::int = ${lane.number}::int
  ) as found`;
}

/** Marks the intents that this lane signs next as its own and gives them in order of their positions. */
export async function claimIntents(tx: Transaction, take: Take): Promise<readonly ClaimedIntent[]> {
  // One at a time over all lanes: each then sees what the one before has taken.
  await sql`select pg_advisory_xact_lock(${claimLockKey}::bigint)`.execute(tx);
  await tidy(tx, take);
  const chosen = await choose(tx, take);
  if (chosen.length === 0) return [];
  const ids = chosen.map(({ id }) => id);
  const { rows } = await sql<{ id: string; target: string; data: string; trace_parent: string | null }>`
    update transactions set status = 'assigned', lane = ${take.lane.address} where id = any(${ids}::text[])
    returning id, target, data, trace_parent`.execute(tx);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    return row ? [{ id, target: row.target, data: row.data, traceParent: row.trace_parent }] : [];
  });
}

/**
 * Intents without a nonce whose cancellation was asked for end here. Others that somebody had taken and not signed, this
 * lane before a crash or another one when there was another number of lanes, begin again.
 */
async function tidy(tx: Transaction, { lane, laneCount }: Take): Promise<void> {
  await sql`update transactions
    set status = case when cancel_requested_by is null then 'accepted' else 'cancelled' end, lane = null
    where id in (
      select transactions.id from lanes join transactions on transactions.lane = lanes.address
      where transactions.nonce is null and transactions.status = 'assigned'
        and transactions.slot % ${laneCount}::int = ${lane.number}::int
      for update of transactions skip locked
    )`.execute(tx);
}

async function choose(tx: Transaction, take: Take): Promise<readonly Candidate[]> {
  const chosen: Candidate[] = [];
  const blocked = new Set<string>();
  const pageSize = Math.max(take.limit, pageMin);
  let after = -1;
  for (let page = 0; page < pagesMax && chosen.length < take.limit; page += 1) {
    const found = await findCandidates(tx, take, { after, pageSize });
    const { free, seen } = pick(found, blocked, take.limit - chosen.length);
    chosen.push(...(await lockFree(tx, free, blocked)));
    after = seen ?? after;
    if (seen === undefined || (found.length < pageSize && seen === found.at(-1)?.position)) break;
  }
  return chosen;
}

/** Goes down the list until there are enough; whatever shares a deal with one that waits, waits behind it. */
function pick(
  candidates: readonly Candidate[],
  blocked: Set<string>,
  limit: number,
): { free: readonly Candidate[]; seen: number | undefined } {
  const free: Candidate[] = [];
  let seen: number | undefined;
  for (const candidate of candidates) {
    if (free.length === limit) break;
    seen = candidate.position;
    if (candidate.waits || isBlocked(candidate, blocked)) block(candidate, blocked);
    else free.push(candidate);
  }
  return { free, seen };
}

/**
 * A row that somebody else is changing right now (a cancellation) is not waited for; it counts as one that waits, so
 * that nothing passes it.
 */
async function lockFree(
  tx: Transaction,
  free: readonly Candidate[],
  blocked: Set<string>,
): Promise<readonly Candidate[]> {
  if (free.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    select id from transactions where id = any(${free.map(({ id }) => id)}::text[])
      and status in ('accepted', 'assigned') and cancel_requested_by is null
    for update skip locked`.execute(tx);
  const locked = new Set(rows.map(({ id }) => id));
  // Not `blocked`: that has deals of intents further down, which these come before.
  const skipped = new Set<string>();
  const passing = free.filter((candidate) => {
    const passes = locked.has(candidate.id) && !isBlocked(candidate, skipped);
    if (!passes) block(candidate, skipped);
    return passes;
  });
  for (const deal of skipped) blocked.add(deal);
  return passing;
}

function isBlocked({ deal, other_deal: other }: Candidate, blocked: ReadonlySet<string>): boolean {
  return blocked.has(deal) || (other !== null && blocked.has(other));
}

function block({ deal, other_deal: other }: Candidate, blocked: Set<string>): void {
  blocked.add(deal);
  if (other !== null) blocked.add(other);
}

/** The next intents of this lane, and whether each must wait for another lane. */
async function findCandidates(
  tx: Transaction,
  { lane, laneCount }: Take,
  { after, pageSize }: { after: number; pageSize: number },
): Promise<readonly Candidate[]> {
  const isForeign = (slot: string) => sql`${sql.ref(slot)} % ${laneCount}::int <> ${lane.number}::int`;
  const { rows } = await sql<Candidate>`
    with candidate as materialized (
      select id, position, deal, other_deal from transactions
      where status in ('accepted', 'assigned') and slot % ${laneCount}::int = ${lane.number}::int
        and position > ${after}::bigint
      order by position limit ${pageSize}::int
    ), deal as materialized (
      select deal as id from candidate
      union select other_deal from candidate where other_deal is not null
    ), taken as (
      select own.deal, own.other_deal from lanes join transactions own on own.lane = lanes.address
      where lanes.address <> ${lane.address} and own.status in ('signed', 'broadcast')
      union all
      select own.deal, own.other_deal from lanes join transactions own on own.lane = lanes.address
      where own.nonce is null and own.status = 'assigned' and ${isForeign("own.slot")}
    ), wait as (
      select deal as id, 0 as since from taken
      union all select other_deal, 0 from taken where other_deal is not null
      -- All acts of a deal have its slot, so the first one tells whose they are.
      union all select deal.id, first.position from deal cross join lateral (
        select position, slot from transactions
        where transactions.deal = deal.id and status = 'accepted' order by position limit 1
      ) first where ${isForeign("first.slot")}
      union all select deal.id, first.position from deal cross join lateral (
        select position from transactions
        where transactions.other_deal = deal.id and status = 'accepted' and ${isForeign("transactions.slot")}
        order by position limit 1
      ) first
    ), earliest as (
      select id, min(since) as since from wait group by id
    )
    select candidate.id, position, deal, other_deal,
      coalesce(least(one.since, other.since) < position, false) as waits
    from candidate
      left join earliest one on one.id = candidate.deal
      left join earliest other on other.id = candidate.other_deal
    order by position`.execute(tx);
  return rows;
}
