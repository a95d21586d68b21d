import type { PostgresPool, PostgresPoolClient } from "kysely";
import pg from "pg";
import type { Logger } from "../shared/context.ts";
import { assertOutsideTransaction } from "../shared/transactionScope.ts";
import { createStatementNames, type StatementNames } from "./statementNames.ts";
import { toStoreFault } from "./storeFault.ts";

interface Guard {
  readonly names: StatementNames;
  /** Connections that broke. */
  readonly lost: WeakSet<pg.PoolClient>;
  /** When each connection began with plans of its own, in milliseconds of this process. */
  readonly plannedAt: WeakMap<pg.PoolClient, number>;
  readonly nowMs: () => number;
}

/**
 * So old may a plan be that was made once for a named statement. A plan for a table of ten rows reads all of them, and
 * a table may grow a thousandfold before anybody looks at its statistics again.
 */
const plansKeptMs = 2_000;

/**
 * The pool as the query builder sees it. Taking a connection while a transaction of the same call chain is open is
 * refused at once: on the embedded engine, which has one connection, it would wait for itself for ever. Statements that
 * come again have a name (`statementNames.ts`).
 */
export function guardPool(pool: pg.Pool, logger: Logger, nowMs = () => performance.now()): PostgresPool {
  const guard: Guard = { names: createStatementNames(), lost: new WeakSet(), plannedAt: new WeakMap(), nowMs };
  pool.on("connect", (client) => {
    client.on("error", () => guard.lost.add(client));
  });
  // A connection that breaks while nobody uses it is replaced at the next use.
  pool.on("error", (error) => {
    logger.warn({ error: error.message, cause: String(error.cause ?? "") }, "an idle connection to the store was lost");
  });

  return {
    options: {},
    async connect() {
      assertOutsideTransaction("a query outside the open transaction");
      let client: pg.PoolClient;
      try {
        client = await pool.connect();
      } catch (error) {
        throw toStoreFault(error, true);
      }
      await renewPlans(guard, client);
      return guardClient(guard, client);
    },
    // The engine closes its pool itself.
    end: async () => undefined,
  };
}

/** Between two uses of a connection, so never inside a transaction. */
async function renewPlans({ lost, plannedAt, nowMs }: Guard, client: pg.PoolClient): Promise<void> {
  const now = nowMs();
  const at = plannedAt.get(client);
  if (at === undefined) plannedAt.set(client, now);
  if (at === undefined || now - at < plansKeptMs) return;
  plannedAt.set(client, now);
  try {
    await client.query("discard plans");
  } catch (error) {
    client.release(true);
    throw toStoreFault(error, lost.has(client));
  }
}

function guardClient({ names, lost }: Guard, client: pg.PoolClient): PostgresPoolClient {
  async function send(text: string, parameters: readonly unknown[]): Promise<unknown> {
    const values = [...parameters];
    const name = names.nameOf(text, parameters);
    if (name === undefined) return await client.query({ text, values });
    try {
      return await client.query({ text, values, name });
    } catch (error) {
      if (!isOfOtherShape(error)) throw error;
      names.refuse(text);
      // An open transaction is lost with it; the next one succeeds.
      if (client.getTransactionStatus() !== "I") throw error;
      return await client.query({ text, values });
    }
  }

  async function query(text: string, parameters: readonly unknown[]): Promise<unknown> {
    try {
      return await send(text, parameters);
    } catch (error) {
      throw toStoreFault(error, lost.has(client));
    }
  }
  return { query: query as PostgresPoolClient["query"], release: (destroy) => client.release(destroy) };
}

/** A newer release has given a table another column, and `select *` was planned without it. */
function isOfOtherShape(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === "0A000" && error.routine === "RevalidateCachedQuery";
}
