import type { Db } from "./store.ts";

/** Undertakings of which a participant is obligor or holder; to others they do not exist. */
function ofParticipant(db: Db, participantId: number) {
  return db
    .selectFrom("undertakings")
    .innerJoin("deposit_tokens", "deposit_tokens.address", "undertakings.token")
    .selectAll("undertakings")
    .select("deposit_tokens.currency")
    .where(({ eb, or }) =>
      or([eb("undertakings.obligor", "=", participantId), eb("undertakings.holder", "=", participantId)]),
    );
}

export function findUndertaking(db: Db, participantId: number, id: string) {
  return ofParticipant(db, participantId).where("undertakings.id", "=", id).executeTakeFirst();
}

export interface UndertakingFilter {
  readonly role: "obligor" | "holder" | undefined;
  readonly status: "owed" | "paid" | undefined;
  readonly creditId: string | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
}

/** Undertakings in order of ids: one row more than `limit`. */
export function listUndertakings(db: Db, participantId: number, filter: UndertakingFilter) {
  const { role, status, creditId } = filter;
  return ofParticipant(db, participantId)
    .where("undertakings.id", ">", filter.cursor ?? "")
    .$if(role !== undefined, (query) => query.where(`undertakings.${role ?? "obligor"}`, "=", participantId))
    .$if(status !== undefined, (query) => query.where("undertakings.status", "=", status ?? "owed"))
    .$if(creditId !== undefined, (query) => query.where("undertakings.credit_id", "=", creditId ?? ""))
    .orderBy("undertakings.id")
    .limit(filter.limit + 1)
    .execute();
}
