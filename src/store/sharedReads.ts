import type { PostgresPool, PostgresPoolClient } from "kysely";
import { assertOutsideTransaction } from "../shared/transactionScope.ts";

type Query = (sql: string, parameters: readonly unknown[]) => Promise<Answer>;
interface Answer {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Of a read whose parameters are plain values, so that equal keys are equal reads; of others there is none. */
function keyOf(sql: string, parameters: readonly unknown[]): string | undefined {
  const isPlain = parameters.flat().every((value) => value === null || plainTypes.has(typeof value));
  return isPlain ? JSON.stringify([sql, parameters]) : undefined;
}

const plainTypes: ReadonlySet<string> = new Set(["string", "number", "boolean"]);

/**
 * The pool, with one answer for equal reads that wait at the same time. A read joins another one only until that one
 * gets its connection, so its answer is never older than its question; whoever comes later is answered anew. Many
 * requests of one user, or about one bank, ask the same at once, and the embedded engine has one connection.
 */
export function shareReads(pool: PostgresPool): PostgresPool {
  const waiting = new Map<string, Promise<Answer>>();

  async function readNow(key: string | undefined, sql: string, parameters: readonly unknown[]): Promise<Answer> {
    let client: PostgresPoolClient;
    try {
      client = await pool.connect();
    } finally {
      if (key !== undefined) waiting.delete(key);
    }
    try {
      return await (client.query as Query)(sql, parameters);
    } finally {
      client.release();
    }
  }

  async function read(sql: string, parameters: readonly unknown[]): Promise<Answer> {
    const key = keyOf(sql, parameters);
    if (key === undefined) return await readNow(key, sql, parameters);
    const asked = waiting.get(key);
    if (asked === undefined) {
      const answer = readNow(key, sql, parameters);
      waiting.set(key, answer);
      return await answer;
    }
    const answer = await asked;
    // Nobody sees what another one does with a row of its own.
    return { ...answer, rows: answer.rows.map((row) => ({ ...row })) };
  }

  /** Takes a connection only for what is more than one read. */
  function lazyClient(): PostgresPoolClient {
    let own: PostgresPoolClient | undefined;
    async function query(sql: string, parameters: readonly unknown[]): Promise<Answer> {
      if (own === undefined && sql.startsWith("select ")) return read(sql, parameters);
      own ??= await pool.connect();
      return await (own.query as Query)(sql, parameters);
    }
    return { query: query as unknown as PostgresPoolClient["query"], release: (destroy) => own?.release(destroy) };
  }

  return {
    ...pool,
    connect() {
      assertOutsideTransaction("a query outside the open transaction");
      return Promise.resolve(lazyClient());
    },
    end: () => pool.end(),
  };
}
