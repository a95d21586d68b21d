import { type SelectQueryBuilder, sql } from "kysely";
import { firstOf, roundedUp } from "./pages.ts";
import type { Schema } from "./schema.ts";
import type { Db } from "./store.ts";

/** Undertakings of which a participant is obligor or holder; to others they do not exist. */
export function undertakingsOf(db: Db, participantId: number) {
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
  return undertakingsOf(db, participantId).where("undertakings.id", "=", id).executeTakeFirst();
}

export interface UndertakingFilter {
  readonly role: "obligor" | "holder" | undefined;
  readonly status: "owed" | "paid" | undefined;
  readonly creditId: string | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
}

/** Undertakings in order of ids: one row more than `limit`. The page is cut from ids first, by an index for each role. */
export function listUndertakings(db: Db, participantId: number, filter: UndertakingFilter) {
  const { role, creditId } = filter;
  const limit = filter.limit + 1;
  if (creditId !== undefined) {
    return narrowed(undertakingsOf(db, participantId), filter)
      .$if(role !== undefined, (query) => query.where(`undertakings.${role ?? "obligor"}`, "=", participantId))
      .orderBy("undertakings.id")
      .limit(limit)
      .execute();
  }
  const ways = (role === undefined ? (["obligor", "holder"] as const) : [role]).map((way) =>
    narrowed(db.selectFrom("undertakings"), filter)
      .select("undertakings.id")
      .where(`undertakings.${way}`, "=", participantId)
      .orderBy("undertakings.id")
      .limit(sql.lit(roundedUp(limit))),
  );
  return undertakingsOf(db, participantId)
    .innerJoin(firstOf(ways, { limit }).as("page"), "page.id", "undertakings.id")
    .orderBy("undertakings.id")
    .execute();
}

function narrowed<Row>(query: SelectQueryBuilder<Schema, "undertakings", Row>, filter: UndertakingFilter) {
  const { status, creditId, cursor } = filter;
  return query
    .where("undertakings.id", ">", cursor ?? "")
    .$if(status !== undefined, (narrow) => narrow.where("undertakings.status", "=", sql.lit(status ?? "owed")))
    .$if(creditId !== undefined, (narrow) => narrow.where("undertakings.credit_id", "=", creditId ?? ""));
}
