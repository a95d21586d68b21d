import fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { expect } from "chai";
import { createDurableFileSystem } from "../../src/store/durableFileSystem.ts";
import type { DiskOperation } from "../images/diskOperation.ts";
import { recordDisk } from "../images/recordDisk.ts";

/** Folders in which names were given after the folder itself was last forced. */
function unforcedFolders(operations: readonly DiskOperation[]): ReadonlySet<string> {
  const unforced = new Set<string>();
  for (const operation of operations) {
    if (operation.kind === "create" || operation.kind === "folder") unforced.add(path.dirname(operation.name));
    else if (operation.kind === "rename") unforced.add(path.dirname(operation.name)).add(path.dirname(operation.to));
    else if (operation.kind === "syncFolder") unforced.delete(operation.name);
  }
  return unforced;
}

/** Where the engine sees its folder. */
const engineFolder = "/pglite/data";

describe("names in the embedded store's folder", () => {
  let folder = "";
  let engine: PGlite;
  let operations: DiskOperation[] = [];
  let recording: ReturnType<typeof recordDisk>;

  before(async () => {
    folder = fs.mkdtempSync(path.join(tmpdir(), "hansa-names-"));
    recording = recordDisk(folder, (operation) => operations.push(operation));
    const startParams = [
      ...PGlite.defaultStartParams.filter((parameter) => parameter !== "-F"),
      ...["-c", "wal_sync_method=fsync"],
    ];
    engine = new PGlite({ fs: createDurableFileSystem(folder).fs, startParams });
    await engine.waitReady;
  });
  beforeEach(() => {
    operations = [];
  });
  after(async () => {
    await engine.close();
    recording.end();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it("the name of a new table's file is forced before the commit that makes it is acknowledged", async () => {
    await engine.exec("create table named (n int primary key)");
    const made = operations.filter(({ kind }) => kind === "create");
    expect(made.length).to.be.at.least(2);
    expect([...unforcedFolders(operations)]).to.deep.equal([]);
  });

  it("a commit that makes no file forces no folder", async () => {
    await engine.exec("insert into named values (1)");
    operations = [];
    await engine.exec("insert into named values (2)");
    expect(operations.filter(({ kind }) => kind === "sync").length).to.be.at.least(1);
    expect(operations.filter(({ kind }) => kind === "syncFolder")).to.deep.equal([]);
  });

  it("a folder that was removed meanwhile does not fail the next commit", async () => {
    const { FS } = engine.Module;
    FS.mkdirTree(`${engineFolder}/passing/deeper`);
    fs.rmSync(path.join(folder, "passing"), { recursive: true });
    await engine.exec("insert into named values (3)");
    expect((await engine.query("select n from named")).rows).to.have.length(3);
  });
});
