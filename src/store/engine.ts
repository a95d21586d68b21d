import pg from "pg";
import { AppError } from "../shared/errors.ts";
import type { Durability } from "./durability.ts";
import type { DiskFaults } from "./durableFileSystem.ts";
import { openSession, type Session } from "./session.ts";
import { valueTypes } from "./valueTypes.ts";
import { createWorkerStream, type WorkerStream } from "./workerStream.ts";

/** A source of connections. Both engines are driven by the same `pg` client, so that values and errors are the same. */
export interface Engine {
  readonly name: "pglite" | "postgres";
  readonly pool: pg.Pool;
  /** A connection outside the pool, closed with the engine; the embedded engine has only its one. */
  readonly openSession: (() => Promise<Session>) | undefined;
  /** Forced writes of the embedded engine since it was opened; 0 on a server, which counts its own. */
  syncCount(): number;
  /** Ends a statement that does not end by itself. A server does that alone, by its statement_timeout. */
  interrupt(): void;
  close(): Promise<void>;
}

const connectionsMax = 10;
const connectMs = 10_000;

export interface PgliteSettings {
  /** Absent: in memory, for tests. */
  readonly dataDir?: string;
  readonly durability: Durability;
  readonly faults?: DiskFaults;
}

/** PGlite in a thread: one connection, and everybody else waits in the pool's queue, in order. */
export function openPgliteEngine(settings: PgliteSettings): Engine {
  let current: WorkerStream | undefined;
  let syncsBefore = 0;
  const pool = new pg.Pool({
    max: 1,
    idleTimeoutMillis: 0,
    host: "embedded",
    user: "postgres",
    database: "postgres",
    password: "",
    ssl: false,
    types: valueTypes,
    stream: () => {
      syncsBefore += current?.syncCount() ?? 0;
      const after = current?.ended ?? Promise.resolve();
      const { dataDir, faults, durability } = settings;
      current = createWorkerStream({ dataDir, faults, durability }, after);
      return current.stream;
    },
  });
  return {
    name: "pglite",
    pool,
    openSession: undefined,
    syncCount: () => syncsBefore + (current?.syncCount() ?? 0),
    interrupt: () => void current?.stream.destroy(new AppError("store.unavailable")),
    async close() {
      await pool.end();
      // The pool lets go of its client before the thread has made its last checkpoint.
      await current?.ended;
    },
  };
}

/** A PostgreSQL server (15 or later) at `databaseUrl`. */
export function openPostgresEngine({ databaseUrl, limitMs }: { databaseUrl: string; limitMs: number }): Engine {
  const sessions = new Set<Session>();
  let isClosed = false;
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: connectionsMax,
    connectionTimeoutMillis: connectMs,
    application_name: "hansa",
    // A server that vanished without a word is noticed by the operating system at last.
    keepAlive: true,
    keepAliveInitialDelayMillis: connectMs,
    statement_timeout: limitMs,
    // A gateway that stops in the middle of a transaction does not hold its locks for ever.
    idle_in_transaction_session_timeout: 2 * limitMs,
    options: "-c timezone=UTC -c default_transaction_read_only=on",
    types: valueTypes,
  });
  return {
    name: "postgres",
    pool,
    async openSession() {
      if (isClosed) throw new AppError("store.unavailable");
      const session = await openSession({ databaseUrl, limitMs });
      sessions.add(session);
      void session.ended.then(() => sessions.delete(session));
      return session;
    },
    syncCount: () => 0,
    interrupt() {},
    async close() {
      isClosed = true;
      await Promise.all([...sessions].map((session) => session.close()));
      await pool.end();
    },
  };
}
