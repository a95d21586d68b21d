import type { LedgerEvent } from "../../api/types.ts";
import { stoodBefore } from "./retractions.ts";

/** Types of which the portal has a sentence. Others are shown by their name: types only grow. */
export const describedTypes = [
  "credit.issued",
  "credit.advised",
  "credit.advice_declined",
  "credit.drawn",
  "credit.closed",
  "confirmation.added",
  "confirmation.declined",
  "presentation.made",
  "presentation.forwarded",
  "examination.started",
  "presentation.honoured",
  "presentation.refused",
  "presentation.bank_precluded",
  "undertaking.created",
  "undertaking.transferred",
  "undertaking.paid",
  "escrow.proposed",
  "escrow.agreed",
  "escrow.funded",
  "escrow.lapsed",
  "milestone.delivered",
  "milestone.disputed",
  "milestone.settled",
  "escrow.settled",
  "escrow.claimed",
] as const;
export type DescribedType = (typeof describedTypes)[number];

export type EventTone = "plain" | "good" | "bad" | "money";

interface Description {
  /** Field with the participant who acted, and with the one at whom the act is directed. */
  readonly actor?: string;
  readonly other?: string;
  /** Field with an amount in minor units of the deal's currency. */
  readonly amount?: string;
  /** Field with a moment in seconds. */
  readonly until?: string;
  readonly rules?: readonly string[];
  readonly tone?: EventTone;
}

/** Where each event keeps what its sentence says, and the rules that it follows (UCP 600 by the rulebook's ids). */
const descriptions: Readonly<Record<DescribedType, Description>> = {
  "credit.issued": { actor: "issuingBank", other: "beneficiary", amount: "terms.amount", rules: ["U02"], tone: "good" },
  "credit.advised": { actor: "bank", rules: ["U15"] },
  "credit.advice_declined": { actor: "bank", rules: ["U17"], tone: "bad" },
  "credit.drawn": { amount: "amount" },
  "credit.closed": { amount: "undrawn" },
  "confirmation.added": { actor: "bank", rules: ["U14"], tone: "good" },
  "confirmation.declined": { actor: "bank", rules: ["U14"], tone: "bad" },
  "presentation.made": { other: "bank", amount: "presentation.amount" },
  "presentation.forwarded": { actor: "from", other: "to" },
  "examination.started": { actor: "bank", until: "deadline", rules: ["U28"] },
  "presentation.honoured": { actor: "bank", rules: ["U38"], tone: "good" },
  "presentation.refused": { actor: "bank", rules: ["U40"], tone: "bad" },
  "presentation.bank_precluded": { actor: "bank", rules: ["U42"], tone: "bad" },
  "undertaking.created": {
    actor: "obligor",
    other: "undertaking.holder",
    amount: "undertaking.amount",
    until: "undertaking.dueAt",
    rules: ["U13"],
    tone: "good",
  },
  "undertaking.transferred": { actor: "from", other: "to" },
  "undertaking.paid": { actor: "holder", other: "obligor", amount: "amount", tone: "money" },
  "escrow.proposed": { actor: "proposer" },
  "escrow.agreed": { actor: "by" },
  "escrow.funded": { amount: "amount", tone: "money" },
  "escrow.lapsed": {},
  "milestone.delivered": {},
  "milestone.disputed": { actor: "by", tone: "bad" },
  "milestone.settled": { tone: "good" },
  "escrow.settled": { tone: "good" },
  "escrow.claimed": { actor: "participant", amount: "amount", tone: "money" },
};

/** An event's sentence in parts, before names and amounts are put into words. */
export interface EventFacts {
  readonly type: DescribedType;
  readonly actor: number | undefined;
  readonly other: number | undefined;
  readonly amountMinor: string | undefined;
  readonly untilSeconds: number | undefined;
  /** Counted from 1. */
  readonly milestone: number | undefined;
  readonly rules: readonly string[];
  readonly tone: EventTone;
}

/** A field by its path, such as `terms.amount`. */
function at(data: unknown, path: string | undefined): unknown {
  if (path === undefined) return undefined;
  return path.split(".").reduce<unknown>((value, name) => {
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  }, data);
}

function numberAt(data: unknown, path: string | undefined): number | undefined {
  const value = at(data, path);
  return typeof value === "number" ? value : undefined;
}

/** Facts about a presentation that a bank may raise as discrepancies (U12, U29). */
function rulesMissed(data: unknown): readonly string[] {
  const isLate = at(data, "presentation.late") === true;
  const missedPeriod = at(data, "presentation.latePeriod") === true || at(data, "presentation.lateShipment") === true;
  return [...(isLate ? ["U12"] : []), ...(missedPeriod ? ["U29"] : [])];
}

export function describeEvent({ type, data }: Pick<LedgerEvent, "type" | "data">): EventFacts | undefined {
  const described = describedTypes.find((one) => one === type);
  if (!described) return undefined;
  const { actor, other, amount, until, rules = [], tone = "plain" } = descriptions[described];
  const amountMinor = at(data, amount);
  const milestone = numberAt(data, "milestone");
  const missed = rulesMissed(data);
  return {
    type: described,
    actor: numberAt(data, actor),
    other: numberAt(data, other),
    amountMinor: typeof amountMinor === "string" ? amountMinor : undefined,
    untilSeconds: numberAt(data, until),
    milestone: milestone === undefined ? undefined : milestone + 1,
    rules: [...rules, ...missed],
    tone: missed.length > 0 ? "bad" : tone,
  };
}

/**
 * A bank that honoured passes the documents on as its duty (U38); one that has not decided is not bound by passing
 * them on (U25).
 */
export function rulesOfForwarding(event: LedgerEvent, history: readonly LedgerEvent[]): readonly string[] {
  if (event.type !== "presentation.forwarded") return [];
  const hasHonoured = stoodBefore(history, event.sequence).some(
    ({ type, subject, data }) =>
      type === "presentation.honoured" && subject === event.subject && data["bank"] === event.data["from"],
  );
  return [hasHonoured ? "U38" : "U25"];
}

/** What a settled milestone gave each side, in minor units. */
export function divisionOf({ type, data }: Pick<LedgerEvent, "type" | "data">) {
  const { toSeller, toBuyer } = data;
  if (type !== "milestone.settled" || typeof toSeller !== "string" || typeof toBuyer !== "string") return undefined;
  return { toSeller, toBuyer };
}
