import { type SqlBool, sql } from "kysely";
import type { SettlementLeg } from "../domain/events/settlement.ts";
import type { Db, Transaction } from "./store.ts";

export interface NewProposal {
  readonly id: string;
  readonly organisationId: string;
  readonly proposedBy: number;
  readonly legs: readonly SettlementLeg[];
  readonly parties: readonly number[];
  readonly deadline: number;
  readonly salt: string;
  readonly createdAtMs: number;
}

export async function insertProposal(tx: Transaction, proposal: NewProposal): Promise<void> {
  const { id, organisationId, proposedBy, legs, parties, deadline, salt, createdAtMs } = proposal;
  await tx
    .insertInto("settlement_proposals")
    .values({
      ...{ id, organisation_id: organisationId, proposed_by: proposedBy, legs: JSON.stringify(legs), deadline, salt },
      created_at_ms: createdAtMs,
    })
    .execute();
  await tx
    .insertInto("settlement_proposal_parties")
    .values(parties.map((participant) => ({ participant, settlement_id: id })))
    .execute();
}

export interface NewConsent {
  readonly settlementId: string;
  readonly participant: number;
  readonly orderId: string;
  /** Of the party's account, as its ERC-1271 takes it. */
  readonly signature: string;
  readonly createdAtMs: number;
}

/**
 * Keeps a party's consent. Two parties that consent at the same time come one after the other, so that the second sees
 * the first.
 * @returns the consents of all parties so far; undefined when this party consented before, or it has ended
 */
export async function insertConsent(
  tx: Transaction,
  consent: NewConsent,
): Promise<ReadonlyMap<number, string> | undefined> {
  const { settlementId, participant, orderId, signature, createdAtMs } = consent;
  await sql`select from settlement_proposals where id = ${settlementId} for update`.execute(tx);
  const ended = await tx.selectFrom("settlements").select("id").where("id", "=", settlementId).executeTakeFirst();
  if (ended) return undefined;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("settlement_consents")
    .values({ settlement_id: settlementId, participant, order_id: orderId, signature, created_at_ms: createdAtMs })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n ? findConsents(tx, settlementId) : undefined;
}

/** Signatures by participant. */
export async function findConsents(db: Db, settlementId: string): Promise<ReadonlyMap<number, string>> {
  const rows = await db
    .selectFrom("settlement_consents")
    .select(["participant", "signature"])
    .where("settlement_id", "=", settlementId)
    .execute();
  return new Map(rows.map(({ participant, signature }) => [participant, signature]));
}

/** Accounts of participants, in no order. */
export async function accountsOf(db: Db, participants: readonly number[]): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("participants")
    .select("account")
    .where("id", "in", [0, ...participants])
    .execute();
  return rows.map(({ account }) => account);
}

export function findProposal(db: Db, participantId: number, id: string) {
  return db
    .selectFrom("settlement_proposals")
    .innerJoin("settlement_proposal_parties as party", "party.settlement_id", "settlement_proposals.id")
    .selectAll("settlement_proposals")
    .where("party.participant", "=", participantId)
    .where("settlement_proposals.id", "=", id)
    .executeTakeFirst();
}

export interface SettlementRecord {
  readonly id: string;
  readonly proposed_by: number | null;
  readonly proposed_legs: readonly SettlementLeg[] | null;
  readonly deadline: number | null;
  readonly status: "executed" | "cancelled" | null;
  readonly legs: readonly SettlementLeg[] | null;
  readonly cancelled_by: number | null;
  readonly ended_at: number | null;
  readonly transaction_hash: string | null;
  readonly parties: readonly number[];
  readonly consented: readonly number[];
}

/**
 * Settlements in which a participant gives or takes, in order of ids: proposed through this gateway, or ended on the
 * ledger wherever they were agreed.
 */
export async function listSettlements(
  db: Db,
  participantId: number,
  { id, after, limit }: { id?: string; after?: string | undefined; limit: number },
): Promise<readonly SettlementRecord[]> {
  const only = id === undefined ? sql<SqlBool>`true` : sql<SqlBool>`settlement_id = ${id}`;
  const way = (table: string) => sql`(select settlement_id as id from ${sql.table(table)}
    where participant = ${participantId} and settlement_id > ${after ?? ""} and ${only}
    order by settlement_id limit ${limit}::bigint)`;
  const { rows } = await sql<SettlementRecord>`with page as (
      select distinct id from (${way("settlement_parties")} union all ${way("settlement_proposal_parties")}) as way
      order by id limit ${limit}::bigint
    )
    select page.id, proposal.proposed_by, proposal.legs as proposed_legs, proposal.deadline, ended.status, ended.legs,
      ended.cancelled_by, ended.ended_at, ended.transaction_hash,
      (select coalesce(json_agg(distinct participant), '[]') from (
        select participant from settlement_proposal_parties where settlement_id = page.id
        union select participant from settlement_parties where settlement_id = page.id) as party) as parties,
      (select coalesce(json_agg(participant), '[]') from settlement_consents
        where settlement_id = page.id) as consented
    from page left join settlement_proposals as proposal on proposal.id = page.id
      left join settlements as ended on ended.id = page.id
    order by page.id`.execute(db);
  return rows;
}

/** What legs move: the bank and currency of a token, the currency of an undertaking. */
export async function findMovedThings(db: Db, legs: readonly SettlementLeg[]) {
  const targets = [...new Set(legs.map(({ target }) => target))];
  const items = [...new Set(legs.map(({ item }) => item))];
  const tokens = await db
    .selectFrom("deposit_tokens")
    .selectAll()
    .where("address", "in", ["", ...targets])
    .execute();
  const undertakings = await db
    .selectFrom("undertakings")
    .innerJoin("deposit_tokens", "deposit_tokens.address", "undertakings.token")
    .select([
      "undertakings.id",
      "undertakings.amount",
      "undertakings.obligor",
      "undertakings.due_at",
      "deposit_tokens.currency",
    ])
    .where("undertakings.id", "in", ["", ...items])
    .execute();
  return {
    tokens: new Map(tokens.map((row) => [row.address, row])),
    undertakings: new Map(undertakings.map((row) => [row.id, row])),
  };
}
