import { sql } from "kysely";
import { draftsOf, isVisibleTo, knowFromIssue, withContent, withCurrency } from "./credits.ts";
import { firstOf, roundedUp } from "./pages.ts";
import { planEachTime } from "./statementNames.ts";
import type { Db } from "./store.ts";

export interface CreditFilter {
  readonly reference: string | undefined;
  readonly party: number | undefined;
  readonly closed: boolean | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
}

const everyRole = [...knowFromIssue, "beneficiary"] as const;

/**
 * Issued credits that the participant may know of, in order of ids: up to `limit` rows. The page is cut from ids first,
 * each way by an index, and only its rows are joined with what they say: a page costs the same in a store of any size.
 */
export function listIssuedCredits(db: Db, participantId: number, filter: CreditFilter) {
  const page = pageOf(db, participantId, filter).as("page");
  const rows = withContent(db).innerJoin(page, "page.id", "credits.id").orderBy("credits.id").limit(filter.limit);
  return (filter.party === undefined ? rows : rows.modifyEnd(sql.raw(planEachTime))).execute();
}

function pageOf(db: Db, participantId: number, filter: CreditFilter) {
  if (filter.reference !== undefined) return idsByReference(db, participantId, filter);
  return filter.party === undefined ? idsByRole(db, participantId, filter) : idsByParty(db, participantId, filter);
}

function idsOf(db: Db, { closed, cursor }: CreditFilter) {
  return db
    .selectFrom("credits")
    .select("credits.id")
    .where("credits.id", ">", cursor ?? "")
    .$if(closed !== undefined, (query) => query.where("credits.status", "=", sql.lit(closed ? "closed" : "issued")));
}

function hasParty(party: number) {
  return sql<boolean>`(${sql.join(
    everyRole.map((role) => sql`${sql.ref(`credits.${role}`)} = ${party}`),
    sql` or `,
  )})`;
}

/** The first of each role, of which the first are the page: whatever share of all credits the participant has. */
function idsByRole(db: Db, participantId: number, filter: CreditFilter) {
  const limit = sql.lit(roundedUp(filter.limit));
  const ways = everyRole.map((role) => {
    const ids = idsOf(db, filter).where(`credits.${role}`, "=", participantId).orderBy("credits.id").limit(limit);
    return role === "beneficiary" ? ids.where(isVisibleTo(participantId)) : ids;
  });
  return firstOf(ways, filter);
}

/** Few credits have the same reference. */
function idsByReference(db: Db, participantId: number, filter: CreditFilter) {
  const { party, reference } = filter;
  const named = db
    .selectFrom("credit_contents")
    .select("credit_contents.credit_id")
    .where("credit_contents.reference", "=", reference ?? "");
  const ids = idsOf(db, filter)
    .where("credits.id", "in", sql<string>`(select credit_id from named)`)
    .where(isVisibleTo(participantId))
    .$if(party !== undefined, (query) => query.where(hasParty(party ?? 0)));
  return sql<{ id: string }>`(with named as materialized (${named}) ${ids})`;
}

/** Along the ids or by the roles of either party: the planner knows which of them is rare, if it sees the values. */
function idsByParty(db: Db, participantId: number, filter: CreditFilter) {
  const ids = idsOf(db, filter)
    .where(isVisibleTo(participantId))
    .where(hasParty(filter.party ?? 0));
  return sql<{ id: string }>`(${ids.orderBy("credits.id").limit(filter.limit)})`;
}

/** An organisation's drafts in order of ids: up to `limit` rows. */
export function listDrafts(db: Db, organisationId: string, filter: Omit<CreditFilter, "party" | "closed">) {
  const { reference, limit } = filter;
  const page = draftsOf(db, organisationId)
    .where("credit_contents.credit_id", ">", filter.cursor ?? "")
    .$if(reference !== undefined, (query) => query.where("credit_contents.reference", "=", reference ?? ""))
    .orderBy("credit_contents.credit_id")
    .limit(sql.lit(roundedUp(limit)));
  return withCurrency(db, page).orderBy("draft.credit_id").limit(limit).execute();
}
