import { sql } from "kysely";
import type { LedgerEvent } from "../domain/ledgerEvent.ts";
import type { Db, Transaction } from "./store.ts";

/**
 * Appends an event to the sequence of each organisation that it concerns. Numbers come from a counter row in the same
 * transaction, so the sequence has no gaps and is in commit order.
 */
export async function appendEvent(tx: Transaction, event: LedgerEvent, participants: readonly number[]): Promise<void> {
  const ids = [...new Set(participants)].filter((id) => id > 0);
  if (ids.length === 0) return;
  const organisations = await tx
    .selectFrom("organisations")
    .select("id")
    .where("participant_id", "in", ids)
    .orderBy("id")
    .execute();
  for (const { id } of organisations) {
    const { next_sequence } = await tx
      .insertInto("event_sequences")
      .values({ organisation_id: id, next_sequence: 2 })
      .onConflict((conflict) =>
        conflict.column("organisation_id").doUpdateSet({ next_sequence: sql`event_sequences.next_sequence + 1` }),
      )
      .returning("next_sequence")
      .executeTakeFirstOrThrow();
    await tx
      .insertInto("events")
      .values({
        organisation_id: id,
        sequence: next_sequence - 1,
        type: event.type,
        subject: subjectOf(event),
        data: JSON.stringify(event.data),
        block_number: event.blockNumber,
        block_hash: event.blockHash,
        log_index: event.logIndex,
        occurred_at: event.occurredAt,
      })
      .execute();
  }
}

/** The thing that the event is about. */
export function subjectOf({ data }: LedgerEvent): string {
  if ("creditId" in data && !("id" in data)) return data.creditId;
  if ("id" in data) return String(data.id);
  if ("token" in data) return data.token;
  if ("bank" in data) return String(data.bank);
  if ("account" in data) return data.account;
  return data.currency;
}

/** Events of one organisation after a sequence number, in order. */
export function listEvents(
  db: Db,
  organisationId: string,
  filter: { after: number; subject: string | undefined; limit: number },
) {
  const { subject } = filter;
  return db
    .selectFrom("events")
    .selectAll()
    .where("organisation_id", "=", organisationId)
    .where("sequence", ">", filter.after)
    .$if(subject !== undefined, (query) => query.where("subject", "=", subject ?? ""))
    .orderBy("sequence")
    .limit(filter.limit)
    .execute();
}
