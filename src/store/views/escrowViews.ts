import type { escrowEvents } from "../../domain/events/escrow.ts";
import type { Projections } from "./view.ts";
import type { ViewRow, Views } from "./views.ts";

function partiesOfEscrow(views: Views, escrowId: string): readonly number[] {
  const { buyer, seller, arbiter } = views.escrows.get(escrowId);
  return [buyer, seller, arbiter];
}

function setStatus(views: Views, escrowId: string, status: ViewRow<"escrows">["status"]): readonly number[] {
  views.escrows.change(views.escrows.get(escrowId), { status });
  return partiesOfEscrow(views, escrowId);
}

function setMilestone(
  views: Views,
  at: { id: string; milestone: number },
  change: Partial<ViewRow<"milestones">>,
): readonly number[] {
  views.milestones.change(views.milestones.get(at.id, at.milestone), change);
  return partiesOfEscrow(views, at.id);
}

function addClaimable(views: Views, entry: { escrowId: string; participant: number; amount: string }): void {
  const { escrowId, participant, amount } = entry;
  if (amount === "0") return;
  const row = views.escrow_claimables.find(escrowId, participant);
  if (row) views.escrow_claimables.change(row, { amount: String(BigInt(row.amount) + BigInt(amount)) });
  else views.escrow_claimables.insert({ escrow_id: escrowId, participant, amount });
}

export const escrowViews: Projections<keyof typeof escrowEvents> = {
  "escrow.proposed"(views, { data, occurredAt }) {
    const { terms } = data;
    views.escrows.insert({
      id: data.id,
      status: "proposed",
      buyer: data.buyer,
      seller: data.seller,
      arbiter: terms.arbiter,
      proposer: data.proposer,
      token: terms.token,
      terms,
      locked: "0",
      fund_by: terms.fundBy,
      proposed_at: occurredAt,
    });
    for (const [position, { amount, dueAt }] of terms.milestones.entries()) {
      views.milestones.insert({
        escrow_id: data.id,
        position,
        amount,
        due_at: dueAt,
        status: "open",
        delivered_at: null,
        disputed_at: null,
        to_seller: null,
        to_buyer: null,
      });
    }
    return partiesOfEscrow(views, data.id);
  },
  "escrow.agreed": (views, { data }) => setStatus(views, data.id, "agreed"),
  "escrow.funded"(views, { data }) {
    views.escrows.change(views.escrows.get(data.id), { locked: data.amount });
    return setStatus(views, data.id, "funded");
  },
  "escrow.lapsed": (views, { data }) => setStatus(views, data.id, "lapsed"),
  "escrow.settled": (views, { data }) => setStatus(views, data.id, "settled"),
  "milestone.delivered": (views, { data, occurredAt }) =>
    setMilestone(views, data, { status: "delivered", delivered_at: occurredAt }),
  "milestone.disputed": (views, { data, occurredAt }) =>
    setMilestone(views, data, { status: "disputed", disputed_at: occurredAt }),
  "milestone.settled"(views, { data }) {
    const escrow = views.escrows.get(data.id);
    addClaimable(views, { escrowId: data.id, participant: escrow.seller, amount: data.toSeller });
    addClaimable(views, { escrowId: data.id, participant: escrow.buyer, amount: data.toBuyer });
    const locked = BigInt(escrow.locked) - BigInt(data.toSeller) - BigInt(data.toBuyer);
    views.escrows.change(escrow, { locked: String(locked) });
    return setMilestone(views, data, { status: "settled", to_seller: data.toSeller, to_buyer: data.toBuyer });
  },
  "escrow.claimed"(views, { data }) {
    const row = views.escrow_claimables.get(data.id, data.participant);
    views.escrow_claimables.change(row, { amount: String(BigInt(row.amount) - BigInt(data.amount)) });
    return partiesOfEscrow(views, data.id);
  },
};
