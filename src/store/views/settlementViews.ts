import type { settlementEvents } from "../../domain/events/settlement.ts";
import type { Projections } from "./view.ts";
import type { Views } from "./views.ts";

function addParties(views: Views, id: string, parties: readonly number[]): readonly number[] {
  for (const participant of new Set(parties)) views.settlement_parties.insert({ participant, settlement_id: id });
  return parties;
}

/** A settlement is on the ledger once it has ended; what was agreed before lies with its parties. */
export const settlementViews: Projections<keyof typeof settlementEvents> = {
  "settlement.executed"(views, { data, transactionHash, occurredAt }) {
    views.settlements.insert({
      id: data.id,
      status: "executed",
      legs: data.legs,
      cancelled_by: null,
      ended_at: occurredAt,
      transaction_hash: transactionHash,
    });
    const parties = data.legs.flatMap(({ from, to }) => [from, to]);
    return addParties(views, data.id, parties);
  },
  "settlement.cancelled"(views, { data, transactionHash, occurredAt }) {
    views.settlements.insert({
      id: data.id,
      status: "cancelled",
      legs: null,
      cancelled_by: data.by,
      ended_at: occurredAt,
      transaction_hash: transactionHash,
    });
    return addParties(views, data.id, data.parties);
  },
};
