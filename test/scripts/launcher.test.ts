import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { withoutEchoes } from "../../scripts/bootstrap/launch.mjs";
import { root } from "../../scripts/command.ts";

const launchers: ChildProcess[] = [];

/** A launcher with a task; `said` collects what the task says, `next` waits for its next line. */
function start(...given: readonly string[]) {
  const script = join(root, "test", "scripts", "processes", "launcher.ts");
  const env = { ...process.env, npm_lifecycle_event: "" };
  const launcher = spawn(process.execPath, ["--import", "tsx", script, ...given], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  launchers.push(launcher);
  const lines = createInterface({ input: launcher.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    return done ? "end" : String(value);
  };
  return { launcher, next };
}

describe("the launcher of tasks", () => {
  afterEach(() => {
    for (const launcher of launchers.splice(0)) launcher.kill("SIGKILL");
  });

  it("ends with the exit code of its task", async () => {
    const { launcher } = start("leave");
    const [code] = await once(launcher, "exit");
    expect(code).to.equal(7);
  });

  it("passes a signal on to its task", async () => {
    const { launcher, next } = start();
    expect(await next()).to.match(/^up \d+$/);
    launcher.kill("SIGINT");
    expect(await next()).to.equal("SIGINT");
  });

  it("passes a Ctrl-C on once although terminal and npm both send it, and a later one again", () => {
    const sent: NodeJS.Signals[] = [];
    let nowMs = 0;
    const pass = withoutEchoes(
      (signal) => sent.push(signal),
      () => nowMs,
    );
    for (const [atMs, signal] of [
      [0, "SIGINT"],
      [3, "SIGINT"],
      [499, "SIGINT"],
      [500, "SIGTERM"],
      [999, "SIGHUP"],
      [1_000, "SIGINT"],
      [2_000, "SIGHUP"],
    ] as const) {
      nowMs = atMs;
      pass(signal);
    }
    expect(sent).to.deep.equal(["SIGINT", "SIGTERM", "SIGINT", "SIGTERM"]);
  });

  it("takes its task along when it is killed outright", async () => {
    const { launcher, next } = start();
    expect(await next()).to.match(/^up \d+$/);
    launcher.kill("SIGKILL");
    expect(await next()).to.equal("SIGTERM");
    expect(await next()).to.equal("end");
  });
});
