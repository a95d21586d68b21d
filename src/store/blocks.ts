import { sql } from "kysely";
import type { BlockStore, Retracted } from "../domain/blockStore.ts";
import type { Lease } from "../domain/leadership.ts";
import type { DecodedBlock } from "../domain/ledgerEvent.ts";
import { invariant } from "../shared/errors.ts";
import { finalizeBlocks, lockChainState } from "./chainState.ts";
import { appendEvents, retractEvents } from "./eventLog.ts";
import { assertLeader } from "./leadership.ts";
import { findOwnAttempts, recordMined, unrecordMined } from "./minedTransactions.ts";
import { listKnownContracts } from "./parties.ts";
import type { Db, Store, Transaction } from "./store.ts";
import { recordUndo, undoBlocks } from "./undo.ts";
import { loadNeededRows } from "./views/neededRows.ts";
import { project, type Told } from "./views/project.ts";
import { createViews } from "./views/views.ts";

/** The indexer's truth: blocks, events, views and the state of our transactions, in one commit. */
export function createBlockStore(store: Store): BlockStore {
  return {
    checkpoint: () => lastBlock(store.db),
    async finalized() {
      const row = await store.db.selectFrom("chain_state").selectAll().executeTakeFirstOrThrow();
      const { finalized_number: number, finalized_hash: hash } = row;
      return number === null || hash === null ? undefined : { number, hash };
    },
    blocks: (from, to) =>
      store.db
        .selectFrom("blocks")
        .select(["number", "hash"])
        .where("number", ">=", from)
        .where("number", "<=", to)
        .orderBy("number")
        .execute(),
    knownContracts: () => listKnownContracts(store.db),
    ownAttempts: (hashes) => findOwnAttempts(store.db, hashes),
    commitBlocks: (lease, blocks, finalized) =>
      store.transaction((tx) => commitBlocks(tx, lease, { blocks, finalized })),
    retractBlocks: (lease, retraction) => store.transaction((tx) => retractBlocks(tx, lease, retraction)),
  };
}

function lastBlock(db: Db) {
  return db.selectFrom("blocks").select(["number", "hash"]).orderBy("number", "desc").limit(1).executeTakeFirst();
}

interface Commit {
  readonly blocks: readonly DecodedBlock[];
  readonly finalized: number;
}

/** As many statements for many blocks as for one, but for blocks that may still go: each of those is undone by itself. */
async function commitBlocks(tx: Transaction, lease: Lease, { blocks, finalized }: Commit): Promise<void> {
  await assertLeader(tx, lease);
  const state = await lockChainState(tx);
  const final = Math.max(state.finalized, finalized);
  if (blocks.length > 0) {
    await insertBlocks(tx, blocks);
    await appendEvents(tx, await projectBlocks(tx, blocks, final));
    await recordMined(tx, blocks, final);
  }
  if (final <= state.finalized) return;
  const firstNew = blocks[0]?.block.number ?? Number.MAX_SAFE_INTEGER;
  await finalizeBlocks(tx, final, { before: state.finalized, firstNew });
}

async function insertBlocks(tx: Transaction, blocks: readonly DecodedBlock[]): Promise<void> {
  const rows = blocks.map(({ block: { number, hash, parentHash, timestamp } }) => {
    return { number, hash, parent_hash: parentHash, timestamp };
  });
  await sql`insert into blocks
    select * from json_populate_recordset(null::blocks, ${JSON.stringify(rows)}::json)`.execute(tx);
}

/** Brings the views up to date with these blocks. Whom each event concerns, in order. */
export async function projectBlocks(
  tx: Transaction,
  blocks: readonly DecodedBlock[],
  final: number,
): Promise<readonly Told[]> {
  const views = createViews();
  await loadNeededRows(
    tx,
    views,
    blocks.flatMap(({ events }) => events),
  );
  const told: Told[] = [];
  for (const { block, events } of blocks) {
    if (block.number > final) {
      // What was final is written before anything is recorded.
      await views.write(tx);
      if (events.length > 0) await recordUndo(tx, block.number);
    }
    for (const event of events) told.push(project(views, event));
  }
  await views.write(tx);
  return told;
}

interface Retraction {
  readonly above: number;
  readonly atMs: number;
}

async function retractBlocks(tx: Transaction, lease: Lease, retraction: Retraction): Promise<Retracted> {
  await assertLeader(tx, lease);
  const { finalized } = await lockChainState(tx);
  return takeBackBlocks(tx, finalized, retraction);
}

/** What is final is never taken back, whoever asks. */
export async function takeBackBlocks(tx: Transaction, finalized: number, retraction: Retraction): Promise<Retracted> {
  const { above, atMs } = retraction;
  invariant(above >= finalized, `block ${finalized} is final and cannot be taken back`);
  const events = await retractEvents(tx, above);
  await undoBlocks(tx, above);
  await unrecordMined(tx, above);
  const { rows } = await sql`with orphaned as (
      delete from blocks where number > ${above} returning number, hash, parent_hash, timestamp
    )
    insert into orphaned_blocks (number, hash, parent_hash, timestamp, orphaned_at_ms)
    select number, hash, parent_hash, timestamp, ${atMs}::bigint from orphaned order by number
    returning 1`.execute(tx);
  return { blocks: rows.length, events };
}
