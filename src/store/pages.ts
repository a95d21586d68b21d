import { type Expression, type RawBuilder, sql } from "kysely";

/*
 * Pages of lists whose rows belong to a participant in one of several roles. Each role has an index in the list's order,
 * so the first ids of each are found at once, and the first of those are the page. What else a row says is joined with
 * the page and not with everything before it.
 */

interface Page {
  readonly limit: number;
  /** The order, if it is not by `id`. The ways give its columns. */
  readonly order?: RawBuilder<unknown>;
}

/** The first of several ways to rows, each row once. Each way has its own order and limit (`roundedUp`). */
export function firstOf(ways: readonly Expression<{ id: string }>[], { limit, order = sql`id` }: Page) {
  return sql<{ id: string }>`(select distinct * from (${sql.join(ways, sql` union all `)}) as way
    order by ${order} limit ${limit}::bigint)`;
}

/** A limit that stands in the text, so that the planner knows it, without a text for each that somebody may ask for. */
export function roundedUp(limit: number): number {
  return [11, 51, 101].find((step) => step >= limit) ?? limit;
}
