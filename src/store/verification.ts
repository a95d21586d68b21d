import type { Db } from "./store.ts";

/** Everything that the views say of a credit. */
export async function readCreditViews(db: Db, creditId: string) {
  const credit = await db.selectFrom("credits").selectAll().where("id", "=", creditId).executeTakeFirst();
  if (!credit) return undefined;
  const examinations = await db
    .selectFrom("examinations")
    .innerJoin("presentations", "presentations.id", "examinations.presentation_id")
    .selectAll("examinations")
    .where("presentations.credit_id", "=", creditId)
    .orderBy("examinations.presentation_id")
    .orderBy("examinations.bank")
    .execute();
  const undertakings = await db.selectFrom("undertakings").selectAll().where("credit_id", "=", creditId).execute();
  return { credit, examinations, undertakings };
}

/** Everything that the views say of an escrow. */
export async function readEscrowViews(db: Db, escrowId: string) {
  const escrow = await db.selectFrom("escrows").selectAll().where("id", "=", escrowId).executeTakeFirst();
  if (!escrow) return undefined;
  const milestones = await db
    .selectFrom("milestones")
    .selectAll()
    .where("escrow_id", "=", escrowId)
    .orderBy("position")
    .execute();
  const claimables = await db.selectFrom("escrow_claimables").selectAll().where("escrow_id", "=", escrowId).execute();
  return { escrow, milestones, claimables };
}
