import { type ExpressionBuilder, sql } from "kysely";
import { jsonArrayFrom } from "kysely/helpers/postgres";
import { firstOf, roundedUp } from "./pages.ts";
import type { EscrowRow } from "./schema/deals.ts";
import type { Schema } from "./schema.ts";
import { planEachTime } from "./statementNames.ts";
import type { Db, Transaction } from "./store.ts";

/** What an escrow says beyond the ledger: its texts and the salt of their commitment. */
export interface NewEscrowContent {
  readonly escrowId: string;
  readonly organisationId: string;
  readonly title: string;
  readonly text: string;
  readonly salt: string;
  readonly milestoneTitles: readonly string[];
  readonly createdAtMs: number;
}

export async function insertEscrowContents(tx: Transaction, contents: readonly NewEscrowContent[]): Promise<void> {
  const rows = contents.map((content) => ({
    escrow_id: content.escrowId,
    organisation_id: content.organisationId,
    title: content.title,
    text: content.text,
    salt: content.salt,
    milestone_titles: JSON.stringify(content.milestoneTitles),
    created_at_ms: content.createdAtMs,
  }));
  await tx.insertInto("escrow_contents").values(rows).execute();
}

/** What a party says of a milestone. The other parties see it once the ledger has its commitment. */
export interface NewEscrowEvidence {
  readonly commitment: string;
  readonly escrowId: string;
  readonly position: number;
  readonly kind: "delivery" | "dispute";
  readonly participant: number;
  readonly text: string;
  readonly salt: string;
  readonly orderId: string;
  readonly createdAtMs: number;
}

export async function insertEscrowEvidence(tx: Transaction, evidence: NewEscrowEvidence): Promise<void> {
  await tx
    .insertInto("escrow_evidence")
    .values({
      commitment: evidence.commitment,
      escrow_id: evidence.escrowId,
      position: evidence.position,
      kind: evidence.kind,
      participant: evidence.participant,
      text: evidence.text,
      salt: evidence.salt,
      order_id: evidence.orderId,
      created_at_ms: evidence.createdAtMs,
    })
    .execute();
}

function isPartyOf(participantId: number) {
  return ({ eb, or }: ExpressionBuilder<Schema, "escrows">) =>
    or([
      eb("escrows.buyer", "=", participantId),
      eb("escrows.seller", "=", participantId),
      eb("escrows.arbiter", "=", participantId),
    ]);
}

function escrowsOf(db: Db, participantId: number) {
  return db
    .selectFrom("escrows")
    .innerJoin("deposit_tokens", "deposit_tokens.address", "escrows.token")
    .leftJoin("escrow_contents", "escrow_contents.escrow_id", "escrows.id")
    .where(isPartyOf(participantId))
    .selectAll("escrows")
    .select([
      "deposit_tokens.bank",
      "deposit_tokens.currency",
      "escrow_contents.title",
      "escrow_contents.text",
      "escrow_contents.milestone_titles as milestoneTitles",
      "escrow_contents.salt as contentSalt",
    ])
    .select((eb) =>
      eb
        .selectFrom("milestones")
        .select(sql<string>`sum(milestones.amount)`.as("total"))
        .whereRef("milestones.escrow_id", "=", "escrows.id")
        .as("total"),
    );
}

/** An escrow as one of its parties sees it, from one statement, so that amounts and statuses belong to one block. */
export function findEscrow(db: Db, participantId: number, id: string) {
  return escrowsOf(db, participantId)
    .where("escrows.id", "=", id)
    .select((eb) => [
      jsonArrayFrom(
        eb
          .selectFrom("milestones")
          .select([
            "milestones.position",
            "milestones.due_at as dueAt",
            "milestones.status",
            "milestones.delivered_at as deliveredAt",
            "milestones.disputed_at as disputedAt",
            // JSON numbers would lose digits.
            sql<string>`amount::text`.as("amount"),
            sql<string | null>`to_seller::text`.as("toSeller"),
            sql<string | null>`to_buyer::text`.as("toBuyer"),
          ])
          .whereRef("milestones.escrow_id", "=", "escrows.id")
          .orderBy("position"),
      ).as("milestones"),
      jsonArrayFrom(
        eb
          .selectFrom("escrow_claimables")
          .select(["participant", sql<string>`amount::text`.as("amount")])
          .whereRef("escrow_claimables.escrow_id", "=", "escrows.id"),
      ).as("claimables"),
      jsonArrayFrom(
        eb
          .selectFrom("escrow_evidence")
          .innerJoin("orders", "orders.id", "escrow_evidence.order_id")
          .innerJoin("transactions", "transactions.id", "orders.transaction_id")
          .select([
            "escrow_evidence.position",
            "escrow_evidence.kind",
            "escrow_evidence.participant",
            "escrow_evidence.text",
            "escrow_evidence.commitment",
            "escrow_evidence.salt",
          ])
          .whereRef("escrow_evidence.escrow_id", "=", "escrows.id")
          // What was proposed and rejected, or refused by the ledger, is nobody else's to read.
          .where("transactions.status", "in", ["mined", "final"])
          .orderBy("escrow_evidence.position")
          .orderBy("transactions.position"),
      ).as("evidence"),
    ])
    .executeTakeFirst();
}

export interface EscrowFilter {
  /** As shown: `lapsed` includes what was not funded in time and nobody has recorded as lapsed yet. */
  readonly status: EscrowRow["status"] | undefined;
  /** Another party of the escrow. */
  readonly party: number | undefined;
  readonly nowSeconds: number;
  readonly after: { readonly proposedAt: number; readonly id: string } | undefined;
  readonly limit: number;
}

function hasStatus(status: EscrowRow["status"], nowSeconds: number) {
  const isOffer = status === "proposed" || status === "agreed";
  return ({ and, eb, or }: ExpressionBuilder<Schema, "escrows">) => {
    const stored = eb("escrows.status", "=", status);
    if (isOffer) return and([stored, eb("escrows.fund_by", ">=", nowSeconds)]);
    if (status !== "lapsed") return stored;
    const unfunded = eb("escrows.status", "in", ["proposed", "agreed"]);
    return or([stored, and([unfunded, eb("escrows.fund_by", "<", nowSeconds)])]);
  };
}

/**
 * Escrows of a party, newest first: one row more than the page has, when there are more. The page is cut from ids first,
 * by an index for each role; where another party is asked for, by the roles of the one that stands in fewer.
 */
export function listEscrows(db: Db, participantId: number, filter: EscrowFilter) {
  const limit = filter.limit + 1;
  const page =
    filter.party === undefined
      ? firstOf(
          (["buyer", "seller", "arbiter"] as const).map((role) =>
            idsOf(db, filter)
              .where(`escrows.${role}`, "=", participantId)
              .limit(sql.lit(roundedUp(limit))),
          ),
          { limit, order: sql`proposed_at desc, id desc` },
        )
      : sql<{ id: string }>`(${idsOf(db, filter)
          .where(isPartyOf(participantId))
          .where(isPartyOf(filter.party))
          .limit(limit)})`;
  const rows = escrowsOf(db, participantId)
    .innerJoin(page.as("page"), "page.id", "escrows.id")
    .orderBy("escrows.proposed_at", "desc")
    .orderBy("escrows.id", "desc");
  return (filter.party === undefined ? rows : rows.modifyEnd(sql.raw(planEachTime))).execute();
}

function idsOf(db: Db, { status, after, nowSeconds }: EscrowFilter) {
  return db
    .selectFrom("escrows")
    .select(["escrows.id", "escrows.proposed_at"])
    .$if(status !== undefined, (query) => query.where(hasStatus(status ?? "proposed", nowSeconds)))
    .$if(after !== undefined, (query) =>
      query.where(({ eb, refTuple, tuple }) =>
        eb(refTuple("escrows.proposed_at", "escrows.id"), "<", tuple(after?.proposedAt ?? 0, after?.id ?? "")),
      ),
    )
    .orderBy("escrows.proposed_at", "desc")
    .orderBy("escrows.id", "desc");
}
