import { spawnSync } from "node:child_process";
import { appendFile, copyFile, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { expect } from "chai";
import { sql } from "kysely";
import { backup } from "../../src/backup.ts";
import { readArchive } from "../../src/backupArchive.ts";
import { verifyArchive } from "../../src/backupManifest.ts";
import { restore } from "../../src/restore.ts";
import { migrations } from "../../src/store/migrations/all.ts";
import { openStore } from "../../src/store/store.ts";
import { dump } from "../store/dump.ts";
import {
  contentsOf,
  context,
  type DataFolder,
  folderMs,
  laneKey,
  makeDataFolder,
  refusalOf,
  secrets,
} from "./folderFixture.ts";

describe("a backup in one file", function backupSuite() {
  this.timeout(folderMs);
  let folder: DataFolder;
  let file = "";

  before(async () => {
    folder = await makeDataFolder();
    file = folder.path("backup.tar");
    await backup({ store: folder.store, dataDir: folder.dataDir, file, context });
  });
  after(() => folder.remove());

  async function membersOf(name: string): Promise<Map<string, Buffer>> {
    const members = new Map<string, Buffer>();
    for await (const member of readArchive(name)) members.set(member.name, Buffer.from(member.bytes));
    return members;
  }

  it("is a plain tar file that says what it is first and lists all its parts last", async () => {
    const listed = spawnSync("tar", ["-tf", file], { encoding: "utf8" });
    const names = [...(await membersOf(file)).keys()];
    expect(listed.stdout.trim().split("\n"), listed.stderr).to.deep.equal(names);
    expect(names[0]).to.equal("hansa-backup.json");
    expect(names.slice(-2)).to.deep.equal(["manifest.json", "manifest.sha256"]);
    expect(names).to.include.members([
      "store/documents/000001.ndjson.gz",
      "ledger.journal/000001.gz",
      "files/lane.key",
    ]);
  });

  it("counts what is in it: rows, migrations, ledger, and the journal as far as the store knows it", async () => {
    const manifest = await verifyArchive(file);
    expect(manifest.migrations.map(({ id }) => id)).to.deep.equal(migrations.map(({ id }) => id));
    expect(manifest.tables.find(({ name }) => name === "users")?.rows).to.equal(2);
    expect(manifest.ledger).to.deep.equal({ chainId: 31337, genesisHash: `0x${"f".repeat(64)}`, block: 1 });
    expect(manifest.journal).to.include({ lastBlock: 1, genesisHash: `0x${"f".repeat(64)}` });
  });

  it("holds documents as they are stored, and neither the master key nor anybody's credentials in plain text", async () => {
    const members = await membersOf(file);
    expect(members.get("files/lane.key")?.toString()).to.equal(laneKey);
    const all = Buffer.concat([...members.values()]).toString("latin1");
    for (const [name, text] of Object.entries(secrets)) {
      expect(
        [...members.keys()].some((member) => member.includes(name)),
        name,
      ).to.equal(false);
      expect(all.includes(text), name).to.equal(false);
    }
  });

  it("is readable by its owner only, and never written over", async () => {
    expect((await stat(file)).mode & 0o077).to.equal(0);
    const before = await readFile(file);
    const again = backup({ store: folder.store, dataDir: folder.dataDir, file, context });
    expect((await refusalOf(again)).code).to.equal("backup.exists");
    expect((await readFile(file)).equals(before)).to.equal(true);
  });

  it("is not there when making it fails or is ended, and leaves no pieces", async () => {
    const stop = new AbortController();
    stop.abort();
    const other = folder.path("other.tar");
    const ended: unknown = await backup({ ...base(), file: other, signal: stop.signal }).catch(
      (error: unknown) => error,
    );
    expect(ended).to.have.property("name", "AbortError");
    const held = folder.store.snapshot(new AbortController().signal, () =>
      refusalOf(backup({ ...base(), file: other })),
    );
    expect((await held).code).to.equal("backup.under_way");
    expect((await readdir(folder.root)).sort()).to.deep.equal(["backup.tar", "data"]);
    expect((await readdir(`${folder.dataDir}/store`)).sort()).to.deep.equal(["pg"]);
  });

  const base = () => ({ store: folder.store, dataDir: folder.dataDir, context });

  it("is restored into a new folder: store, journal and lane key, and nothing else", async () => {
    const target = folder.path("restored");
    const report = await restore({ file, dataDir: target, context });
    expect(report.lastBlock).to.equal(1);
    expect((await readdir(target)).filter((name) => !name.startsWith("lock")).sort()).to.deep.equal([
      ...["lane.key", "ledger.journal", "store"],
    ]);
    const journal = await readFile(`${folder.dataDir}/ledger.journal`, "latin1");
    expect(await readFile(`${target}/ledger.journal`, "latin1")).to.equal(
      `${journal.split("\n").slice(0, 3).join("\n")}\n`,
    );
    expect(await readFile(`${target}/lane.key`, "utf8")).to.equal(laneKey);
    const opened = await openStore({ context, migrations, dataDir: `${target}/store` });
    const restored = await dump(opened);
    await opened.close();
    expect(restored).to.deep.equal(await dump(folder.store));
  });

  it("is restored beside a master key, but not over anything else", async () => {
    const target = folder.path("filled");
    await mkdir(target);
    await writeFile(`${target}/master.key`, "key");
    await writeFile(`${target}/notes.txt`, "mine");
    const refusal = await refusalOf(restore({ file, dataDir: target, context }));
    expect(refusal.code).to.equal("backup.target_not_empty");
    expect(refusal.facts).to.include({ found: "notes.txt" });
    expect(Object.keys(await contentsOf(target))).to.deep.equal(["master.key", "notes.txt"]);
  });

  it("cut off anywhere is refused as cut off, and nothing is made", async () => {
    const whole = await readFile(file);
    const cut = folder.path("cut.tar");
    for (const length of [511, 513, 1_024, Math.floor(whole.length / 2), whole.length - 1_536, whole.length - 1_024]) {
      await writeFile(cut, whole.subarray(0, length));
      const { code } = await refusalOf(restore({ file: cut, dataDir: folder.path("nowhere"), context }));
      expect(code, String(length)).to.equal(length < 512 ? "backup.not_a_backup" : "backup.truncated");
    }
    expect(await readdir(folder.root)).to.not.include("nowhere");
  });

  it("altered anywhere is refused with the part, and nothing is made", async () => {
    const whole = await readFile(file);
    const altered = folder.path("altered.tar");
    const inManifest = whole.indexOf('"createdAt"');
    const inLaneKey = whole.indexOf(laneKey);
    const inRows = whole.indexOf("store/users/000001.ndjson.gz") + 512 + 40;
    const inHeader = whole.indexOf("store/users/000001.ndjson.gz") + 1;
    for (const [place, part] of [
      [inManifest, "manifest.json"],
      [inLaneKey, "files/lane.key"],
      [inRows, "store/users/000001.ndjson.gz"],
      [inHeader, "a header"],
    ] as const) {
      const bytes = Buffer.from(whole);
      bytes[place] = (bytes[place] ?? 0) ^ 0x01;
      await writeFile(altered, bytes);
      const refusal = await refusalOf(restore({ file: altered, dataDir: folder.path("nowhere"), context }));
      expect(refusal.code).to.equal("backup.altered");
      expect(refusal.facts).to.deep.equal({ part });
    }
    expect(await readdir(folder.root)).to.not.include("nowhere");
  });

  it("is told from any other file, and from a backup of a later format", async () => {
    const other = folder.path("other.txt");
    await writeFile(other, "no backup ".repeat(200));
    expect((await refusalOf(restore({ file: other, dataDir: folder.path("nowhere"), context }))).code).to.equal(
      "backup.not_a_backup",
    );
    const later = folder.path("later.tar");
    const whole = await readFile(file);
    const place = whole.indexOf('"version": 1');
    await copyFile(file, later);
    await writeFile(
      later,
      Buffer.concat([whole.subarray(0, place), Buffer.from('"version": 2'), whole.subarray(place + 12)]),
    );
    expect((await refusalOf(restore({ file: later, dataDir: folder.path("nowhere"), context }))).code).to.equal(
      "backup.newer_format",
    );
  });

  it("with something behind its end is taken as it stands, as tar takes it", async () => {
    const padded = folder.path("padded.tar");
    await copyFile(file, padded);
    await appendFile(padded, Buffer.alloc(10_240));
    expect((await verifyArchive(padded)).format).to.equal("hansa-backup");
  });

  it("is refused for a journal of another ledger beside the store", async () => {
    await folder.store.transaction((tx) => sql`update ledger set genesis_hash = '0x00'`.execute(tx));
    const refusal = await refusalOf(backup({ ...base(), file: folder.path("mixed.tar") }));
    expect(refusal.code).to.equal("start.other_ledger");
    expect(await readdir(folder.root)).to.not.include("mixed.tar");
  });
});
