import type { LedgerEvent } from "../../domain/ledgerEvent.ts";
import { clearingViews } from "./clearingViews.ts";
import { creditViews } from "./creditViews.ts";
import { cycleViews } from "./cycleViews.ts";
import { escrowViews } from "./escrowViews.ts";
import { partyViews } from "./partyViews.ts";
import { redemptionViews } from "./redemptionViews.ts";
import { settlementViews } from "./settlementViews.ts";
import type { Views } from "./views.ts";

const projections = {
  ...partyViews,
  ...clearingViews,
  ...cycleViews,
  ...redemptionViews,
  ...settlementViews,
  ...creditViews,
  ...escrowViews,
};

/** An event and the participants whom it concerns, each once. */
export interface Told {
  readonly event: LedgerEvent;
  readonly participants: readonly number[];
}

/** Applies an event to the views. */
export function project(views: Views, event: LedgerEvent): Told {
  const apply = projections[event.type] as (views: Views, event: LedgerEvent) => readonly number[];
  const participants = [...new Set(apply(views, event))].filter((id) => id > 0);
  return { event, participants };
}
