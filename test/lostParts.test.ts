import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { sql } from "kysely";
import { type Config, parseConfig } from "../src/config.ts";
import { keyFilesOf, openLaneKey, openMasterKey } from "../src/keyFiles.ts";
import { refuseLostParts } from "../src/lostParts.ts";
import { foundOperator } from "../src/operator.ts";
import { createFixedClock } from "../src/shared/clock.ts";
import { silentLogger } from "../src/shared/context.ts";
import { AppError } from "../src/shared/errors.ts";
import { createShutdown } from "../src/shared/shutdown.ts";
import { bindLedger } from "../src/store/ledgerIdentity.ts";
import { migrations } from "../src/store/migrations/all.ts";
import { openStore, type Store } from "../src/store/store.ts";
import { describeStore } from "./fixtures/database.ts";
import { makeDatabase } from "./fixtures/emptyDatabase.ts";

const context = { logger: silentLogger, clock: createFixedClock(1_790_000_000_000), shutdown: createShutdown() };
const outside = { HANSA_LEDGER_URLS: "http://127.0.0.1:1" };

/** What a first start makes, in its order. It may be cut off after each of them. */
const steps: readonly (readonly [name: string, take: (config: Config, store: Store) => unknown])[] = [
  ["the store's folder", ({ dataDir }) => fs.mkdirSync(path.join(dataDir, "store", "pg"), { recursive: true })],
  ["the master key", (config) => openMasterKey({ ...config, create: true })],
  ["the operator", (config, store) => found(config, store)],
  ["the lane's key", ({ dataDir }) => openLaneKey({ dataDir, masterKey: openMasterKey(own(dataDir)), create: true })],
  ["an empty journal", ({ dataDir }) => fs.writeFileSync(path.join(dataDir, "ledger.journal"), "")],
  ["the journal's first record", ({ dataDir }) => fs.writeFileSync(path.join(dataDir, "ledger.journal"), "genesis\n")],
  ["the ledger that the store belongs to", (_, store) => bind(store)],
];

const own = (dataDir: string) => ({ dataDir, masterKeyFile: undefined });

function found(config: Config, store: Store) {
  return foundOperator({ context, store, dataDir: config.dataDir, masterKey: openMasterKey(config) });
}

function bind(store: Store): Promise<void> {
  const hash = `0x${"1".repeat(64)}`;
  return bindLedger(store, { chainId: 31_337, genesisHash: hash, contractSet: hash, addresses: {} });
}

function configOf(dataDir: string, settings: Readonly<Record<string, string>> = {}): Config {
  const parsed = parseConfig({ HANSA_DATA: dataDir, ...settings }, { demo: false });
  if (!parsed.ok) throw new Error(parsed.faults.join());
  return parsed.config;
}

async function verdictOf(look: () => Promise<unknown>): Promise<string> {
  try {
    await look();
    return "accepted";
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return `${error.code}${"file" in error.facts ? ` ${path.basename(String(error.facts["file"]))}` : ""}`;
  }
}

describeStore("parts of a data folder", (fixture) => {
  let dataDir = "";

  beforeEach(() => {
    dataDir = fs.mkdtempSync(path.join(os.tmpdir(), "hansa-parts-"));
  });
  afterEach(() => fs.rmSync(dataDir, { recursive: true, force: true }));

  const judge = (settings?: Readonly<Record<string, string>>) =>
    verdictOf(async () => fixture.store.transaction(refuseLostParts(configOf(dataDir, settings))));
  const remove = (name: string) => fs.rmSync(path.join(dataDir, name), { recursive: true });

  async function takeAll(): Promise<void> {
    for (const [, take] of steps) await take(configOf(dataDir), fixture.store);
  }

  it("are as a first start leaves them wherever it is cut off, and are accepted", async () => {
    expect(await judge()).to.equal("accepted");
    for (const [name, take] of steps) {
      await take(configOf(dataDir), fixture.store);
      expect(await judge(), name).to.equal("accepted");
    }
  });

  it("are refused without the store beside a journal, and nothing is made", async () => {
    await takeAll();
    remove("store");
    const before = fs.readdirSync(dataDir);
    expect(await judge()).to.equal("start.store_lost");
    expect(fs.readdirSync(dataDir)).to.deep.equal(before);
  });

  it("are refused with a store in which nobody was founded beside a journal", async () => {
    fs.mkdirSync(path.join(dataDir, "store", "pg"), { recursive: true });
    fs.writeFileSync(path.join(dataDir, "ledger.journal"), "genesis\n");
    expect(await judge()).to.equal("start.store_lost");
    expect(await judge({ HANSA_DATABASE_URL: "postgres://secret@db/hansa" }), "on a server").to.equal(
      "start.store_lost",
    );
    expect(await judge(outside), "the journal is not in use").to.equal("accepted");
  });

  it("need no folder of a store where it is on a server", async () => {
    await takeAll();
    remove("store");
    expect(await judge({ HANSA_DATABASE_URL: "postgres://db/hansa" })).to.equal("accepted");
  });

  it("are refused without the master key once anything was sealed under it", async () => {
    const [folder, key, operator] = steps.map(([, take]) => take);
    for (const take of [folder, key, operator]) await take?.(configOf(dataDir), fixture.store);
    remove("master.key");
    expect(await judge()).to.equal("start.master_key_missing master.key");
    expect(fs.existsSync(keyFilesOf(own(dataDir)).masterKey)).to.equal(false);
  });

  it("are refused without the master key that `lane.key` is sealed under, whatever the store has", async () => {
    openLaneKey({ dataDir, masterKey: new Uint8Array(32), create: true });
    expect(await judge(outside)).to.equal("start.master_key_missing master.key");
  });

  it("are refused with a master key that is named and not there, or not valid, before the store is looked at", () => {
    const file = path.join(dataDir, "own.key");
    const look = () => refuseLostParts(configOf(dataDir, { HANSA_MASTER_KEY_FILE: file }));
    expect(look).to.throw(AppError).with.property("code", "start.master_key_missing");
    fs.writeFileSync(file, "no key", { mode: 0o600 });
    expect(look).to.throw(AppError).with.property("code", "start.master_key_invalid");
  });

  it("are refused with a master key that does not open `lane.key`, before anything is sealed under it", () => {
    openLaneKey({ dataDir, masterKey: new Uint8Array(32), create: true });
    openMasterKey({ ...own(dataDir), create: true });
    const look = () => refuseLostParts(configOf(dataDir, outside));
    expect(look).to.throw(AppError).with.property("code", "start.key_does_not_open");
  });

  it("are refused without `lane.key` once the store knows its contracts", async () => {
    await takeAll();
    remove("lane.key");
    expect(await judge()).to.equal("start.lane_key_missing lane.key");
    expect(await judge(outside), "on a ledger outside too").to.equal("start.lane_key_missing lane.key");
    expect(fs.existsSync(keyFilesOf(own(dataDir)).laneKey)).to.equal(false);
  });
});

describe("a store that is not accepted", () => {
  async function tablesAfterRefusal(where: { dataDir?: string; databaseUrl?: string }): Promise<readonly string[]> {
    const settings = { context, durability: "relaxed", ...where } as const;
    const refusal = verdictOf(() =>
      openStore({ ...settings, migrations, accept: () => Promise.reject(new AppError("start.store_lost")) }),
    );
    expect(await refusal).to.equal("start.store_lost");
    const store = await openStore({ ...settings, migrations: [] });
    try {
      const { rows } = await sql<{ name: string }>`
        select tablename as name from pg_tables where schemaname = 'public'`.execute(store.db);
      return rows.map(({ name }) => name);
    } finally {
      await store.close();
    }
  }

  it("has no table of ours afterwards", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "hansa-parts-"));
    try {
      expect(await tablesAfterRefusal({ dataDir: folder })).to.deep.equal(["schema_migrations"]);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  if (process.env["HANSA_DATABASE_URL"]) {
    it("has none on a server either, so that a backup can be restored into it", async () => {
      const database = await makeDatabase();
      try {
        expect(await tablesAfterRefusal({ databaseUrl: database?.url ?? "" })).to.deep.equal(["schema_migrations"]);
      } finally {
        await database?.drop();
      }
    });
  }
});
