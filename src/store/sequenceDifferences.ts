import { isDeepStrictEqual } from "node:util";
import { type Expression, type SqlBool, sql } from "kysely";
import type { DecodedBlock, LedgerEvent } from "../domain/ledgerEvent.ts";
import { subjectOf } from "./eventLog.ts";
import type { Db } from "./store.ts";
import type { Told } from "./views/project.ts";

/** More are not told; the first ones say what is wrong. */
export const differencesMax = 100;

interface Entry {
  readonly organisation_id: string;
  readonly sequence: number;
  readonly type: string;
  readonly subject: string;
  readonly data: Record<string, unknown>;
  readonly block_number: number;
  readonly block_hash: string;
  readonly log_index: number;
  readonly occurred_at: number;
}

/**
 * Where the sequences, with retractions applied, do not have exactly the events of these blocks, for exactly those whom
 * they concern, in the ledger's order.
 */
export async function findDifferences(
  db: Db,
  blocks: readonly DecodedBlock[],
  { told, organisations: byParticipant }: { told: readonly Told[]; organisations: ReadonlyMap<number, string> },
): Promise<string[]> {
  const expected = new Map<string, LedgerEvent[]>();
  for (const { event, participants } of told) {
    for (const participant of participants) {
      const organisation = byParticipant.get(participant);
      if (organisation === undefined) continue;
      const events = expected.get(organisation);
      if (events) events.push(event);
      else expected.set(organisation, [event]);
    }
  }
  const actual = Map.groupBy(await liveEntries(db, blocks), (entry) => entry.organisation_id);
  const organisations = [...new Set([...expected.keys(), ...actual.keys()])].sort();
  return organisations.flatMap((organisation) =>
    differencesOf(expected.get(organisation) ?? [], actual.get(organisation) ?? []).map(
      (difference) => `organisation ${organisation}: ${difference}`,
    ),
  );
}

function liveEntries(db: Db, blocks: readonly DecodedBlock[]): Promise<readonly Entry[]> {
  const first = blocks[0]?.block.number ?? 0;
  const last = blocks.at(-1)?.block.number ?? -1;
  return db
    .selectFrom("events")
    .selectAll()
    .where("block_number", ">=", first)
    .where("block_number", "<=", last)
    .where("retracts", "is", null)
    .where("retracted_by", "is", null)
    .orderBy("organisation_id")
    .orderBy("sequence")
    .execute();
}

const placeOf = (hash: string, logIndex: number) => `${hash} ${logIndex}`;

function differencesOf(expected: readonly LedgerEvent[], actual: readonly Entry[]): string[] {
  const entries = new Map(actual.map((entry) => [placeOf(entry.block_hash, entry.log_index), entry]));
  const places = new Set(expected.map((event) => placeOf(event.blockHash, event.logIndex)));
  const missing = expected.flatMap((event) => {
    const entry = entries.get(placeOf(event.blockHash, event.logIndex));
    const name = `${event.type} of block ${event.blockNumber}, log ${event.logIndex}`;
    if (!entry) return [`${name} is missing`];
    return isSame(event, entry) ? [] : [`${name} is told otherwise at sequence ${entry.sequence}`];
  });
  const surplus = actual
    .filter((entry) => !places.has(placeOf(entry.block_hash, entry.log_index)))
    .map(({ sequence, type, block_number }) => `${type} at sequence ${sequence} is not in block ${block_number}`);
  if (missing.length + surplus.length > 0) return [...missing, ...surplus];
  const isOrdered = expected.every((event, index) => {
    const entry = actual[index];
    return entry?.block_hash === event.blockHash && entry.log_index === event.logIndex;
  });
  return isOrdered ? [] : [`the order from sequence ${actual[0]?.sequence} on is not the ledger's`];
}

function isSame(event: LedgerEvent, entry: Entry): boolean {
  const { type, subject, data, block_number, occurred_at } = entry;
  return (
    type === event.type &&
    subject === subjectOf(event) &&
    block_number === event.blockNumber &&
    occurred_at === event.occurredAt &&
    isDeepStrictEqual(data, event.data)
  );
}

/** What is wrong with the sequences themselves, whatever the ledger says. */
export async function findBrokenSequences(db: Db): Promise<string[]> {
  return [
    ...(await findGaps(db)),
    ...(await findFalseRetractions(db)),
    ...(await findUnretracted(db)),
    ...(await findHomeless(db)),
  ];
}

/** Numbers are 1 to the last without a gap, and the counter says the one behind it. Either may be there alone. */
async function findGaps(db: Db): Promise<string[]> {
  const { rows } = await sql<{ id: string; entries: number; first: number; last: number; next: number | null }>`
    with counted as (
      select organisation_id, count(*) as entries, min(sequence) as first, max(sequence) as last
      from events group by organisation_id
    ), compared as (
      select organisation_id as id, coalesce(entries, 0) as entries, coalesce(first, 1) as first,
        coalesce(last, 0) as last, next_sequence as next
      from event_sequences full join counted using (organisation_id)
    )
    select * from compared where first <> 1 or last <> entries or next is distinct from entries + 1 order by id`.execute(
    db,
  );
  return rows.map(({ id, entries, first, last, next }) => {
    const range = first === 1 ? `up to sequence ${last}` : `from sequence ${first} to ${last}`;
    const following = next === null ? "no number is kept for the next" : `the next is to be ${next}`;
    return `organisation ${id}: ${entries} entries ${range}, and ${following}`;
  });
}

async function findFalseRetractions(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom("events as entry")
    .leftJoin("events as original", (join) =>
      join
        .onRef("original.organisation_id", "=", "entry.organisation_id")
        .onRef("original.sequence", "=", "entry.retracts"),
    )
    .select(["entry.organisation_id", "entry.sequence"])
    .where("entry.retracts", "is not", null)
    .where(isNoRetraction)
    .execute();
  return rows.map(({ organisation_id: id, sequence }) => `organisation ${id}: ${sequence} retracts no such event`);
}

async function findUnretracted(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom("events as original")
    .leftJoin("events as entry", (join) =>
      join
        .onRef("entry.organisation_id", "=", "original.organisation_id")
        .onRef("entry.retracts", "=", "original.sequence"),
    )
    .select(["original.organisation_id", "original.sequence"])
    .where("original.retracted_by", "is not", null)
    .where("entry.sequence", "is", null)
    .execute();
  return rows.map(({ organisation_id: id, sequence }) => `organisation ${id}: nothing retracts ${sequence}`);
}

async function findHomeless(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom("events")
    .leftJoin("blocks", (join) =>
      join.onRef("blocks.hash", "=", "events.block_hash").onRef("blocks.number", "=", "events.block_number"),
    )
    .select(["organisation_id", "sequence"])
    .where("retracts", "is", null)
    .where("retracted_by", "is", null)
    .where("blocks.number", "is", null)
    .execute();
  return rows.map(({ organisation_id: id, sequence }) => `organisation ${id}: ${sequence} is of no stored block`);
}

/** A retraction comes after an original that knows of it, and speaks of the same thing. */
function isNoRetraction(): Expression<SqlBool> {
  return sql<SqlBool>`(original.sequence is null or original.sequence >= entry.sequence
    or original.retracted_by is distinct from entry.sequence or original.retracts is not null
    or original.type <> entry.type or original.subject <> entry.subject or original.data <> entry.data
    or original.block_number <> entry.block_number or original.block_hash <> entry.block_hash
    or original.log_index <> entry.log_index or original.occurred_at <> entry.occurred_at)`;
}
