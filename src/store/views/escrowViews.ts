import { sql } from "kysely";
import type { escrowEvents } from "../../domain/events/escrow.ts";
import type { EscrowRow, MilestoneRow } from "../schema/deals.ts";
import type { Transaction } from "../store.ts";
import type { Projections } from "./view.ts";

async function partiesOfEscrow(tx: Transaction, escrowId: string): Promise<readonly number[]> {
  const row = await tx
    .selectFrom("escrows")
    .select(["buyer", "seller", "arbiter"])
    .where("id", "=", escrowId)
    .executeTakeFirstOrThrow();
  return [row.buyer, row.seller, row.arbiter];
}

async function setStatus(tx: Transaction, escrowId: string, status: EscrowRow["status"]): Promise<readonly number[]> {
  await tx.updateTable("escrows").set({ status }).where("id", "=", escrowId).execute();
  return partiesOfEscrow(tx, escrowId);
}

async function setMilestone(
  tx: Transaction,
  at: { id: string; milestone: number },
  change: Partial<Pick<MilestoneRow, "status" | "delivered_at" | "disputed_at" | "to_seller" | "to_buyer">>,
): Promise<readonly number[]> {
  await tx
    .updateTable("milestones")
    .set(change)
    .where("escrow_id", "=", at.id)
    .where("position", "=", at.milestone)
    .execute();
  return partiesOfEscrow(tx, at.id);
}

async function addClaimable(
  tx: Transaction,
  entry: { escrowId: string; participant: number; amount: string },
): Promise<void> {
  if (entry.amount === "0") return;
  await tx
    .insertInto("escrow_claimables")
    .values({ escrow_id: entry.escrowId, participant: entry.participant, amount: entry.amount })
    .onConflict((conflict) =>
      conflict
        .columns(["escrow_id", "participant"])
        .doUpdateSet({ amount: sql`escrow_claimables.amount + excluded.amount` }),
    )
    .execute();
}

export const escrowViews: Projections<keyof typeof escrowEvents> = {
  async "escrow.proposed"(tx, { data, occurredAt }) {
    const { terms } = data;
    await tx
      .insertInto("escrows")
      .values({
        id: data.id,
        status: "proposed",
        buyer: data.buyer,
        seller: data.seller,
        arbiter: terms.arbiter,
        proposer: data.proposer,
        token: terms.token,
        terms: JSON.stringify(terms),
        locked: "0",
        fund_by: terms.fundBy,
        proposed_at: occurredAt,
      })
      .execute();
    await tx
      .insertInto("milestones")
      .values(
        terms.milestones.map(({ amount, dueAt }, position) => ({
          escrow_id: data.id,
          position,
          amount,
          due_at: dueAt,
          status: "open" as const,
          delivered_at: null,
          disputed_at: null,
          to_seller: null,
          to_buyer: null,
        })),
      )
      .execute();
    return partiesOfEscrow(tx, data.id);
  },
  "escrow.agreed": (tx, { data }) => setStatus(tx, data.id, "agreed"),
  async "escrow.funded"(tx, { data }) {
    await tx.updateTable("escrows").set({ locked: data.amount }).where("id", "=", data.id).execute();
    return setStatus(tx, data.id, "funded");
  },
  "escrow.lapsed": (tx, { data }) => setStatus(tx, data.id, "lapsed"),
  "escrow.settled": (tx, { data }) => setStatus(tx, data.id, "settled"),
  "milestone.delivered": (tx, { data, occurredAt }) =>
    setMilestone(tx, data, { status: "delivered", delivered_at: occurredAt }),
  "milestone.disputed": (tx, { data, occurredAt }) =>
    setMilestone(tx, data, { status: "disputed", disputed_at: occurredAt }),
  async "milestone.settled"(tx, { data }) {
    const [buyer = 0, seller = 0] = await partiesOfEscrow(tx, data.id);
    await addClaimable(tx, { escrowId: data.id, participant: seller, amount: data.toSeller });
    await addClaimable(tx, { escrowId: data.id, participant: buyer, amount: data.toBuyer });
    await tx
      .updateTable("escrows")
      .set({ locked: sql`locked - ${data.toSeller}::numeric - ${data.toBuyer}::numeric` })
      .where("id", "=", data.id)
      .execute();
    return setMilestone(tx, data, { status: "settled", to_seller: data.toSeller, to_buyer: data.toBuyer });
  },
  async "escrow.claimed"(tx, { data }) {
    await tx
      .updateTable("escrow_claimables")
      .set({ amount: sql`amount - ${data.amount}::numeric` })
      .where("escrow_id", "=", data.id)
      .where("participant", "=", data.participant)
      .execute();
    return partiesOfEscrow(tx, data.id);
  },
};
