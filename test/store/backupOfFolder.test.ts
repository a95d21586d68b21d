import { readdir } from "node:fs/promises";
import { expect } from "chai";
import { sql } from "kysely";
import { migrations } from "../../src/store/migrations/all.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { context, type Folder, newFolder, take, unending } from "./taken.ts";

describe("a backup of the store in its folder", function folderSuite() {
  this.timeout(60_000);
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

  const insertBlock = (number: number) =>
    store.transaction(async (tx) => {
      await sql`insert into blocks values (${number}, ${`0x${number}`}, 'p', ${number})`.execute(tx);
      await sql`insert into currencies values (${`C${number}`}, 2)`.execute(tx);
    });

  async function readBoth(): Promise<{ blocks: number; currencies: number }> {
    const { tables, rows } = await take(store);
    expect(tables).to.not.deep.equal([]);
    return { blocks: rows.get("blocks")?.length ?? 0, currencies: rows.get("currencies")?.length ?? 0 };
  }

  it("is one moment of it, with everything acknowledged before, while others write on without waiting", async () => {
    let isOver = false;
    let acknowledged = 0;
    let worstMs = 0;
    const writing = (async () => {
      while (!isOver) {
        const before = performance.now();
        await insertBlock(acknowledged + 1);
        worstMs = Math.max(worstMs, performance.now() - before);
        acknowledged += 1;
      }
    })();
    let written = 0;
    for (const round of [1, 2, 3]) {
      const atStart = acknowledged;
      const { blocks, currencies } = await readBoth();
      expect(blocks, `round ${round}`).to.equal(currencies);
      expect(blocks, `round ${round}`).to.be.at.least(atStart);
      written += acknowledged - atStart;
    }
    isOver = true;
    await writing;
    expect(written).to.be.above(30);
    // A backup takes about two seconds; nobody waits for the whole of it.
    expect(worstMs).to.be.below(1_000);
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
