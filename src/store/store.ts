import { type ControlledTransaction, Kysely, type Transaction as KyselyTransaction, PostgresDialect } from "kysely";
import type { Context } from "../shared/context.ts";
import { AppError, invariant } from "../shared/errors.ts";
import { limits } from "../shared/limits.ts";
import { assertOutsideTransaction, runInsideTransaction } from "../shared/transactionScope.ts";
import { assertServerDurable, assertServerOptions, type Durability } from "./durability.ts";
import type { DiskFaults } from "./durableFileSystem.ts";
import { type Engine, openPgliteEngine, openPostgresEngine } from "./engine.ts";
import { guardPool } from "./guardedPool.ts";
import { type Migration, migrate } from "./migrate.ts";
import type { Schema } from "./schema.ts";
import type { Session } from "./session.ts";
import { shareReads } from "./sharedReads.ts";
import { createSnapshots, type WithSnapshot } from "./snapshot.ts";

/** An open database transaction. It is passed on to whatever writes; nobody else can write. */
export type Transaction = KyselyTransaction<Schema>;
/** Something to read from: `store.db`, or the transaction when the read belongs to it. */
export type Db = Kysely<Schema>;

export interface Store {
  readonly engine: "pglite" | "postgres";
  /** For reads: every statement is its own read-only transaction, and a write through it is refused. */
  readonly db: Db;
  /**
   * Runs `work` in one read-committed transaction and commits when it resolves. Its SQL goes through `tx`; a query
   * through `db`, another transaction, or any wait that is guarded by `assertOutsideTransaction` throws in there.
   *
   * Errors: whatever `work` throws, after everything is undone; `store.transaction_timeout` when `work` is not done
   * within the limit; `store.disk_full`; `store.unavailable`. After the last two during the commit itself its outcome
   * is unknown to the caller, which is why every write carries an idempotency key.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** A connection of its own on a server, for advisory locks and LISTEN; undefined on the embedded engine. */
  readonly openSession: (() => Promise<Session>) | undefined;
  /** Reads the whole store as of one moment without holding up anybody. See `createSnapshots` for its errors. */
  readonly snapshot: WithSnapshot;
  /** Whether nobody uses or waits for a connection right now. */
  isIdle(): boolean;
  /** Requests that wait for a connection. */
  waiting(): number;
  /** Forced writes of the embedded engine so far, for metrics and for proofs of durability. */
  syncCount(): number;
  close(): Promise<void>;
}

export interface StoreSettings {
  readonly context: Pick<Context, "logger">;
  /** Folder of the embedded engine. Neither this nor `databaseUrl`: in memory, for tests. */
  readonly dataDir?: string;
  /** A PostgreSQL server instead of the embedded engine. */
  readonly databaseUrl?: string;
  readonly migrations: readonly Migration[];
  /** Looks at the migrated store and throws to refuse it; then nothing was written, the migrations included. */
  readonly accept?: (tx: Transaction) => Promise<void>;
  /** Shorter than `limits.transactionMs` in tests. */
  readonly transactionMs?: number;
  /** Default `strict`. */
  readonly durability?: Durability;
  /** Faults of the disk, in tests. */
  readonly faults?: DiskFaults;
}

/**
 * Opens the store and brings it up to the last migration. The folder must be locked by the caller (`lockFolder`).
 *
 * Errors, each before any row is touched: `store.not_durable`, `store.options_dropped`, `store.engine_mismatch`, `store.files_damaged`,
 * `store.disk_full`, `store.unavailable`, `store.migration_changed`, `store.newer_than_code`.
 */
export async function openStore(settings: StoreSettings): Promise<Store> {
  const limitMs = settings.transactionMs ?? limits.transactionMs;
  const durability = settings.durability ?? "strict";
  const engine = openEngine({ ...settings, durability }, limitMs);
  const db = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: shareReads(guardPool(engine.pool, settings.context.logger)) }),
  });
  const run = { db, engine, logger: settings.context.logger };
  try {
    if (engine.name === "postgres") await assertServerOptions(db);
    if (engine.name === "postgres" && durability === "strict") await assertServerDurable(db);
    await runTransaction({ ...run, limitMs: undefined }, async (tx) => {
      await migrate(tx, settings.migrations);
      await settings.accept?.(tx);
    });
  } catch (error) {
    await engine.close();
    throw error;
  }
  return {
    engine: engine.name,
    db,
    transaction: (work) => runTransaction({ ...run, limitMs }, work),
    openSession: engine.openSession,
    snapshot: createSnapshots({ engine, dataDir: settings.dataDir, databaseUrl: settings.databaseUrl }),
    isIdle: () => engine.pool.waitingCount === 0 && engine.pool.idleCount === engine.pool.totalCount,
    waiting: () => engine.pool.waitingCount,
    syncCount: engine.syncCount,
    async close() {
      await db.destroy();
      await engine.close();
    },
  };
}

function openEngine(settings: StoreSettings & { durability: Durability }, limitMs: number): Engine {
  const { dataDir, databaseUrl, durability, faults } = settings;
  invariant(dataDir === undefined || databaseUrl === undefined, "a store has a folder or a server, not both");
  if (databaseUrl !== undefined) return openPostgresEngine({ databaseUrl, limitMs });
  return openPgliteEngine({ durability, ...(dataDir !== undefined && { dataDir }), ...(faults && { faults }) });
}

/** A statement that outlives its transaction's limit this many times is ended by force. */
const patienceFactor = 5;

interface Run extends Pick<Context, "logger"> {
  readonly db: Db;
  readonly engine: Engine;
  /** Undefined for migrations, which may be long. */
  readonly limitMs: number | undefined;
}

async function runTransaction<T>(run: Run, work: (tx: Transaction) => Promise<T>): Promise<T> {
  assertOutsideTransaction("a second transaction");
  const tx = await run.db.startTransaction().setIsolationLevel("read committed").setAccessMode("read write").execute();
  let result: T;
  try {
    result = await withinLimit(run.limitMs, () => runInsideTransaction(() => work(tx)));
  } catch (error) {
    const undone = undo(run, tx);
    // Too long a transaction may still be inside a statement; its caller does not wait for the end of that.
    if (!isTimeout(error)) await undone;
    throw error;
  }
  try {
    await tx.commit().execute();
  } catch (error) {
    // Ends the transaction and gives the connection back; after a commit that the database undid it does nothing.
    await undo(run, tx);
    throw error;
  }
  return result;
}

async function undo({ engine, logger, limitMs }: Run, tx: ControlledTransaction<Schema>): Promise<void> {
  const patienceMs = limitMs === undefined ? undefined : limitMs * patienceFactor;
  const timer = patienceMs === undefined ? undefined : setTimeout(() => engine.interrupt(), patienceMs);
  try {
    await tx.rollback().execute();
  } catch (error) {
    // The connection is gone, and the transaction with it.
    const cause = error instanceof Error ? error.cause : undefined;
    logger.warn({ error: String(error), cause: String(cause ?? "") }, "a rollback found its connection lost");
  } finally {
    clearTimeout(timer);
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof AppError && error.code === "store.transaction_timeout";
}

/** The limit counts from the first statement, not from the time spent in the queue. */
async function withinLimit<T>(limitMs: number | undefined, work: () => Promise<T>): Promise<T> {
  if (limitMs === undefined) return work();
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new AppError("store.transaction_timeout", { limitMs })), limitMs);
  try {
    return await Promise.race([work(), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
