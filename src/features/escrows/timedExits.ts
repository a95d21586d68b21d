import type { EscrowTerms } from "../../domain/events/escrow.ts";

/** Ways in which a milestone ends by time alone, as `settle` takes them. */
export const exits = ["default", "inspected", "undelivered"] as const;
export type Exit = (typeof exits)[number];

export interface MilestoneTimes {
  readonly status: "open" | "delivered" | "disputed" | "settled";
  readonly dueAt: number;
  readonly deliveredAt: number | null;
  readonly disputedAt: number | null;
}

/**
 * Where a milestone's time runs to, in seconds: each is the first second at which the time is over, as TradeEscrow
 * counts. While the escrow is not funded nothing runs, and what is settled has no exit.
 */
export interface MilestoneDeadlines {
  /** First second at which the buyer may no longer dispute a delivered milestone. */
  readonly inspectionEnds: number | null;
  /** First second at which the arbiter may no longer rule. */
  readonly rulingEnds: number | null;
  /** What anyone may do from `from` on. */
  readonly exit: { readonly exit: Exit; readonly from: number } | null;
}

type Periods = Pick<EscrowTerms, "inspectionSeconds" | "rulingSeconds">;

export function milestoneDeadlines(times: MilestoneTimes, terms: Periods, isFunded: boolean): MilestoneDeadlines {
  const { status, dueAt, deliveredAt, disputedAt } = times;
  const inspectionEnds = deliveredAt === null ? null : deliveredAt + terms.inspectionSeconds;
  const rulingEnds = disputedAt === null ? null : disputedAt + terms.rulingSeconds;
  const exitOf = (exit: Exit, from: number | null) => (isFunded && from !== null ? { exit, from } : null);
  switch (status) {
    case "open":
      return { inspectionEnds, rulingEnds, exit: exitOf("undelivered", dueAt + 1) };
    case "delivered":
      return { inspectionEnds, rulingEnds, exit: exitOf("inspected", inspectionEnds) };
    case "disputed":
      return { inspectionEnds, rulingEnds, exit: exitOf("default", rulingEnds) };
    case "settled":
      return { inspectionEnds, rulingEnds, exit: null };
  }
}

/** First second at which an offer that was not agreed and funded is over; `fundBy` is the last second for both. */
export function lapseTime({ fundBy }: Pick<EscrowTerms, "fundBy">): number {
  return fundBy + 1;
}

/** The status as time has made it: an offer that was not funded in time has lapsed, recorded or not. */
export function statusAt<S extends string>(
  escrow: { readonly status: S; readonly fundBy: number },
  nowSeconds: number,
): S | "lapsed" {
  const isOffer = escrow.status === "proposed" || escrow.status === "agreed";
  return isOffer && nowSeconds >= lapseTime(escrow) ? "lapsed" : escrow.status;
}
