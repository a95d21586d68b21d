/** Databases of their own on a real server, for suites about several gateways that share one. */
import { randomBytes } from "node:crypto";
import pg from "pg";
import { silentLogger } from "../../src/shared/context.ts";
import { migrations } from "../../src/store/migrations/all.ts";
import { openStore, type Store } from "../../src/store/store.ts";

export interface RaceDatabase {
  /** There only while a test or one of its hooks runs. */
  readonly url: string;
  /** Another gateway's store; closed after the test at the latest. */
  open(options?: { transactionMs?: number }): Promise<Store>;
  /** One statement beside all stores, as the server's owner. */
  query(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
}

const startMs = 60_000;

/** A suite on a server; each test has an empty database. */
export function describeRace(name: string, suite: (database: RaceDatabase) => void): void {
  describe(`${name} (PostgreSQL)`, function race() {
    this.timeout(startMs);
    const serverUrl = process.env["HANSA_DATABASE_URL"] ?? "";
    const stores = new Set<Store>();
    let databaseName = "";
    const urlOf = () => {
      const url = new URL(serverUrl);
      url.pathname = `/${databaseName}`;
      return url.href;
    };

    before(() => {
      if (serverUrl === "") throw new Error("HANSA_DATABASE_URL names no server");
    });
    beforeEach(async () => {
      databaseName = `hansa_race_${randomBytes(6).toString("hex")}`;
      await once(serverUrl, `create database ${databaseName}`);
    });
    afterEach(async () => {
      await Promise.all([...stores].map((store) => store.close()));
      stores.clear();
      await once(serverUrl, `drop database ${databaseName} with (force)`);
    });

    suite({
      get url() {
        return urlOf();
      },
      async open(options = {}) {
        const store = await openStore({
          durability: "relaxed",
          ...{ context: { logger: silentLogger }, migrations, databaseUrl: urlOf(), ...options },
        });
        stores.add(store);
        const close = async () => {
          if (stores.delete(store)) await store.close();
        };
        return { ...store, close };
      },
      query: (text, values) => once(urlOf(), text, values),
    });
  });
}

async function once(url: string, text: string, values: readonly unknown[] = []) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(text, [...values]);
    return rows;
  } finally {
    await client.end();
  }
}

/** Ends the sessions that hold the locks of leaders, one of them or all, as a server does that fails over. */
export const endSessions = `select pg_terminate_backend(pid) from pg_stat_activity
  where application_name = 'hansa session' and datname = current_database()`;
