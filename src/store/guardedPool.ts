import type { PostgresPool, PostgresPoolClient } from "kysely";
import type pg from "pg";
import type { Logger } from "../shared/context.ts";
import { assertOutsideTransaction } from "../shared/transactionScope.ts";
import { toStoreFault } from "./storeFault.ts";

/**
 * The pool as the query builder sees it. Taking a connection while a transaction of the same call chain is open is
 * refused at once: on the embedded engine, which has one connection, it would wait for itself for ever.
 */
export function guardPool(pool: pg.Pool, logger: Logger): PostgresPool {
  const lost = new WeakSet<pg.PoolClient>();
  pool.on("connect", (client) => {
    client.on("error", () => lost.add(client));
  });
  // A connection that breaks while nobody uses it is replaced at the next use.
  pool.on("error", (error) => {
    logger.warn({ error: error.message, cause: String(error.cause ?? "") }, "an idle connection to the store was lost");
  });

  function guardClient(client: pg.PoolClient): PostgresPoolClient {
    async function query(sql: string, parameters: readonly unknown[]): Promise<unknown> {
      try {
        return await client.query(sql, [...parameters]);
      } catch (error) {
        throw toStoreFault(error, lost.has(client));
      }
    }
    return { query: query as PostgresPoolClient["query"], release: (destroy) => client.release(destroy) };
  }

  return {
    options: {},
    async connect() {
      assertOutsideTransaction("a query outside the open transaction");
      try {
        return guardClient(await pool.connect());
      } catch (error) {
        throw toStoreFault(error, true);
      }
    },
    // The engine closes its pool itself.
    end: async () => undefined,
  };
}
