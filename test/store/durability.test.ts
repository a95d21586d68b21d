import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { sql } from "kysely";
import { silentLogger } from "../../src/shared/context.ts";
import { AppError } from "../../src/shared/errors.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { countMigrations as migrations } from "./processes/countMigrations.ts";
import { startProcess } from "./processes/startProcess.ts";

const context = { logger: silentLogger };

async function numbersIn(store: Store): Promise<number[]> {
  const { rows } = await sql<{ n: number }>`select n from counted order by n`.execute(store.db);
  return rows.map(({ n }) => n);
}

async function failureOf(opening: Promise<Store>): Promise<AppError> {
  const store = await opening.catch((error: unknown) => error);
  if (store instanceof AppError) return store;
  await (store as Store).close();
  throw new Error("the store opened");
}

describe("the embedded store keeps what it acknowledged", () => {
  let root = "";
  /** A store with no rows; each test leaves it closed and whole. */
  let folder = "";

  const open = (dataDir: string) => openStore({ context, dataDir, migrations });

  before(async () => {
    root = await mkdtemp(path.join(tmpdir(), "hansa-store-"));
    folder = path.join(root, "store");
    await (await open(folder)).close();
  });
  afterEach(async () => {
    const store = await open(folder);
    await store.transaction((tx) => sql`truncate counted`.execute(tx));
    await store.close();
  });
  after(() => rm(root, { recursive: true, force: true }));

  it("forces at least one write to the disk in every commit", async () => {
    const store = await open(folder);
    const before = store.syncCount();
    for (let n = 1; n <= 50; n += 1) {
      await store.transaction((tx) => sql`insert into counted (n) values (${n})`.execute(tx));
      expect(store.syncCount()).to.be.at.least(before + n);
    }
    await store.close();
  });

  it("has every acknowledged commit after kill -9, three times over", async () => {
    for (const round of [1, 2, 3]) {
      const child = startProcess("commitForEver.ts", [folder]);
      let acknowledged = 0;
      for (let line = 1; line <= 40 * round; line += 1) acknowledged = Number(await child.nextLine());
      await child.kill("SIGKILL");
      const store = await open(folder);
      const numbers = await numbersIn(store);
      await store.close();
      expect(numbers.length).to.be.at.least(acknowledged);
      expect(numbers).to.deep.equal(Array.from(numbers, (_, index) => index + 1));
    }
  });

  it("is all there after a clean close", async () => {
    const store = await open(folder);
    await store.transaction((tx) => sql`insert into counted (n) values (7)`.execute(tx));
    await store.close();
    const reopened = await open(folder);
    expect(await numbersIn(reopened)).to.deep.equal([7]);
    await reopened.close();
  });

  it("refuses to run when a commit forces nothing to the disk", async () => {
    const faults = new Int32Array(new SharedArrayBuffer(8));
    faults.set([-1, 1]);
    const failure = await failureOf(openStore({ context, dataDir: folder, migrations, faults }));
    expect(failure.code).to.equal("store.not_durable");
  });

  it("clears away what an interrupted first start left, and starts", async () => {
    const fresh = path.join(root, "fresh");
    const unfinished = path.join(fresh, "pg.unfinished");
    await mkdir(unfinished, { recursive: true });
    await writeFile(path.join(unfinished, "PG_VERSION"), "18\n");
    const store = await open(fresh);
    expect(await numbersIn(store)).to.deep.equal([]);
    await store.close();
    expect(await readdir(fresh)).to.deep.equal(["pg"]);
  });

  it("refuses files of another database version and leaves them alone", async () => {
    const versionFile = path.join(folder, "pg", "PG_VERSION");
    await writeFile(versionFile, "17\n");
    const failure = await failureOf(open(folder));
    await writeFile(versionFile, "18\n");
    expect(failure.code).to.equal("store.engine_mismatch");
    expect(failure.facts).to.deep.equal({ found: "17", expected: "18" });
  });

  it("ends by force a statement that does not end, and works on with everything acknowledged", async () => {
    const store = await openStore({ context, dataDir: folder, migrations, transactionMs: 100 });
    await store.transaction((tx) => sql`insert into counted (n) values (1)`.execute(tx));
    const endless = store.transaction(async (tx) => {
      await sql`insert into counted (n) values (2)`.execute(tx);
      await sql`select count(*) from generate_series(1, 20000000000) g`.execute(tx);
    });
    const failure: unknown = await endless.catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(AppError).with.property("code", "store.transaction_timeout");
    expect(await numbersIn(store)).to.deep.equal([1]);
    await store.close();
  });

  it("keeps the write-ahead log short by making checkpoints", async () => {
    const store = await open(folder);
    for (let n = 1; n <= 24; n += 1) {
      // Eight megabytes of log each, 192 in all.
      await store.transaction((tx) =>
        sql`select pg_logical_emit_message(true, 'filling', repeat('x', 8 * 1024 * 1024))`.execute(tx),
      );
    }
    const segments = (await readdir(path.join(folder, "pg", "pg_wal"))).filter((name) => /^[0-9A-F]{24}$/.test(name));
    await store.close();
    expect(segments.length * 16).to.be.below(144);
  });
});
