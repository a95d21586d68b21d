import { dayNumber, parseSwiftDate } from "../shared/calendar.ts";

const daySeconds = 86_400;
/** The story's acts lie between the day of issue and this many days later. */
const lastDay = 74;
const lastHour = 10;

/**
 * When the story happens. The original credit is of 2003; its dates are moved by a whole number of weeks, so that
 * weekdays stay and the last act falls within the last seven days.
 */
export interface Plan {
  readonly weeks: number;
  /** Seconds; the ledger's first block. */
  readonly genesisSeconds: number;
}

/** Field 31C of the original message. */
const issuedOn = dayNumber(parseSwiftDate("030517") ?? "2003-05-17");

export function makePlan(nowSeconds: number): Plan {
  const originalEnd = (issuedOn + lastDay) * daySeconds + lastHour * 3600;
  const weeks = Math.floor((nowSeconds - originalEnd) / (7 * daySeconds));
  return { weeks, genesisSeconds: (issuedOn + weeks * 7) * daySeconds + 7 * 3600 };
}

/** Business time on the nth day of the story, hour in UTC. */
export function timeOf(plan: Plan, day: number, hour: number): number {
  return (issuedOn + plan.weeks * 7 + day) * daySeconds + hour * 3600;
}

export function rfc3339(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

export function dateOf(plan: Plan, day: number): string {
  return rfc3339(timeOf(plan, day, 12)).slice(0, 10);
}
