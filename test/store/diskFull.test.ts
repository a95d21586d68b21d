import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { sql } from "kysely";
import { silentLogger } from "../../src/shared/context.ts";
import { AppError } from "../../src/shared/errors.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { countMigrations as migrations } from "./processes/countMigrations.ts";

const kilobyte = 1024;

describe("the embedded store on a full disk", () => {
  const disk = new Int32Array(new SharedArrayBuffer(8));
  let root = "";
  let store: Store;

  function setSpace(bytes: number): void {
    disk[0] = bytes;
  }

  async function insertAbout(kilobytes: number, first: number): Promise<string> {
    try {
      await store.transaction(async (tx) => {
        await sql`insert into counted select g, repeat('y', 1000)
          from generate_series(${first}::int, ${first + kilobytes - 1}::int) g`.execute(tx);
      });
      return "committed";
    } catch (error) {
      return error instanceof AppError ? error.code : String(error);
    }
  }

  /** Log only: nothing of it stands in a table. */
  async function fillLog(megabytes: number): Promise<string> {
    try {
      await store.transaction((tx) =>
        sql`select pg_logical_emit_message(true, 'filling', repeat('x', ${megabytes * kilobyte * kilobyte}::int))`.execute(
          tx,
        ),
      );
      return "committed";
    } catch (error) {
      return error instanceof AppError ? error.code : String(error);
    }
  }

  async function count(): Promise<number> {
    const { rows } = await sql<{ count: number }>`select count(*) as count from counted`.execute(store.db);
    return rows[0]?.count ?? 0;
  }

  beforeEach(async () => {
    setSpace(-1);
    root = await mkdtemp(path.join(tmpdir(), "hansa-full-"));
    store = await openStore({ context: { logger: silentLogger }, dataDir: root, migrations, faults: disk });
  });
  afterEach(async () => {
    setSpace(-1);
    await store.close();
    await rm(root, { recursive: true, force: true });
  });

  it("answers store.disk_full when a table cannot grow, keeps nothing of the act, and still reads", async () => {
    expect(await insertAbout(100, 1)).to.equal("committed");
    setSpace(64 * kilobyte);
    expect(await insertAbout(500, 1_000)).to.equal("store.disk_full");
    expect(await insertAbout(500, 1_000)).to.equal("store.disk_full");
    expect(await count()).to.equal(100);
    setSpace(-1);
    expect(await insertAbout(500, 1_000)).to.equal("committed");
    expect(await count()).to.equal(600);
  });

  it("acknowledges nothing when the log cannot grow, and works on once there is room", async () => {
    expect(await insertAbout(100, 1)).to.equal("committed");
    setSpace(0);
    expect(await fillLog(40)).to.equal("store.disk_full");
    setSpace(-1);
    expect(await count()).to.equal(100);
    expect(await fillLog(40)).to.equal("committed");
    expect(await insertAbout(10, 5_000)).to.equal("committed");
    expect(await count()).to.equal(110);
  });

  it("says store.disk_full for a first start without room, and starts when there is some", async () => {
    const other = path.join(root, "other");
    const opening = { context: { logger: silentLogger }, dataDir: other, migrations, faults: disk };
    setSpace(4_000 * kilobyte);
    const failure: unknown = await openStore(opening).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(AppError).with.property("code", "store.disk_full");
    setSpace(-1);
    await (await openStore(opening)).close();
  });
});
