import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { sql } from "kysely";
import { backupFolder } from "../../src/backupDesk.ts";
import { verifyArchive } from "../../src/backupManifest.ts";
import { parseConfig } from "../../src/config.ts";
import { runReindex } from "../../src/reindexing.ts";
import { restore } from "../../src/restore.ts";
import { openStore } from "../../src/store/store.ts";
import { makeDatabase } from "../fixtures/emptyDatabase.ts";
import { contentsOf, context, type DataFolder, folderMs, makeDataFolder, refusalOf } from "./folderFixture.ts";

const loader = import.meta.resolve("tsx");
const program = fileURLToPath(new URL("../../src/cli.ts", import.meta.url));

/** `hansa …` in a folder of its own, with these settings and none of those of the tests. */
function hansa(cwd: string, words: readonly string[], settings: Readonly<Record<string, string>> = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("HANSA_"));
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", loader, program, ...words], {
    cwd,
    env: { ...Object.fromEntries(inherited), ...settings },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

/** A server's address at which nobody answers. */
const nobody = "postgres://hansa@127.0.0.1:1/none";

describe("the commands on data folders", function commandsSuite() {
  this.timeout(folderMs);
  let folder: DataFolder;

  before(async () => {
    folder = await makeDataFolder();
    await folder.store.close();
    await writeFile(folder.path("data/master.key"), `${randomBytes(32).toString("hex")}\n`);
    await chmod(folder.path("data/master.key"), 0o600);
  });
  after(() => folder.remove());

  /** Every name in the temporary folder, and what the files of the folders hold that are not the right ones. */
  async function lookAtAll() {
    return [await readdir(folder.root, { recursive: true }), await contentsOf(folder.path("wrong"))];
  }

  /** Refused by the program with exit code 1, with what to do and no stack, and everything is as it was. */
  async function expectRefusal(
    words: readonly string[],
    { says, settings }: { readonly says: readonly string[]; readonly settings?: Readonly<Record<string, string>> },
  ): Promise<void> {
    const before = await lookAtAll();
    const { status, stdout, stderr } = hansa(folder.root, words, settings);
    expect(status, stdout + stderr).to.equal(1);
    for (const part of says) expect(stderr).to.include(part);
    expect(stderr).to.not.include("Unexpected fault");
    expect(await lookAtAll()).to.deep.equal(before);
  }

  /** What the right folder has, as far as it is looked at before anything is opened, without one of its parts. */
  async function without(part: string): Promise<string> {
    const data = `wrong/without-${part}`;
    await mkdir(folder.path(`${data}/store/pg`), { recursive: true });
    for (const name of ["ledger.journal", "lane.key", "master.key"]) {
      await copyFile(path.join(folder.dataDir, name), folder.path(`${data}/${name}`));
    }
    await rm(folder.path(`${data}/${part}`), { recursive: true });
    return data;
  }

  describe("that need what is there", () => {
    const reindexIn = (checkOnly: boolean) => (data: string, settings: Readonly<Record<string, string>>) => {
      const parsed = parseConfig(settings, { data: folder.path(data), demo: false });
      if (!parsed.ok) throw new Error(parsed.faults.join());
      return runReindex({ config: parsed.config, logger: context.logger, checkOnly, onProgress() {} });
    };
    const commands = {
      "backup --out": (data: string, { HANSA_DATABASE_URL: databaseUrl }: Readonly<Record<string, string>>) => {
        const server = databaseUrl === undefined ? {} : { databaseUrl };
        return backupFolder({ context, dataDir: folder.path(data), file: folder.path("none.tar"), ...server });
      },
      reindex: reindexIn(false),
      "reindex --check": reindexIn(true),
    };

    before(async () => {
      await mkdir(folder.path("wrong/foreign"), { recursive: true });
      await writeFile(folder.path("wrong/foreign/notes.txt"), "of somebody else");
      await mkdir(folder.path("wrong/cut/store/pg.unfinished"), { recursive: true });
      await without("store");
      await without("ledger.journal");
      const empty = await without("lane.key");
      await rename(folder.path(empty), folder.path("wrong/empty-journal"));
      await writeFile(folder.path("wrong/empty-journal/ledger.journal"), "");
    });

    for (const [name, command] of Object.entries(commands)) {
      async function missingIn(data: string, settings: Readonly<Record<string, string>> = {}) {
        const before = await lookAtAll();
        const { code, facts } = await refusalOf(command(data, settings));
        expect(await lookAtAll()).to.deep.equal(before);
        return [code, facts["missing"]];
      }

      it(`${name} refuses a folder that is not there, and makes none`, async () => {
        for (const data of ["mistyped", "wrong/foreign/notes.txt", "wrong/foreign/notes.txt/deeper"]) {
          expect(await missingIn(data)).to.deep.equal(["start.data_missing", "the folder"]);
        }
      });

      it(`${name} refuses a folder without a store, and makes none in it`, async () => {
        for (const data of ["wrong/foreign", "wrong/cut", "wrong/without-store"]) {
          expect(await missingIn(data)).to.deep.equal(["start.data_missing", "store"]);
        }
      });

      it(`${name} refuses a folder without the embedded ledger's journal, and makes none in it`, async () => {
        const refusal = ["start.data_missing", "ledger.journal"];
        for (const data of ["wrong/without-ledger.journal", "wrong/empty-journal"]) {
          expect(await missingIn(data)).to.deep.equal(refusal);
        }
        expect(await missingIn("wrong/foreign", { HANSA_DATABASE_URL: nobody })).to.deep.equal(refusal);
      });

      it(`${name} refuses what an interrupted restore left, by that name`, async () => {
        await writeFile(folder.path("wrong/foreign/restore.unfinished"), "");
        expect(await missingIn("wrong/foreign")).to.deep.equal(["backup.unfinished", undefined]);
        await rm(folder.path("wrong/foreign/restore.unfinished"));
      });

      if (name === "backup --out") continue;
      it(`${name} makes no key where one is missing`, async () => {
        const places = { "master.key": "start.master_key_missing", "lane.key": "start.lane_key_missing" };
        for (const [key, code] of Object.entries(places)) {
          const data = await without(key);
          expect(await missingIn(data)).to.deep.equal([code, undefined]);
          await rm(folder.path(data), { recursive: true });
        }
      });
    }

    it("say so, with what to do, as programs too", async () => {
      const says = ["start.data_missing", "missing: the folder", folder.path("mistyped"), "Check --data"];
      await expectRefusal(["backup", "--out", "none.tar", "--data", "mistyped"], { says });
      await expectRefusal(["backup", "--out", "none.tar"], { says, settings: { HANSA_DATA: "mistyped" } });
      await expectRefusal(["reindex", "--check", "--data", "mistyped"], { says });
    });
  });

  describe("backup --out", () => {
    it("takes the folder that the settings name, and says how much of which store is in it", async () => {
      const { status, stdout, stderr } = hansa(folder.root, ["backup", "--out", "set.tar"], { HANSA_DATA: "data" });
      expect(status, stderr).to.equal(0);
      const { tables } = await verifyArchive(folder.path("set.tar"));
      const rows = tables.reduce((sum, table) => sum + table.rows, 0);
      expect(stdout).to.include(`${rows} rows of data/store, ledger up to block 1`);
    });

    it("takes the database that the settings or the flag name, never the store that was left in the folder", () => {
      const words = ["backup", "--out", "none.tar", "--data", "data"];
      const set = hansa(folder.root, words, { HANSA_DATABASE_URL: nobody });
      const flagged = hansa(folder.root, [...words, "--database-url", nobody]);
      for (const { status, stderr } of [set, flagged]) {
        expect([status, existsSync(folder.path("none.tar"))], stderr).to.deep.equal([1, false]);
        expect(stderr).to.include("store.unavailable");
      }
    });

    it("says which setting is wrong", () => {
      const { status, stderr } = hansa(folder.root, ["backup", "--out", "none.tar"], { HANSA_DATABASE_URL: "db" });
      expect(status).to.equal(2);
      expect(stderr).to.include("HANSA_DATABASE_URL");
    });

    it("into a folder that is not there, or is none, is refused before anything is opened", async () => {
      const says = ["backup.place_unusable", folder.path("nowhere"), "it does not exist"];
      await expectRefusal(["backup", "--data", "data", "--out", "nowhere/a.tar"], { says });
      const inFile = backupFolder({ context, dataDir: folder.dataDir, file: folder.path("data/lane.key/a.tar") });
      const { code, facts } = await refusalOf(inFile);
      expect([code, facts["reason"]]).to.deep.equal(["backup.place_unusable", "it is no folder"]);
    });

    if (process.env["HANSA_DATABASE_URL"]) {
      it("of a database without a store is refused and leaves it empty", async () => {
        const database = await makeDatabase();
        if (!database) throw new Error("HANSA_DATABASE_URL names a server");
        const server = { databaseUrl: database.url, durability: "relaxed" } as const;
        const file = folder.path("none.tar");
        const refusal = await refusalOf(backupFolder({ context, dataDir: folder.dataDir, file, ...server }));
        expect(refusal.code).to.equal("start.data_missing");
        const store = await openStore({ context, migrations: [], ...server });
        const { rows } = await sql`select tablename from pg_tables where schemaname = 'public'`.execute(store.db);
        await store.close();
        await database.drop();
        expect(rows).to.deep.equal([{ tablename: "schema_migrations" }]);
      });
    }
  });

  describe("restore", () => {
    it("says that the file is not there, or that it is a folder, and makes nothing", async () => {
      const missing = { says: ["backup.unreadable", "none.tar", "it does not exist"] };
      await expectRefusal(["restore", "none.tar", "--data", "made"], missing);
      await expectRefusal(["restore", "data", "--data", "made"], { says: ["backup.unreadable", "it is a folder"] });
    });

    it("into a place that is no folder says so", async () => {
      const restored = restore({ file: folder.path("set.tar"), dataDir: folder.path("data/lane.key"), context });
      expect((await refusalOf(restored)).code).to.equal("store.folder_unusable");
    });
  });
});
