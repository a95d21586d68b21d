/** Everything that an index says, as text, to be compared with what another one says. */
import { sql } from "kysely";
import type { Store } from "../../src/store/store.ts";
import { viewNames } from "../../src/store/views/views.ts";
import { address, enterIntent, hash } from "../store/blockFixture.ts";
import type { TestAttempt } from "./branchingLedger.ts";
import { participantsMost } from "./world.ts";

async function rowsOf(store: Store, table: string): Promise<string[]> {
  const { rows } = await sql<{ row: string }>`select entry::text as row from ${sql.table(table)} as entry
    order by entry::text`.execute(store.db);
  return rows.map(({ row }) => row);
}

/** Every row of every view, and the columns of originals that follow from the ledger. */
export async function viewsOf(store: Store): Promise<Readonly<Record<string, readonly string[]>>> {
  const dump: Record<string, readonly string[]> = {};
  for (const name of viewNames) dump[name] = await rowsOf(store, name);
  const organisations = await store.db
    .selectFrom("organisations")
    .select(["id", "participant_id", "account", "status"])
    .orderBy("id")
    .execute();
  const users = await store.db.selectFrom("users").select(["id", "status"]).orderBy("id").execute();
  return {
    ...dump,
    organisations: organisations.map((row) => JSON.stringify(row)),
    users: users.map((row) => JSON.stringify(row)),
  };
}

/** What became of our transactions. */
export function transactionsOf(store: Store) {
  return store.db
    .selectFrom("transactions")
    .select(["id", "status", "block_number", "block_hash", "hash", "error"])
    .orderBy("id")
    .execute();
}

/** One entry of a sequence, without its number. */
export interface Entry {
  readonly sequence: number;
  readonly retracts: number | null;
  readonly content: string;
}

/** Entries of an organisation after a number, as they stand in its sequence. */
export async function entriesAfter(store: Store, organisationId: string, after: number): Promise<readonly Entry[]> {
  const rows = await store.db
    .selectFrom("events")
    .selectAll()
    .where("organisation_id", "=", organisationId)
    .where("sequence", ">", after)
    .orderBy("sequence")
    .execute();
  return rows.map(({ sequence, retracts, type, subject, data, block_hash, log_index }) => {
    return { sequence, retracts, content: JSON.stringify([type, subject, data, block_hash, log_index]) };
  });
}

/** Organisations that wait to be admitted, each with two users, and acts of ours with two attempts each. */
export async function enterWaiting(store: Store, attempts: readonly TestAttempt[]): Promise<void> {
  await store.transaction(async (tx) => {
    for (let n = 1; n <= participantsMost; n += 1) {
      await tx
        .insertInto("organisations")
        .values({
          ...{ id: `organisation-${n}`, name: `Party ${n}`, lei: `LEI${n}`, bic: null, country: "NL", roles: "[]" },
          ...{ lei_salt: hash(n, "f"), lei_commitment: hash(n, "e"), status: "invited", created_at_ms: 0 },
          ...{ participant_id: null, account: null },
        })
        .execute();
      for (const place of [0, 1]) {
        await tx
          .insertInto("users")
          .values({
            ...{ id: `user-${n}-${place}`, organisation_id: `organisation-${n}`, name: "", role: "maker" },
            ...{ status: "accepted", invitation_hash: null, signer: address(20_000 + 2 * n + place) },
            ...{ sealed_key: null, created_at_ms: 0 },
          })
          .execute();
      }
    }
  });
  for (const id of new Set(attempts.map(({ act }) => act))) await enterIntent(store, { id });
  await store.transaction(async (tx) => {
    for (const [index, { hash: own, act }] of attempts.entries()) {
      const shared = { lane: address(800), nonce: Math.floor(index / 2) };
      await tx
        .updateTable("transactions")
        .set({ ...shared, status: "broadcast", hash: own })
        .where("id", "=", act)
        .execute();
      await tx
        .insertInto("attempts")
        .values({
          ...{ hash: own, transaction_id: act, ...shared, kind: index % 2 === 0 ? "act" : "noop", raw: "0x" },
          ...{ fee: '{"type":0,"gasPrice":"0"}', signed_at_ms: index, broadcast_at_ms: index },
        })
        .execute();
    }
  });
}

/** As before the first block. */
export async function forgetIndex(store: Store): Promise<void> {
  await store.transaction(async (tx) => {
    const tables = [...viewNames, "events", "event_sequences", "blocks", "undo"];
    await sql`truncate ${sql.join(tables.map((name) => sql.table(name)))}`.execute(tx);
    await tx
      .updateTable("chain_state")
      .set({ finalized_number: null, finalized_hash: null, rebuild_position: null, rebuild_differences: "[]" })
      .execute();
    await tx.updateTable("organisations").set({ participant_id: null, account: null, status: "invited" }).execute();
    await tx.updateTable("users").set({ status: "accepted" }).execute();
    await tx
      .updateTable("transactions")
      .set({ status: "broadcast", block_number: null, block_hash: null, error: null })
      .execute();
  });
}
