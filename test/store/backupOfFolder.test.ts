import { readdir } from "node:fs/promises";
import { expect } from "chai";
import { sql } from "kysely";
import { migrations } from "../../src/store/migrations/all.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { context, type Folder, newFolder, take, unending } from "./taken.ts";

describe("a backup of the store in its folder", () => {
  let folder: Folder;
  let store: Store;

  before(async () => {
    folder = await newFolder();
    store = await openStore({ context, migrations, ...folder.where });
  });
  after(async () => {
    await store.close();
    await folder.remove();
  });

  const accounts = 5_000;
  const each = 1_000_000;

  /** Takes one from an account and gives it to another, anywhere in the table; and notes that it was done. */
  const transfer = (number: number) =>
    store.transaction(async (tx) => {
      const [from, to] = [(number * 1_237) % accounts, (number * 2_741 + 1) % accounts];
      await sql`update blocks set timestamp = timestamp - 1 where number = ${from}`.execute(tx);
      await sql`update blocks set timestamp = timestamp + 1 where number = ${to}`.execute(tx);
      await sql`insert into currencies values (${`C${number}`}, 2)`.execute(tx);
    });

  async function readBoth(): Promise<{ sum: number; transfers: number }> {
    const { tables, rows } = await take(store);
    const place = tables.find(({ name }) => name === "blocks")?.columns.indexOf("timestamp") ?? 0;
    const sum = (rows.get("blocks") ?? []).reduce((total, row) => total + Number(row[place]), 0);
    return { sum, transfers: rows.get("currencies")?.length ?? 0 };
  }

  it("is one moment of it, with everything acknowledged before, while others write on without waiting", async () => {
    await store.transaction((tx) =>
      sql`insert into blocks select g, 'h' || g, 'p', ${each}::int from generate_series(0, ${accounts - 1}::int) g`.execute(
        tx,
      ),
    );
    let isOver = false;
    let acknowledged = 0;
    let worstMs = 0;
    const writing = (async () => {
      while (!isOver) {
        const before = performance.now();
        await transfer(acknowledged + 1);
        worstMs = Math.max(worstMs, performance.now() - before);
        acknowledged += 1;
        // A copy whose files are from both sides of a checkpoint is no moment at all without its log.
        if (acknowledged % 5 === 0) await sql`checkpoint`.execute(store.db);
      }
    })();
    let written = 0;
    let shortestMs = Number.POSITIVE_INFINITY;
    for (const round of [1, 2, 3]) {
      const atStart = acknowledged;
      const startedMs = performance.now();
      const { sum, transfers } = await readBoth();
      expect(sum, `round ${round}`).to.equal(accounts * each);
      expect(transfers, `round ${round}`).to.be.at.least(atStart);
      shortestMs = Math.min(shortestMs, performance.now() - startedMs);
      written += acknowledged - atStart;
    }
    isOver = true;
    await writing;
    expect(written).to.be.above(30);
    expect(worstMs).to.be.below(shortestMs);
    expect((await readdir(folder.where.dataDir)).sort()).to.deep.equal(["pg"]);
  });

  it("leaves the log free to be recycled again, also after one that was ended", async () => {
    const stop = new AbortController();
    stop.abort();
    const stopped: unknown = await store.snapshot(stop.signal, async () => undefined).catch((error: unknown) => error);
    expect(stopped).to.have.property("name", "AbortError");
    await store.snapshot(unending, async () => undefined);
    const { rows } = await sql`select slot_name from pg_replication_slots`.execute(store.db);
    expect(rows).to.deep.equal([]);
  });
});
