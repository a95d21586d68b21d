import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { sql } from "kysely";
import { backupFolder } from "../../src/backupDesk.ts";
import { verifyArchive } from "../../src/backupManifest.ts";
import { restore } from "../../src/restore.ts";
import { lockFolder } from "../../src/store/lock.ts";
import { migrations } from "../../src/store/migrations/all.ts";
import { openStore } from "../../src/store/store.ts";
import { dump } from "../store/dump.ts";
import { context, type DataFolder, folderMs, makeDataFolder, refusalOf } from "./folderFixture.ts";

const loader = import.meta.resolve("tsx");

function programOf(name: string): string {
  return fileURLToPath(new URL(`processes/${name}`, import.meta.url));
}

interface Started {
  readonly child: ChildProcess;
  nextLine(): Promise<string | undefined>;
  kill(): Promise<void>;
}

function start(name: string, ...parameters: string[]): Started {
  const child = spawn(process.execPath, ["--import", loader, programOf(name), ...parameters], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    async nextLine() {
      const { value, done } = await lines.next();
      return done ? undefined : value;
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

describe("an interrupted backup or restore", function interruptedSuite() {
  this.timeout(folderMs);
  let folder: DataFolder;
  let rows: Awaited<ReturnType<typeof dump>>;
  let file = "";

  before(async () => {
    folder = await makeDataFolder();
    // More than can be written in a moment.
    await folder.store.transaction((tx) =>
      sql`insert into idempotency select 'o', g::text, 'u', 'f', 200, '', sha256(g::text::bytea), '{}', g
        from generate_series(1, 20000) g`.execute(tx),
    );
    rows = await dump(folder.store);
    await folder.store.close();
    file = folder.path("good.tar");
    await backupFolder({ context, dataDir: folder.dataDir, file });
  });
  after(() => folder.remove());

  it("of a killed process leaves nothing under a backup's name, and neither store nor next backup minds", async () => {
    const target = folder.path("made");
    for (const wait of [400, 900, 1_500]) {
      await mkdir(target);
      const child = start("backupForEver.ts", folder.dataDir, target);
      await child.nextLine();
      // The first has opened the store by then; where in it the process dies is left to chance.
      await child.nextLine();
      await delay(wait);
      await child.kill();
      for (const name of await readdir(target)) {
        if (name.endsWith(".tar")) await verifyArchive(`${target}/${name}`);
        else expect(name).to.match(/^\d+\.tar\.unfinished$/);
      }
      await backupFolder({ context, dataDir: folder.dataDir, file: `${target}/after.tar` });
      expect(await readdir(`${folder.dataDir}/store`)).to.deep.equal(["pg"]);
      await rm(target, { recursive: true });
    }
    const store = await openStore({ context, migrations, dataDir: `${folder.dataDir}/store` });
    expect(await dump(store)).to.deep.equal(rows);
    await store.close();
  });

  it("restore keeps gateways out of the folder until it is run again, which makes it whole", async () => {
    const target = folder.path("restored");
    const child = start("restoreOnce.ts", file, target);
    await child.nextLine();
    while (!existsSync(`${target}/restore.unfinished`)) await delay(1);
    await child.kill();
    expect((await refusalOf(lockFolder(target))).code).to.equal("backup.unfinished");
    await restore({ file, dataDir: target, context });
    (await lockFolder(target)).release();
    const store = await openStore({ context, migrations, dataDir: `${target}/store` });
    expect(await dump(store)).to.deep.equal(rows);
    await store.close();
  });

  it("on a disk that fills up says so and leaves nothing", () => {
    const target = folder.path("full.tar");
    // A limit for the size of a file, in blocks of 512 bytes, ends a write as a full disk does.
    const command = `ulimit -f 8192 && exec "$0" --import "$1" "$2" "$3"`;
    const { stdout } = spawnSync("sh", ["-c", command, process.execPath, loader, programOf("fillArchive.ts"), target], {
      encoding: "utf8",
    });
    expect(stdout).to.equal("store.disk_full\n");
    expect([existsSync(target), existsSync(`${target}.unfinished`)]).to.deep.equal([false, false]);
  });

  it("is refused for a folder that a gateway works on, and for one that is not there", async () => {
    const lock = await lockFolder(folder.dataDir);
    const asked = backupFolder({ context, dataDir: folder.dataDir, file: folder.path("none.tar") });
    expect((await refusalOf(asked)).code).to.equal("store.folder_locked");
    lock.release();
    const nowhere = backupFolder({ context, dataDir: folder.path("nowhere"), file: folder.path("none.tar") });
    expect((await refusalOf(nowhere)).code).to.equal("start.data_missing");
    expect(existsSync(folder.path("nowhere"))).to.equal(false);
  });
});
