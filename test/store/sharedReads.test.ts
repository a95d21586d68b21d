import { expect } from "chai";
import type { PostgresPool, PostgresPoolClient } from "kysely";
import { runInsideTransaction } from "../../src/shared/transactionScope.ts";
import { shareReads } from "../../src/store/sharedReads.ts";

interface Rows {
  readonly rows: readonly Record<string, unknown>[];
}

/** One connection that is handed out when the test says so, and remembers what it was asked. */
function createPool() {
  const asked: string[] = [];
  const waiting: (() => void)[] = [];
  let fails = false;
  const client = {
    query: (sql: string, parameters: readonly unknown[]) => {
      asked.push(`${sql} ${JSON.stringify(parameters)}`);
      return Promise.resolve({ rows: [{ number: asked.length }] });
    },
    release: () => asked.push("release"),
  } as unknown as PostgresPoolClient;
  const pool: PostgresPool = {
    options: {},
    async connect() {
      await new Promise<void>((resolve) => waiting.push(resolve));
      if (fails) throw new Error("no connection");
      return client;
    },
    end: async () => undefined,
  };
  return {
    asked,
    pool: shareReads(pool),
    waitingCount: () => waiting.length,
    fail: () => {
      fails = true;
    },
    handOut: () => waiting.shift()?.(),
  };
}

async function read(pool: PostgresPool, sql: string, parameters: readonly unknown[] = []): Promise<Rows> {
  const client = await pool.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql, parameters)) as Rows;
  } finally {
    client.release();
  }
}

/** Lets promises that are ready go on. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("equal reads that wait at the same time", () => {
  it("are one, with rows of its own for everybody; other parameters or texts are others", async () => {
    const { pool, asked, handOut, waitingCount } = createPool();
    const same = Array.from({ length: 3 }, () => read(pool, "select a", [1]));
    const other = read(pool, "select a", [2]);
    await turn();
    expect(waitingCount()).to.equal(2);
    handOut();
    handOut();
    const answers = await Promise.all(same);
    await other;
    expect(asked.filter((line) => line !== "release")).to.deep.equal(["select a [1]", "select a [2]"]);
    expect(answers.map(({ rows }) => rows)).to.deep.equal([[{ number: 1 }], [{ number: 1 }], [{ number: 1 }]]);
    expect(answers[0]?.rows[0]).not.to.equal(answers[1]?.rows[0]);
  });

  it("are never answered from before they were asked: who comes after the connection was given asks anew", async () => {
    const { pool, asked, handOut } = createPool();
    const first = read(pool, "select a");
    await turn();
    handOut();
    await turn();
    const second = read(pool, "select a");
    await turn();
    handOut();
    expect((await first).rows).not.to.deep.equal((await second).rows);
    expect(asked.filter((line) => line === "select a []")).to.have.length(2);
  });

  it("fail together, and are asked anew afterwards", async () => {
    const { pool, fail, handOut, waitingCount } = createPool();
    const failing = [read(pool, "select a"), read(pool, "select a")];
    await turn();
    fail();
    handOut();
    const outcomes = await Promise.allSettled(failing);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
    void read(pool, "select a").catch(() => undefined);
    await turn();
    expect(waitingCount()).to.equal(1);
    handOut();
  });

  it("leave transactions alone: their statements keep one connection from beginning to end", async () => {
    const { pool, asked, handOut, waitingCount } = createPool();
    const transactions = [1, 2].map(async () => {
      const client = await pool.connect();
      for (const sql of ["start transaction", "select a", "commit"]) await client.query(sql, []);
      client.release();
    });
    await turn();
    expect(waitingCount()).to.equal(2);
    handOut();
    await turn();
    handOut();
    await Promise.all(transactions);
    const one = ["start transaction []", "select a []", "commit []", "release"];
    expect(asked).to.deep.equal([...one, ...one]);
  });

  it("are refused inside an open transaction, also where they would only have joined", async () => {
    const { pool, handOut } = createPool();
    const asked = read(pool, "select a");
    const inside = await runInsideTransaction(() => read(pool, "select a")).catch((error: unknown) => error);
    expect(String(inside)).to.match(/invariant: a query outside the open transaction/);
    await turn();
    handOut();
    await asked;
  });
});
