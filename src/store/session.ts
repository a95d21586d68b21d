import net from "node:net";
import pg from "pg";
import { AppError } from "../shared/errors.ts";
import { assertOutsideTransaction } from "../shared/transactionScope.ts";
import { toStoreFault } from "./storeFault.ts";
import { valueTypes } from "./valueTypes.ts";

/**
 * A connection to the server that is nobody else's, for what lives as long as a session: advisory locks and LISTEN.
 *
 * It must reach the server itself. A pooler in transaction mode (PgBouncer's, for one) hands every statement to any
 * backend: a lock would be taken on one and given back on another. When the backend changes, the session ends.
 */
export interface Session {
  /** One statement of its own. A connection that does not answer is ended: `store.unavailable`. */
  query(text: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** At most one listener; `LISTEN` itself is a query. */
  onNotification(listener: () => void): void;
  isEnded(): boolean;
  /** Resolves when the connection is gone, whoever ended it; every lock of the session is gone with it, or soon. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

const connectMs = 10_000;
/** A backend that hears nothing for so many beats ends by itself, so a gateway that hangs holds no lock for ever. */
const silentBeatsMax = 4;

interface SessionSettings {
  readonly databaseUrl: string;
  /** Longest time of a statement on the server; its reply may take twice that. */
  readonly limitMs: number;
  readonly beatMs?: number;
}

/** Connects. Errors: `store.unavailable`. */
export async function openSession({ databaseUrl, limitMs, beatMs = 5_000 }: SessionSettings): Promise<Session> {
  assertOutsideTransaction("a connection of its own");
  const socket = new net.Socket();
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: "hansa session",
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: beatMs,
    statement_timeout: limitMs,
    query_timeout: 2 * limitMs,
    options: `-c timezone=UTC -c default_transaction_read_only=on -c idle_session_timeout=${silentBeatsMax * beatMs}`,
    types: valueTypes,
    stream: () => socket,
  });
  let isEnded = false;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  function end(): void {
    isEnded = true;
    clearInterval(timer);
    // Whoever waits for an answer on it gets an error.
    socket.destroy();
    resolve();
  }
  client.on("error", end);
  client.on("end", end);

  async function send(text: string, values: readonly unknown[]) {
    if (isEnded) throw new AppError("store.unavailable");
    try {
      const { rows } = await client.query<Record<string, unknown>>(text, [...values]);
      return rows;
    } catch (error) {
      // An error of the SQL leaves the connection as it was; silence or a broken wire ends it.
      if (!(error instanceof pg.DatabaseError)) end();
      throw toStoreFault(error, isEnded);
    }
  }

  let last: Promise<unknown> = Promise.resolve();
  function query(text: string, values: readonly unknown[] = []) {
    assertOutsideTransaction("a query of another session");
    // One after the other, so that the time of each counts from when it is sent.
    const reply = last.then(() => send(text, values));
    last = reply.catch(() => undefined);
    return reply;
  }

  const backendOf = async () => (await query("select pg_backend_pid() as pid"))[0]?.["pid"];
  /** Tells the server that this process lives, and this process that the server does and is the same backend. */
  async function beat(): Promise<void> {
    if ((await backendOf()) !== backend) end();
  }
  const timer = setInterval(() => void beat().catch(end), beatMs);
  timer.unref();
  let backend: unknown;
  try {
    await client.connect();
    backend = await backendOf();
  } catch (error) {
    end();
    throw toStoreFault(error, true);
  }

  return {
    query,
    onNotification: (listener) => void client.on("notification", listener),
    isEnded: () => isEnded,
    ended,
    async close() {
      if (!isEnded) await client.end().catch(() => undefined);
      end();
    },
  };
}
