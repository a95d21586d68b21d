import type { cycleEvents } from "../../domain/events/cycles.ts";
import type { Projections } from "./view.ts";

export const cycleViews: Projections<keyof typeof cycleEvents> = {
  "settlement.joined"(views, { data: { bank, currency, agent } }) {
    const row = views.settlement_mandates.find(bank, currency);
    if (row) views.settlement_mandates.change(row, { agent, until: null });
    else views.settlement_mandates.insert({ bank, currency, agent, until: null });
    return [bank, agent];
  },
  "settlement.left"(views, { data: { bank, currency, agent, until } }) {
    views.settlement_mandates.change(views.settlement_mandates.get(bank, currency), { until });
    return [bank, agent];
  },
  // What a bank got or paid is its own and the agent's business.
  "cycle.bank_settled"(views, { data: { cycleId, bank, agent, net }, blockNumber, logIndex }) {
    views.cycle_nets.insert({ cycle_id: cycleId, bank, net, block_number: blockNumber, log_index: logIndex });
    return [bank, agent];
  },
  "cycle.settled"(views, { data, blockNumber, logIndex, transactionHash, occurredAt }) {
    const { id, agent, currency, gross, paid } = data;
    views.cycles.insert({
      ...{ id, agent, currency, gross, paid, settled_at: occurredAt },
      ...{ block_number: blockNumber, log_index: logIndex, transaction_hash: transactionHash },
    });
    return [agent];
  },
};
