import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { withLock } from "../../scripts/bootstrap/lock.mjs";
import { root } from "../../scripts/command.ts";

const children: ChildProcess[] = [];

/** A process that asks for the lock; `next` gives the next line that it says. */
function startHolder(path: string) {
  const script = join(root, "test", "scripts", "processes", "holdLock.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script, path], {
    cwd: root,
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  return { child, next, letGo: () => child.stdin.write("go\n") };
}

describe("only one command installs at a time", () => {
  let folder = "";
  let path = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hansa-lock-"));
    path = join(folder, "install.lock");
  });

  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it("a second command waits until the first is done", async () => {
    const first = startHolder(path);
    expect(await first.next()).to.equal("taken");
    const second = startHolder(path);
    expect(await second.next()).to.equal("waiting");
    first.letGo();
    expect(await first.next()).to.equal("released");
    expect(await second.next()).to.equal("taken");
  });

  it("a command that was killed in the middle does not block the next", async () => {
    const first = startHolder(path);
    expect(await first.next()).to.equal("taken");
    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    const waits: string[] = [];
    const done = await withLock({ path, onWait: (owner) => waits.push(owner) }, async () => "done");
    expect(done).to.equal("done");
    expect(waits).to.deep.equal([]);
  });

  it("an owner that shows no life counts as dead, even if its process id is in use", async () => {
    mkdirSync(path);
    const owner = join(path, String(process.ppid));
    writeFileSync(owner, "");
    utimesSync(owner, new Date(0), new Date(0));
    expect(await withLock({ path, onWait: () => expect.fail("waited") }, async () => "done")).to.equal("done");
  });

  it("the lock is gone afterwards, also after a failure", async () => {
    const failure = withLock({ path, onWait: () => {} }, () => Promise.reject(new Error("broken")));
    expect(await failure.catch((error: Error) => error.message)).to.equal("broken");
    expect(existsSync(path)).to.equal(false);
  });
});
