import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { folderLostExitCode } from "../../src/folderWatch.ts";

const root = path.join(import.meta.dirname, "..", "..");

interface Running {
  readonly child: ChildProcess;
  /** Resolves with what a line of standard output that matches says; fails when the process ends before. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  readonly exit: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  errors(): string;
}

describe("stopping the process", function suite() {
  this.timeout(120_000);
  let dataDir: string;
  let running: Running | undefined;

  beforeEach(() => {
    dataDir = mkdtempSync(path.join(os.tmpdir(), "hansa-stop-"));
  });
  afterEach(() => {
    running?.child.kill("SIGKILL");
    rmSync(dataDir, { recursive: true, force: true });
  });

  function start(): Running {
    // Settings of the test run are none of the gateway's.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("HANSA_")));
    const given = ["--import", "tsx", "src/main.ts", "start", "--no-demo", "--port", "0", "--data", dataDir];
    const child = spawn(process.execPath, given, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let errors = "";
    const watchers = new Set<() => void>();
    const look = () => {
      for (const watcher of watchers) watcher();
    };
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString("utf8");
      look();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString("utf8");
    });
    const exit = once(child, "close").then(([code, signal]) => {
      look();
      return { code, signal };
    });
    running = {
      child,
      exit,
      errors: () => errors,
      line: (pattern) =>
        new Promise((resolve, reject) => {
          const watcher = () => {
            const found = pattern.exec(out);
            if (!found && child.exitCode === null && child.signalCode === null) return;
            watchers.delete(watcher);
            if (found) resolve(found);
            else reject(new Error(`it ended before it said ${pattern}:\n${out}${errors}`));
          };
          watchers.add(watcher);
          watcher();
        }),
    };
    return running;
  }

  const serving = /Hansa runs on (http:\/\/127\.0\.0\.1:(\d+))/;

  it("ends with 0 while it still starts, and the folder can be used again", async () => {
    const first = start();
    await first.line(/Opening the store/);
    first.child.kill("SIGINT");
    expect(await first.exit, first.errors()).to.deep.equal({ code: 0, signal: null });
    expect(first.errors()).to.equal("");
    const second = start();
    await second.line(/Starting the ledger/);
    second.child.kill("SIGTERM");
    expect(await second.exit, second.errors()).to.deep.equal({ code: 0, signal: null });
    const third = start();
    await third.line(serving);
    third.child.kill("SIGTERM");
    expect(await third.exit, third.errors()).to.deep.equal({ code: 0, signal: null });
  });

  it("lets requests under way end, lets nobody new in, and ends with 0", async () => {
    const { child, line, exit, errors } = start();
    const [, url = "", port = ""] = await line(serving);
    // A request whose body is not complete yet is under way.
    const body = JSON.stringify({ userId: "00000000-0000-4000-8000-000000000000", invitation: "x", secret: "y" });
    const socket = connect(Number(port), "127.0.0.1");
    const head = ["POST /v1/invitations/accept HTTP/1.1", "Host: x", "Content-Type: application/json"];
    socket.write([...head, `Content-Length: ${body.length}`, "", body.slice(0, 10)].join("\r\n"));
    // An answer to another one proves that the first has arrived.
    expect((await fetch(`${url}/readyz`)).status).to.equal(200);
    child.kill("SIGTERM");
    await refused(Number(port));
    let answer = "";
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString("utf8");
    });
    socket.write(body.slice(10));
    await once(socket, "close");
    expect(answer).to.match(/^HTTP\/1\.1 4\d\d /);
    expect(await exit, errors()).to.deep.equal({ code: 0, signal: null });
  });

  it("ends at once with the code of a second signal", async () => {
    const { child, line, exit, errors } = start();
    const [, url = "", port = ""] = await line(serving);
    const socket = connect(Number(port), "127.0.0.1");
    socket.on("error", () => {});
    socket.write("POST /v1/invitations/accept HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf");
    expect((await fetch(`${url}/livez`)).status).to.equal(200);
    child.kill("SIGTERM");
    await refused(Number(port));
    child.kill("SIGINT");
    expect(await exit).to.deep.equal({ code: 130, signal: null });
    expect(errors()).to.contain("Ended at once by a second signal");
    socket.destroy();
  });

  it("ends at once with a code of its own when somebody removes the folder's lock, and the folder can be used again", async () => {
    const { line, exit, errors } = start();
    const [, url = "", port = ""] = await line(serving);
    expect((await fetch(`${url}/livez`)).status).to.equal(200);
    rmSync(path.join(dataDir, "lock"));
    expect(await exit, errors()).to.deep.equal({ code: folderLostExitCode, signal: null });
    expect(errors()).to.contain("Ended at once: the data folder's file `lock` was removed");
    expect(await isTaken(Number(port))).to.equal(false);
    const next = start();
    await next.line(serving);
    next.child.kill("SIGTERM");
    expect(await next.exit, next.errors()).to.deep.equal({ code: 0, signal: null });
  });
});

/** Resolves when nobody listens at the port any more. */
async function refused(port: number): Promise<void> {
  while (await isTaken(port));
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const say = (taken: boolean) => () => {
      socket.destroy();
      resolve(taken);
    };
    socket.once("connect", say(true));
    socket.once("error", say(false));
  });
}
