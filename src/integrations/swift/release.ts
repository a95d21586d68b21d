/** Standards releases of the tables, and which one a message follows. */
import { type PlainDate, parseSwiftDate } from "../../shared/calendar.ts";
import { fieldsOf, fieldValue, type SwiftMessage } from "./message.ts";

/** `pre2018` stands for the releases before the rewrite of category 7 in November 2018. */
export type Release = "pre2018" | "SRU2025";

export const todaysRelease: Release = "SRU2025";

/** The year by which the rows of the tables are chosen. */
export const releaseYear: Readonly<Record<Release, number>> = { pre2018: 2017, SRU2025: 2025 };

/** Years of the first and the last release in which a row of a table holds; absent means always. */
export interface Period {
  readonly since?: number;
  readonly until?: number;
}

/** Whether a row holds in a release. */
export function holdsIn(period: Period, release: Release): boolean {
  const year = releaseYear[release];
  return (period.since ?? 0) <= year && year <= (period.until ?? 9999);
}

/** The period of a row as findings carry it. */
export function periodOf(period: Period): { since?: string; until?: string } {
  return {
    ...(period.since === undefined ? {} : { since: `SRU${period.since}` }),
    ...(period.until === undefined ? {} : { until: `SRU${period.until}` }),
  };
}

/** The day on which the rewritten category 7 went live. */
const rewriteOn: PlainDate = "2018-11-18";

/** Fields whose date tells when a message was written, the best first. */
const datedBy: Readonly<Record<string, readonly string[]>> = {
  "700": ["31C", "31D"],
  "730": ["30"],
  "734": ["32A"],
};

/** Fields that only the older releases had. */
const olderOnly: readonly string[] = ["39B", "71B", "72", "73"];

/** The release that a message follows: by the date it carries, else by fields that today's release does not have. */
export function detectRelease(message: SwiftMessage, type: string): Release {
  const fields = fieldsOf(message);
  for (const tag of datedBy[type] ?? []) {
    const field = fields.find((candidate) => candidate.tag === tag);
    const date = field === undefined ? undefined : parseSwiftDate(fieldValue(field).slice(0, 6));
    if (date !== undefined) return date < rewriteOn ? "pre2018" : todaysRelease;
  }
  return fields.some((field) => olderOnly.includes(field.tag)) ? "pre2018" : todaysRelease;
}
