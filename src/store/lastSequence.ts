import type { Db } from "./store.ts";

/** Sequence number of an organisation's last event, 0 before the first. */
export async function findLastSequence(db: Db, organisationId: string): Promise<number> {
  const row = await db
    .selectFrom("event_sequences")
    .select("next_sequence")
    .where("organisation_id", "=", organisationId)
    .executeTakeFirst();
  return (row?.next_sequence ?? 1) - 1;
}
