import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { AppError } from "../../src/shared/errors.ts";
import { lockFolder } from "../../src/store/lock.ts";
import { type StartedProcess, startProcess } from "./processes/startProcess.ts";

async function refusalOf(folder: string): Promise<AppError> {
  try {
    const lock = await lockFolder(folder);
    lock.release();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("the folder was not locked");
}

describe("the lock of a data folder", () => {
  let folder = "";
  let started: StartedProcess[] = [];

  function start(): StartedProcess {
    const child = startProcess("holdLock.ts", [folder]);
    started.push(child);
    return child;
  }

  async function startOwner(): Promise<StartedProcess> {
    const owner = start();
    expect(await owner.nextLine()).to.equal("ready");
    owner.send("go");
    expect(await owner.nextLine()).to.equal("locked");
    return owner;
  }

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "hansa-lock-"));
  });
  afterEach(async () => {
    for (const child of started) await child.kill("SIGKILL");
    started = [];
    await rm(folder, { recursive: true, force: true });
  });

  it("refuses a second owner and names the first one's process id", async () => {
    const owner = await startOwner();
    const refusal = await refusalOf(folder);
    expect(refusal.code).to.equal("store.folder_locked");
    expect(refusal.facts).to.include({ pid: owner.pid, folder });
  });

  it("refuses a second owner in the same process, and is free again after its release", async () => {
    const lock = await lockFolder(folder);
    expect((await refusalOf(folder)).code).to.equal("store.folder_locked");
    lock.release();
    lock.release();
    (await lockFolder(folder)).release();
  });

  it("passes to the next starter at once when its owner is killed", async () => {
    const owner = await startOwner();
    await owner.kill("SIGKILL");
    (await lockFolder(folder)).release();
  });

  it("is not held by a left-over owner file, even one that names a living process", async () => {
    await writeFile(path.join(folder, "lock.owner"), `${process.ppid}\n`);
    (await lockFolder(folder)).release();
  });

  it("is held although the owner file was deleted", async () => {
    await startOwner();
    await rm(path.join(folder, "lock.owner"));
    const refusal = await refusalOf(folder);
    expect(refusal.code).to.equal("store.folder_locked");
    expect(refusal.facts).to.include({ pid: null });
  });

  it("goes to exactly one of several that start at the same instant", async () => {
    const starters = [start(), start(), start(), start()];
    for (const starter of starters) expect(await starter.nextLine()).to.equal("ready");
    for (const starter of starters) starter.send("go");
    const outcomes = await Promise.all(starters.map((starter) => starter.nextLine()));
    expect(outcomes.filter((outcome) => outcome === "locked")).to.have.length(1);
    expect(outcomes.filter((outcome) => outcome === "store.folder_locked")).to.have.length(3);
  });

  it("tells its owner that it is lost when its file was removed or replaced, or the folder moved away", async () => {
    const inner = path.join(folder, "data");
    const lock = await lockFolder(inner);
    expect(lock.isLost()).to.equal(false);
    await rename(inner, path.join(folder, "elsewhere"));
    expect(lock.isLost()).to.equal(true);
    await rename(path.join(folder, "elsewhere"), inner);
    expect(lock.isLost()).to.equal(false);
    await rm(path.join(inner, "lock"));
    expect(lock.isLost()).to.equal(true);
    // Now another one gets it, which is why the first has to stop.
    const second = await lockFolder(inner);
    expect([lock.isLost(), second.isLost()]).to.deep.equal([true, false]);
    second.release();
    lock.release();
    expect(second.isLost()).to.equal(true);
  });

  it("is not given for a folder that a restore did not finish, but to the restore itself", async () => {
    await writeFile(path.join(folder, "restore.unfinished"), "");
    expect((await refusalOf(folder)).code).to.equal("backup.unfinished");
    const lock = await lockFolder(folder, { mayBeUnfinished: true });
    expect((await refusalOf(folder)).code).to.equal("store.folder_locked");
    lock.release();
  });

  it("creates the folder, and says so when it cannot", async () => {
    (await lockFolder(path.join(folder, "new", "deep"))).release();
    const file = path.join(folder, "file");
    await writeFile(file, "");
    expect((await refusalOf(file)).code).to.equal("store.folder_unusable");
  });
});
