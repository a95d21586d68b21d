import { sql } from "kysely";
import { firstOf, roundedUp } from "./pages.ts";
import type { Db } from "./store.ts";

/** It gave the undertaking away and has no other part in it: whoever held it since then is not its business. */
function isFormer(participantId: number) {
  return sql<boolean>`(undertakings.obligor <> ${participantId} and undertakings.holder <> ${participantId})`;
}

/**
 * Undertakings of which a participant is obligor or holder, or which it held and gave away; to others they do not
 * exist. To one that gave it away it stays as it was then: held by whom it gave it to, `transferred`, and nothing more.
 */
export function undertakingsOf(db: Db, participantId: number) {
  const former = isFormer(participantId);
  return db
    .selectFrom("undertakings")
    .innerJoin("deposit_tokens", "deposit_tokens.address", "undertakings.token")
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom("undertaking_transfers")
          .select(["taker", "transferred_at"])
          .whereRef("undertaking_transfers.undertaking_id", "=", "undertakings.id")
          .where("undertaking_transfers.giver", "=", participantId)
          .orderBy("block_number", "desc")
          .orderBy("log_index", "desc")
          .limit(1)
          .as("given"),
      (join) => join.onTrue(),
    )
    .select([
      ...(["id", "credit_id", "presentation_id", "obligor", "token", "amount", "due_at"] as const).map(
        (column) => `undertakings.${column}` as const,
      ),
      sql<number>`case when ${former} then given.taker else undertakings.holder end`.as("holder"),
      sql<UndertakingStatus>`case when ${former} then 'transferred' else undertakings.status end`.as("status"),
      sql<number | null>`case when ${former} then given.transferred_at end`.as("transferred_at"),
    ])
    .select("deposit_tokens.currency")
    .where(({ eb, or }) => or([sql<boolean>`not ${former}`, eb("given.taker", "is not", null)]));
}

export function findUndertaking(db: Db, participantId: number, id: string) {
  return undertakingsOf(db, participantId).where("undertakings.id", "=", id).executeTakeFirst();
}

export type UndertakingRole = "obligor" | "holder" | "former_holder";
export type UndertakingStatus = "owed" | "paid" | "transferred";

export interface UndertakingFilter {
  readonly role: UndertakingRole | undefined;
  readonly status: UndertakingStatus | undefined;
  readonly creditId: string | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
}

/** Roles in which something of this status can be seen. What became of it later is not told to one that gave it away. */
function rolesOf({ role, status }: UndertakingFilter): readonly UndertakingRole[] {
  const all = role === undefined ? (["obligor", "holder", "former_holder"] as const) : [role];
  return all.filter((one) => status === undefined || (one === "former_holder") === (status === "transferred"));
}

/** Undertakings in order of ids: one row more than `limit`. The page is cut from ids first, by an index for each role. */
export function listUndertakings(db: Db, participantId: number, filter: UndertakingFilter) {
  const { creditId, status, cursor } = filter;
  const limit = filter.limit + 1;
  const roles = rolesOf(filter);
  if (roles.length === 0) return Promise.resolve([]);
  if (creditId !== undefined) {
    return undertakingsOf(db, participantId)
      .where("undertakings.credit_id", "=", creditId)
      .where("undertakings.id", ">", cursor ?? "")
      .where(({ or }) => or(roles.map((role) => inRole(participantId, role))))
      .$if(status === "owed" || status === "paid", (query) => query.where("undertakings.status", "=", lit(status)))
      .orderBy("undertakings.id")
      .limit(limit)
      .execute();
  }
  const ways = roles.map((role) => wayOf(db, participantId, { role, status, cursor }).limit(sql.lit(roundedUp(limit))));
  return undertakingsOf(db, participantId)
    .innerJoin(firstOf(ways, { limit }).as("page"), "page.id", "undertakings.id")
    .orderBy("undertakings.id")
    .execute();
}

function inRole(participantId: number, role: UndertakingRole) {
  if (role === "former_holder") return isFormer(participantId);
  return sql<boolean>`${sql.ref(`undertakings.${role}`)} = ${participantId}`;
}

/** Stands in the text, so that the planner knows it. */
function lit(status: UndertakingStatus | undefined) {
  return sql.lit(status === "paid" ? ("paid" as const) : ("owed" as const));
}

interface Way {
  readonly role: UndertakingRole;
  readonly status: UndertakingStatus | undefined;
  readonly cursor: string | undefined;
}

function wayOf(db: Db, participantId: number, { role, status, cursor }: Way) {
  if (role !== "former_holder") {
    return db
      .selectFrom("undertakings")
      .select("undertakings.id")
      .where(`undertakings.${role}`, "=", participantId)
      .where("undertakings.id", ">", cursor ?? "")
      .$if(status !== undefined, (query) => query.where("undertakings.status", "=", lit(status)))
      .orderBy("undertakings.id");
  }
  return db
    .selectFrom("undertaking_transfers")
    .innerJoin("undertakings", "undertakings.id", "undertaking_transfers.undertaking_id")
    .select("undertakings.id")
    .distinct()
    .where("undertaking_transfers.giver", "=", participantId)
    .where("undertaking_transfers.undertaking_id", ">", cursor ?? "")
    .where(isFormer(participantId))
    .orderBy("undertakings.id");
}
