import { sql } from "kysely";
import type { RebuildState, RebuildStore, SequenceCheck } from "../domain/blockStore.ts";
import type { Lease } from "../domain/leadership.ts";
import type { DecodedBlock } from "../domain/ledgerEvent.ts";
import { invariant } from "../shared/errors.ts";
import { projectBlocks, takeBackBlocks } from "./blocks.ts";
import { findOrganisations } from "./eventLog.ts";
import { assertLeader } from "./leadership.ts";
import { differencesMax, findBrokenSequences, findDifferences } from "./sequenceDifferences.ts";
import type { Db, Store, Transaction } from "./store.ts";
import { project } from "./views/project.ts";
import { createViews, viewNames } from "./views/views.ts";

/** Makes the views anew from the ledger's blocks. Commits are bounded, and a rebuild that was cut off goes on. */
export function createRebuildStore(store: Store): RebuildStore {
  return {
    async state() {
      const row = await store.db.selectFrom("chain_state").selectAll().executeTakeFirstOrThrow();
      return stateOf(row);
    },
    begin: (lease) => store.transaction((tx) => begin(tx, lease)),
    apply: (lease, blocks) => store.transaction((tx) => apply(tx, lease, blocks)),
    retract: (lease, { above, atMs }) =>
      store.transaction(async (tx) => {
        const row = await lockState(tx, lease);
        const position = Math.min(row.rebuild_position ?? -1, above);
        await tx.updateTable("chain_state").set({ rebuild_position: position }).execute();
        return takeBackBlocks(tx, row.finalized_number ?? -1, { above, atMs });
      }),
    async finish(lease) {
      await mendIssued(store, lease);
      return store.transaction((tx) => finish(tx, lease));
    },
  };
}

function stateOf(row: { rebuild_position: number | null; rebuild_differences: string[] }): RebuildState | undefined {
  const { rebuild_position: position, rebuild_differences: differences } = row;
  return position === null ? undefined : { position, differences };
}

async function lockState(tx: Transaction, lease: Lease) {
  await assertLeader(tx, lease);
  return tx.selectFrom("chain_state").selectAll().forUpdate().executeTakeFirstOrThrow();
}

async function begin(tx: Transaction, lease: Lease): Promise<RebuildState> {
  const underWay = stateOf(await lockState(tx, lease));
  if (underWay) return underWay;
  await sql`truncate ${sql.join(["undo", ...viewNames].map((name) => sql.table(name)))}`.execute(tx);
  // Columns of originals that follow from the ledger. A disabled user stays so: a person or the ledger had a reason.
  await tx
    .updateTable("organisations")
    .set({ participant_id: null, account: null, status: "invited" })
    .where("participant_id", "is not", null)
    .execute();
  await tx
    .updateTable("users")
    .set({ status: "accepted" })
    .where("status", "=", "active")
    .where("role", "!=", "viewer")
    .where("signer", "is not", null)
    .execute();
  await tx.updateTable("chain_state").set({ rebuild_position: -1, rebuild_differences: "[]" }).execute();
  return { position: -1, differences: [] };
}

async function apply(tx: Transaction, lease: Lease, blocks: readonly DecodedBlock[]): Promise<void> {
  const row = await lockState(tx, lease);
  const state = stateOf(row);
  invariant(state, "no rebuild of the views is under way");
  await expectStored(tx, blocks, state.position + 1);
  const told = await projectBlocks(tx, blocks, row.finalized_number ?? -1);
  const organisations = await findOrganisations(tx, told);
  const differences = await findDifferences(tx, blocks, { told, organisations });
  await tx
    .updateTable("chain_state")
    .set({
      rebuild_position: state.position + blocks.length,
      rebuild_differences: JSON.stringify([...state.differences, ...differences].slice(0, differencesMax)),
    })
    .execute();
}

async function expectStored(tx: Transaction, blocks: readonly DecodedBlock[], first: number): Promise<void> {
  const stored = await tx
    .selectFrom("blocks")
    .select("hash")
    .where("number", ">=", first)
    .where("number", "<", first + blocks.length)
    .orderBy("number")
    .execute();
  for (const [index, { block }] of blocks.entries()) {
    const isStored = block.number === first + index && stored[index]?.hash === block.hash;
    invariant(isStored, `block ${block.number} of the rebuild is not the one that is stored`);
  }
}

/** So many contents are compared in one commit. */
const contentsPerCommit = 5_000;

/**
 * `credit_contents.issued` follows credits by triggers, but not when a rebuild begins: emptying the views would write
 * every row of it. So what was on the ledger once and is no longer is found here.
 */
async function mendIssued(store: Store, lease: Lease): Promise<void> {
  for (let after: string | null = ""; after !== null; ) {
    after = await store.transaction((tx) => mendIssuedAfter(tx, lease, after ?? ""));
  }
}

/** @returns the last id that was compared, null at the end */
async function mendIssuedAfter(tx: Transaction, lease: Lease, after: string): Promise<string | null> {
  await lockState(tx, lease);
  const { rows } = await sql<{ last: string | null }>`with compared as (
      select credit_id, issued, exists (select from credits where id = credit_id) as stands
      from credit_contents where credit_id > ${after} order by credit_id limit ${contentsPerCommit}::bigint
    ), mended as (
      update credit_contents set issued = stands from compared
      where credit_contents.credit_id = compared.credit_id and compared.issued <> compared.stands
    )
    select max(credit_id) as last from compared`.execute(tx);
  return rows[0]?.last ?? null;
}

async function finish(tx: Transaction, lease: Lease): Promise<readonly string[]> {
  const state = stateOf(await lockState(tx, lease));
  invariant(state, "no rebuild of the views is under way");
  const last = await tx.selectFrom("blocks").select("number").orderBy("number", "desc").limit(1).executeTakeFirst();
  invariant(state.position === (last?.number ?? -1), `the rebuild ends at block ${state.position}`);
  await tx.updateTable("chain_state").set({ rebuild_position: null, rebuild_differences: "[]" }).execute();
  return state.differences;
}

/**
 * Compares without writing. Views are made in memory, about a kilobyte for each deal, so that it shows at every event
 * whom it concerned at that time.
 */
export async function createSequenceCheck(db: Db): Promise<SequenceCheck> {
  const views = createViews();
  const rows = await db.selectFrom("organisations").select(["id", "lei_commitment"]).execute();
  const byCommitment = new Map(rows.map(({ id, lei_commitment }) => [lei_commitment, id]));
  const organisations = new Map<number, string>();
  const differences: string[] = [];
  return {
    async apply(blocks) {
      const told = blocks.flatMap(({ events }) => events.map((event) => project(views, event)));
      for (const { event } of told) {
        if (event.type !== "participant.admitted") continue;
        const organisation = byCommitment.get(event.data.leiCommitment);
        if (organisation !== undefined) organisations.set(event.data.id, organisation);
      }
      // These are never looked at again in a later block.
      views.postings.forget();
      views.payments.forget();
      views.undertaking_transfers.forget();
      views.settlements.forget();
      views.settlement_parties.forget();
      const found = await findDifferences(db, blocks, { told, organisations });
      differences.push(...found.slice(0, differencesMax - differences.length));
    },
    async finish() {
      return [...differences, ...(await findBrokenSequences(db))].slice(0, differencesMax);
    },
  };
}
