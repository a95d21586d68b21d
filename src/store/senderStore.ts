import { sql } from "kysely";
import type { Lease } from "../domain/leadership.ts";
import type {
  AlsoSaved,
  Attempt,
  Broadcast,
  ClaimedIntent,
  LaneName,
  NoopMeaning,
  OpenTransaction,
  SenderStore,
  Take,
} from "../domain/transaction.ts";
import { AppError, invariant } from "../shared/errors.ts";
import { claimIntents, somethingWaits } from "./claim.ts";
import { assertLeader } from "./leadership.ts";
import type { Db, Store, Transaction } from "./store.ts";

/** The sender's truth: which intent has which nonce and bytes. Every commit is a handful of statements for a batch. */
export function createSenderStore(store: Store): SenderStore {
  /** Every write is fenced: it and the check of its lease commit together. */
  function write<T>(lease: Lease, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return store.transaction(async (tx) => {
      await assertLeader(tx, lease);
      return work(tx);
    });
  }

  return {
    openLane: (lease, lane, countOnLedger) => write(lease, (tx) => openLane(tx, lane, countOnLedger)),
    async claim(lease, take) {
      // An idle lane asks often; without this look each time would be a commit that the disk must keep.
      return (await doesWait(store.db, take)) ? write(lease, (tx) => claimIntents(tx, take)) : [];
    },
    async saveSigned(lease, lane, ...[firstNonce, attempts, also]) {
      try {
        return await write(lease, (tx) => saveSigned(tx, lane, { firstNonce, attempts, also }));
      } catch (error) {
        if (error instanceof CancellationWanted) return undefined;
        throw error;
      }
    },
    saveAttempt: (lease, attempt, noopMeans) => write(lease, (tx) => saveAttempt(tx, attempt, noopMeans)),
    markBroadcast: (lease, sent) => write(lease, (tx) => markBroadcast(tx, sent)),
    open: (lane) => findOpen(store.db, lane),
    markReplaced: (lease, ids) =>
      write(lease, async (tx) => {
        await sql`update transactions set status = 'replaced'
          where id = any(${[...ids]}::text[]) and status in ('signed', 'broadcast')`.execute(tx);
      }),
    knownLanes: () =>
      store.db.selectFrom("lanes").select(["address", "number"]).orderBy("number").orderBy("address").execute(),
  };
}

async function openLane(
  tx: Transaction,
  { address, number }: LaneName,
  countOnLedger: number,
): Promise<{ nextNonce: number }> {
  const { rows } = await sql<{ next_nonce: number }>`
    insert into lanes (address, number, next_nonce) values (${address}, ${number}, ${countOnLedger})
    on conflict (address) do update set number = excluded.number
    returning next_nonce`.execute(tx);
  const nextNonce = rows[0]?.next_nonce ?? 0;
  // More nonces used on the ledger than this store gave out: another sender has this key, or the store is an old copy.
  invariant(nextNonce >= countOnLedger, `lane ${address} is behind the ledger`);
  return { nextNonce };
}

async function doesWait(db: Db, take: Take): Promise<boolean> {
  const { rows } = await somethingWaits(take).execute(db);
  return rows[0]?.found ?? false;
}

interface Signed {
  readonly firstNonce: number;
  readonly attempts: readonly Attempt[];
  readonly also: AlsoSaved | undefined;
}

/** Undoes the transaction; the lane claims again. */
class CancellationWanted extends Error {}

/** The claim comes last: until the end nobody else may claim. */
async function saveSigned(
  tx: Transaction,
  lane: LaneName,
  { firstNonce, attempts, also }: Signed,
): Promise<readonly ClaimedIntent[]> {
  if (also && also.broadcast.length > 0) await markBroadcast(tx, also.broadcast);
  await saveFirst(tx, lane, { firstNonce, attempts });
  return also?.take && (await doesWait(tx, also.take)) ? await claimIntents(tx, also.take) : [];
}

async function saveFirst(
  tx: Transaction,
  lane: LaneName,
  { firstNonce, attempts }: Omit<Signed, "also">,
): Promise<void> {
  invariant(
    attempts.every(({ nonce }, index) => nonce === firstNonce + index),
    "nonces of a batch are contiguous",
  );
  const moved = await tx
    .updateTable("lanes")
    .set({ next_nonce: firstNonce + attempts.length })
    .where("address", "=", lane.address)
    .where("next_nonce", "=", firstNonce)
    .executeTakeFirst();
  invariant(moved.numUpdatedRows === 1n, `lane ${lane.address} was moved by another sender`);
  const { rows } = await sql<{ id: string }>`
    with given as materialized (${given(attempts)}), kept as (
      insert into attempts (hash, transaction_id, lane, nonce, kind, raw, fee, signed_at_ms, broadcast_at_ms)
      select hash, transaction_id, ${lane.address}, nonce, kind, raw, fee, signed_at_ms, broadcast_at_ms from given
    ), changed as (
      update transactions set status = 'signed', nonce = given.nonce, hash = given.hash from given
      where transactions.id = given.transaction_id
        and transactions.status = 'assigned' and transactions.lane = ${lane.address}
        and transactions.cancel_requested_by is null
      returning transactions.id
    )
    select id from changed`.execute(tx);
  if (rows.length === attempts.length) return;
  const signed = new Set(rows.map(({ id }) => id));
  const others = attempts.map(({ transactionId }) => transactionId).filter((id) => !signed.has(id));
  await refuseSigned(tx, lane, others);
}

/**
 * Signing twice is a fault of ours. Losing intents is not: with another number of lanes, another process has them. Nor is
 * a cancellation that was asked for meanwhile.
 */
async function refuseSigned(tx: Transaction, lane: LaneName, ids: readonly string[]): Promise<never> {
  const own = await tx
    .selectFrom("transactions")
    .select(["id", "nonce"])
    .where("id", "in", [...ids])
    .where("lane", "=", lane.address)
    .execute();
  const twice = own.find(({ nonce }) => nonce !== null);
  invariant(twice === undefined, `transaction ${twice?.id} was signed twice`);
  if (own.length === ids.length) throw new CancellationWanted();
  throw new AppError("leader.superseded", { lane: lane.address });
}

/** Attempts as rows. One text that the database takes apart costs less than an array for each column. */
function given(attempts: readonly Attempt[]) {
  const rows = attempts.map(({ hash, transactionId, nonce, kind, raw, fee, signedAtMs, broadcastAtMs }) => ({
    ...{ hash, transaction_id: transactionId, nonce, kind, raw, fee },
    ...{ signed_at_ms: signedAtMs, broadcast_at_ms: broadcastAtMs },
  }));
  return sql`select * from json_to_recordset(${JSON.stringify(rows)}::json) as (
    hash text, transaction_id text, nonce bigint, kind text, raw text, fee jsonb,
    signed_at_ms bigint, broadcast_at_ms bigint
  )`;
}

/**
 * The attempt is kept even when a block has taken the nonce meanwhile: its bytes may be out, and a reorganisation
 * could bring them in.
 */
async function saveAttempt(tx: Transaction, attempt: Attempt, noopMeans: NoopMeaning | null): Promise<void> {
  const { rows } = await sql<{ known: boolean }>`
    with given as materialized (${given([attempt])}), spent as (
      select transactions.id, lane from transactions, given
      where transactions.id = given.transaction_id and transactions.nonce = given.nonce
    ), kept as (
      insert into attempts (hash, transaction_id, lane, nonce, kind, raw, fee, signed_at_ms, broadcast_at_ms)
      select hash, transaction_id, lane, nonce, kind, raw, fee, signed_at_ms, broadcast_at_ms from given, spent
      on conflict (hash) do nothing
    ), changed as (
      update transactions set hash = given.hash, noop_means = coalesce(${noopMeans}, transactions.noop_means)
      from given, spent
      where transactions.id = spent.id and transactions.status in ('signed', 'broadcast')
    )
    select exists (select from spent) as known`.execute(tx);
  invariant(rows[0]?.known, `transaction ${attempt.transactionId} has no nonce ${attempt.nonce}`);
}

async function markBroadcast(tx: Transaction, sent: readonly Broadcast[]): Promise<void> {
  const rows = sent.map(({ hash, atMs }) => ({ hash, at_ms: atMs }));
  // Locked in the order in which a block shows them to the indexer, so that the two never wait for each other.
  await sql`with given as materialized (
      select * from json_to_recordset(${JSON.stringify(rows)}::json) as (hash text, at_ms bigint)
    ), sent as (
      update attempts set broadcast_at_ms = coalesce(broadcast_at_ms, given.at_ms) from given
      where attempts.hash = given.hash returning transaction_id
    ), due as materialized (
      select id from transactions join sent on transactions.id = sent.transaction_id
      where transactions.status = 'signed' order by transactions.nonce for update of transactions
    )
    update transactions set status = 'broadcast' from due where transactions.id = due.id`.execute(tx);
}

function attemptsOfOpen(db: Db, { address }: LaneName) {
  return db
    .selectFrom("transactions")
    .innerJoin("attempts", "attempts.transaction_id", "transactions.id")
    .select(["transactions.id", "transactions.status", "target", "data", "cancel_requested_by", "noop_means"])
    .select(["attempts.hash", "attempts.nonce", "attempts.kind", "raw", "fee", "signed_at_ms", "broadcast_at_ms"])
    .where("transactions.lane", "=", address)
    .where("transactions.status", "in", ["signed", "broadcast"])
    .orderBy("transactions.nonce")
    .orderBy("signed_at_ms")
    .orderBy("attempts.hash")
    .execute();
}

/** One statement, so that it is one picture: each open transaction with every attempt at it. */
async function findOpen(db: Db, lane: LaneName): Promise<readonly OpenTransaction[]> {
  const rows = await attemptsOfOpen(db, lane);
  const groups = Map.groupBy(rows, ({ id }) => id);
  return [...groups.values()].flatMap((group) => group.slice(0, 1).map((first) => openOf(first, group)));
}

type AttemptOfOpen = Awaited<ReturnType<typeof attemptsOfOpen>>[number];

function openOf(first: AttemptOfOpen, group: readonly AttemptOfOpen[]): OpenTransaction {
  const { id, nonce, target, data } = first;
  const attempts = group.map((row) => ({
    ...{ hash: row.hash, transactionId: id, nonce, kind: row.kind, raw: row.raw, fee: row.fee },
    ...{ signedAtMs: row.signed_at_ms, broadcastAtMs: row.broadcast_at_ms },
  }));
  const status = first.status === "signed" ? "signed" : "broadcast";
  const cancelRequested = first.cancel_requested_by !== null;
  return { ...{ id, nonce, status, target, data, cancelRequested }, noopMeans: first.noop_means, attempts };
}
