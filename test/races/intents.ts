/** Intents, attempts and lanes for suites of the sender's store and its races. */
import { sql } from "kysely";
import type { Lease } from "../../src/domain/leadership.ts";
import { type Attempt, type LaneName, slotOf } from "../../src/domain/transaction.ts";
import type { Store, Transaction } from "../../src/store/store.ts";
import { address, hash, organisationOf } from "../store/blockFixture.ts";

export interface TestIntent {
  readonly id: string;
  readonly deals?: readonly string[];
  readonly organisation?: number;
  readonly createdAtMs?: number;
}

/** Within `tx`, so that a suite decides when it commits. One statement for any number of intents. */
export async function addIntents(tx: Transaction, intents: readonly TestIntent[]): Promise<void> {
  const rows = intents.map(({ id, deals: [deal = id, otherDeal = null] = [], organisation = 1, createdAtMs = 1 }) => ({
    ...{ id, deal, other_deal: otherDeal, slot: slotOf(deal), organisation_id: organisationOf(organisation) },
    ...{ created_at_ms: createdAtMs, trace_parent: `trace-${id}` },
  }));
  await sql`insert into transactions (id, organisation_id, kind, subject, deal, other_deal, slot, target, data, status,
      trace_parent, created_at_ms)
    select id, organisation_id, 'test.act', deal, deal, other_deal, slot, ${address(1)}, '0x' || id, 'accepted',
      trace_parent, created_at_ms
    from json_to_recordset(${JSON.stringify(rows)}::json) as (id text, organisation_id text, deal text, other_deal text,
      slot integer, trace_parent text, created_at_ms bigint)`.execute(tx);
}

export function enterIntents(store: Store, intents: readonly TestIntent[]): Promise<void> {
  return store.transaction((tx) => addIntents(tx, intents));
}

export const laneOf = (number: number): LaneName => ({ number, address: address(800 + number) });

/** The next epoch of a name without the lock before it, so that a test need not give it back. */
export function leadOf(store: Store, name = "lane"): Promise<Lease> {
  return store.transaction(async (tx) => {
    const { rows } = await sql<Lease>`insert into leaders (name, epoch) values (${name}, 1)
      on conflict (name) do update set epoch = leaders.epoch + 1 returning name, epoch`.execute(tx);
    const [lease] = rows;
    if (!lease) throw new Error("an insert returned nothing");
    return lease;
  });
}

/** An attempt whose hash tells lane and nonce. */
export function attemptAt(lane: LaneName, nonce: number, more: Partial<Attempt> = {}): Attempt {
  return {
    hash: hash(nonce + 1_000_000 * lane.number, "a"),
    ...{ transactionId: "none", nonce, kind: "act", raw: `0x${nonce}`, fee: { type: 0, gasPrice: "0" } },
    ...{ signedAtMs: 1_000, broadcastAtMs: null, ...more },
  };
}

export function attemptsFor(lane: LaneName, firstNonce: number, ids: readonly string[]): readonly Attempt[] {
  return ids.map((id, index) => attemptAt(lane, firstNonce + index, { transactionId: id }));
}

/** A deal of the lane, whose slot is the lane's. */
export function dealIn(lane: LaneName, laneCount: number, name = "deal"): string {
  for (let n = 0; ; n += 1) if (slotOf(`${name}-${n}`) % laneCount === lane.number) return `${name}-${n}`;
}

/** The user "maker" of organisation 1, which is there. */
export async function enterMaker(store: Store): Promise<void> {
  await store.transaction(async (tx) => {
    await tx
      .insertInto("users")
      .values({
        ...{ id: "maker", organisation_id: organisationOf(1), name: "A maker", role: "maker", status: "active" },
        ...{ invitation_hash: null, signer: null, sealed_key: null, created_at_ms: 0 },
      })
      .execute();
  });
}
