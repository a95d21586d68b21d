import { sql } from "kysely";
import type { LedgerEvent } from "../domain/ledgerEvent.ts";
import type { Db, Transaction } from "./store.ts";
import type { Told } from "./views/project.ts";

/**
 * Appends events, in this order, to the sequence of each organisation that they concern. Numbers come from a counter
 * row in the same transaction, so the sequence has no gaps and is in commit order. Two statements, however many events.
 */
export async function appendEvents(tx: Transaction, told: readonly Told[]): Promise<void> {
  const organisations = await findOrganisations(tx, told);
  const rows = told.flatMap(({ event, participants }, place) => {
    const heardBy = [...new Set(participants)].flatMap((participant) => organisations.get(participant) ?? []);
    if (heardBy.length === 0) return [];
    return {
      ...{ place, heard_by: heardBy, type: event.type, subject: subjectOf(event), data: event.data },
      ...{ block_number: event.blockNumber, block_hash: event.blockHash, log_index: event.logIndex },
      occurred_at: event.occurredAt,
    };
  });
  if (rows.length === 0) return;
  await sql`with heard as materialized (
      select heard_by.organisation_id, entry.*,
        row_number() over (partition by heard_by.organisation_id order by entry.place) as nth
      from json_to_recordset(${JSON.stringify(rows)}::json) as entry (place integer, heard_by text[], type text,
        subject text, data jsonb, block_number bigint, block_hash text, log_index integer, occurred_at bigint)
      cross join unnest(entry.heard_by) as heard_by (organisation_id)
    ), counted as (
      select organisation_id, count(*) as entry_count from heard group by organisation_id
    ), moved as (
      insert into event_sequences (organisation_id, next_sequence)
      select organisation_id, entry_count + 1 from counted order by organisation_id
      on conflict (organisation_id) do update
        set next_sequence = event_sequences.next_sequence + excluded.next_sequence - 1
      returning organisation_id, next_sequence
    )
    insert into events (organisation_id, sequence, type, subject, data, block_number, block_hash, log_index, occurred_at)
    select heard.organisation_id, moved.next_sequence - counted.entry_count - 1 + heard.nth, type, subject, data,
      block_number, block_hash, log_index, occurred_at
    from heard join counted using (organisation_id) join moved using (organisation_id)`.execute(tx);
}

/** Organisations of this gateway by participant, of all whom these events concern. */
export async function findOrganisations(db: Db, told: readonly Told[]): Promise<ReadonlyMap<number, string>> {
  const ids = [...new Set(told.flatMap(({ participants }) => participants))];
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: string; participant_id: number }>`select id, participant_id from organisations
    where participant_id = any(${ids}::integer[])`.execute(db);
  return new Map(rows.map(({ id, participant_id }) => [participant_id, id]));
}

/**
 * Takes back every event of the blocks above a number: each organisation hears, last event first, of the same thing
 * again with the sequence number that it retracts. How many entries were appended.
 */
export async function retractEvents(tx: Transaction, above: number): Promise<number> {
  const { rows } = await sql<{ appended: number }>`with victims as materialized (
      select events.*, row_number() over (partition by organisation_id order by sequence desc) as nth
      from events where block_number > ${above} and retracts is null and retracted_by is null
    ), counted as (
      select organisation_id, count(*) as entry_count from victims group by organisation_id
    ), moved as (
      update event_sequences set next_sequence = event_sequences.next_sequence + counted.entry_count
      from counted where event_sequences.organisation_id = counted.organisation_id
      returning event_sequences.organisation_id, event_sequences.next_sequence - counted.entry_count as first
    ), numbered as materialized (
      select victims.*, moved.first + victims.nth - 1 as number from victims join moved using (organisation_id)
    ), marked as (
      update events set retracted_by = numbered.number from numbered
      where events.organisation_id = numbered.organisation_id and events.sequence = numbered.sequence
    ), appended as (
      insert into events (organisation_id, sequence, type, subject, data, block_number, block_hash, log_index,
        occurred_at, retracts)
      select organisation_id, number, type, subject, data, block_number, block_hash, log_index, occurred_at, sequence
      from numbered returning 1
    )
    select count(*) as appended from appended`.execute(tx);
  return rows[0]?.appended ?? 0;
}

/** The thing that the event is about. */
export function subjectOf({ data }: LedgerEvent): string {
  if ("creditId" in data && !("id" in data)) return data.creditId;
  if ("id" in data) return String(data.id);
  if ("cycleId" in data) return data.cycleId;
  if ("token" in data) return data.token;
  if ("bank" in data) return String(data.bank);
  if ("account" in data) return data.account;
  if ("creditor" in data) return `${data.creditor}:${data.debtor}:${data.currency}`;
  return data.currency;
}

/** Events of one organisation after a sequence number, in order, each with whether it can still be taken back. */
export function listEvents(
  db: Db,
  organisationId: string,
  filter: { after: number; subject: string | undefined; limit: number },
) {
  const { subject } = filter;
  return db
    .selectFrom("events")
    .selectAll()
    .select(sql<boolean>`block_number <= coalesce((select finalized_number from chain_state), -1)`.as("final"))
    .where("organisation_id", "=", organisationId)
    .where("sequence", ">", filter.after)
    .$if(subject !== undefined, (query) => query.where("subject", "=", subject ?? ""))
    .orderBy("sequence")
    .limit(filter.limit)
    .execute();
}
