import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { sql } from "kysely";
import { silentLogger } from "../../src/shared/context.ts";
import { AppError } from "../../src/shared/errors.ts";
import type { Migration } from "../../src/store/migrate.ts";
import { openStore, type StoreSettings } from "../../src/store/store.ts";
import { makeDatabase } from "../fixtures/emptyDatabase.ts";
import { countMigrations as migrations } from "./processes/countMigrations.ts";

const context = { logger: silentLogger };

async function refusalOf(settings: Partial<StoreSettings>): Promise<AppError> {
  try {
    await (await openStore({ context, migrations, ...settings })).close();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("the store opened");
}

/**
 * SHA-256 of every file that holds rows, or says which of them count. An engine that comes as far as to look for its
 * tables notes in its log and its control file that it was started, and writes caches.
 */
const data = /\/(base|global)\/(.*\/)?\d+(_[a-z]+)?$|\/pg_xact\/|\/pg_multixact\/|\/PG_VERSION$/;

async function contentsOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const file = path.join(folder, name);
    if (!data.test(`/${name}`) || !(await stat(file)).isFile()) continue;
    found[name] = createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
  }
  return found;
}

async function fillFile(file: string, from: number, to: number): Promise<void> {
  const bytes = await readFile(file);
  bytes.fill(0x5a, from, Math.min(to, bytes.length));
  await writeFile(file, bytes);
}

type Damage = (files: string) => Promise<unknown>;

/** The catalogue of tables is file 1259 of every database; what else is numbered is found by its name. */
const damages: Readonly<Record<string, Damage>> = {
  "its control file has another checksum": (files) => fillFile(path.join(files, "global/pg_control"), 40, 60),
  "its control file is gone": (files) => rm(path.join(files, "global/pg_control")),
  "its version file is gone": (files) => rm(path.join(files, "PG_VERSION")),
  "its log is gone": (files) => rm(path.join(files, "pg_wal"), { recursive: true }),
  "its log holds something else": async (files) => {
    const names = (await readdir(path.join(files, "pg_wal"))).filter((name) => /^[0-9A-F]{24}$/.test(name));
    for (const name of names) await fillFile(path.join(files, "pg_wal", name), 0, 16 * 1024 * 1024);
  },
  "its table files are gone": (files) => rm(path.join(files, "base"), { recursive: true }),
  "its catalogue is overwritten": (files) => fillFile(path.join(files, "base/5/1259"), 0, 8_192),
  "its record of what was committed is gone": (files) => rm(path.join(files, "pg_xact"), { recursive: true }),
  "it is empty": async (files) => {
    await rm(files, { recursive: true });
    await mkdir(files);
  },
};

describe("a start that is refused changes nothing", () => {
  let root = "";
  let good = "";

  before(async () => {
    root = await mkdtemp(path.join(tmpdir(), "hansa-refused-"));
    good = path.join(root, "good");
    const store = await openStore({ context, migrations, dataDir: good });
    await store.transaction((tx) =>
      sql`insert into counted select g, repeat('x', 500)
      from generate_series(1, 500) g`.execute(tx),
    );
    await store.close();
  });
  after(() => rm(root, { recursive: true, force: true }));

  async function copyOf(name: string): Promise<string> {
    const folder = path.join(root, name);
    await cp(good, folder, { recursive: true });
    return folder;
  }

  for (const [what, damage] of Object.entries(damages)) {
    it(`of a store of which ${what}: store.files_damaged`, async () => {
      const folder = await copyOf("damaged");
      await damage(path.join(folder, "pg"));
      const before = await contentsOf(folder);
      expect((await refusalOf({ dataDir: folder })).code).to.equal("store.files_damaged");
      expect(await contentsOf(folder)).to.deep.equal(before);
      await rm(folder, { recursive: true });
    });
  }

  it("of a store of another engine's version: store.engine_mismatch", async () => {
    const folder = await copyOf("older");
    await writeFile(path.join(folder, "pg/PG_VERSION"), "17\n");
    const before = await contentsOf(folder);
    expect((await refusalOf({ dataDir: folder })).facts).to.deep.equal({ found: "17", expected: "18" });
    expect(await contentsOf(folder)).to.deep.equal(before);
  });

  it("of a store of a newer release, or with altered migrations: its rows are read by the right one afterwards", async () => {
    const folder = await copyOf("newer");
    const [first] = migrations;
    const newer: Migration = { id: "0002_newer", sql: "create table newer (a int); insert into newer values (1)" };
    await (await openStore({ context, migrations: [...migrations, newer], dataDir: folder })).close();
    expect((await refusalOf({ dataDir: folder })).code).to.equal("store.newer_than_code");
    const altered = [{ id: first?.id ?? "", sql: "create table counted (n bigint)" }, newer];
    expect((await refusalOf({ dataDir: folder, migrations: altered })).code).to.equal("store.migration_changed");
    const store = await openStore({ context, migrations: [...migrations, newer], dataDir: folder });
    const { rows } = await sql`select count(*) as counted, (select a from newer) as newer from counted`.execute(
      store.db,
    );
    await store.close();
    expect(rows).to.deep.equal([{ counted: 500, newer: 1 }]);
  });

  it("but a page that is damaged behind the start is refused when it is read, and the others are served", async () => {
    const folder = await copyOf("page");
    const store = await openStore({ context, migrations, dataDir: folder });
    const { rows } = await sql<{ file: string }>`select pg_relation_filepath('counted') as file`.execute(store.db);
    await store.close();
    await fillFile(path.join(folder, "pg", rows[0]?.file ?? ""), 3 * 8_192 + 100, 3 * 8_192 + 200);
    const damaged = await openStore({ context, migrations, dataDir: folder });
    const failure: unknown = await sql`select count(filling) from counted`.execute(damaged.db).catch((error) => error);
    const found = await sql`select n from counted where ctid = '(0,1)'`.execute(damaged.db);
    await damaged.close();
    expect(failure).to.be.instanceOf(AppError).with.property("code", "store.files_damaged");
    expect(found.rows).to.deep.equal([{ n: 1 }]);
  });
});

describe("a store that acknowledges before a commit is on the disk", () => {
  let root = "";
  const faults = new Int32Array(new SharedArrayBuffer(8));
  faults.set([-1, 1]);

  before(async () => {
    root = await mkdtemp(path.join(tmpdir(), "hansa-relaxed-"));
  });
  after(() => rm(root, { recursive: true, force: true }));

  it("is refused, unless it is told that this may be", async () => {
    const dataDir = path.join(root, "store");
    expect((await refusalOf({ dataDir, faults })).code).to.equal("store.not_durable");
    expect((await refusalOf({ dataDir, faults, durability: "strict" })).code).to.equal("store.not_durable");
    const store = await openStore({ context, migrations, dataDir, faults, durability: "relaxed" });
    await store.transaction((tx) => sql`insert into counted values (1)`.execute(tx));
    expect(store.syncCount()).to.equal(0);
    await store.close();
    await (await openStore({ context, migrations, dataDir, durability: "strict" })).close();
  });

  if (process.env["HANSA_DATABASE_URL"]) {
    it("is refused on a server too, by the name of the setting, before anything is made there", async () => {
      const database = await makeDatabase();
      if (!database) throw new Error("HANSA_DATABASE_URL names a server");
      const { url: databaseUrl } = database;
      const name = new URL(databaseUrl).pathname.slice(1);
      const open = () => openStore({ context, migrations: [], databaseUrl, durability: "relaxed" });
      const store = await open();
      await store.transaction((tx) => sql`alter database ${sql.id(name)} set synchronous_commit = off`.execute(tx));
      await store.close();
      const refusal = await refusalOf({ databaseUrl });
      expect(refusal.code).to.equal("store.not_durable");
      // A server for tests may be without both.
      expect(refusal.facts["setting"]).to.be.oneOf(["fsync", "synchronous_commit"]);
      expect(refusal.facts).to.include({ value: "off" });
      const relaxed = await open();
      const { rows } = await sql`select tablename from pg_tables where tablename = 'counted'`.execute(relaxed.db);
      await relaxed.close();
      await database.drop();
      expect(rows).to.deep.equal([]);
    });

    it("is no more to be had than one whose connections do not take the settings that keep reads from writing", async () => {
      const database = await makeDatabase();
      if (!database) throw new Error("HANSA_DATABASE_URL names a server");
      const databaseUrl = `${database.url}?options=-c%20timezone%3DAsia/Tokyo`;
      const refusal = await refusalOf({ databaseUrl });
      await database.drop();
      expect(refusal.code).to.equal("store.options_dropped");
    });
  }
});
