// @ts-check
/** Starts one task and stands between it and whoever started us: signals go through once, exit codes come back. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/** Two signals within this time are one: a terminal and npm both deliver the same Ctrl-C. */
const sameSignalMs = 500;

/**
 * Runs one TypeScript file to its end. In a process group of its own, so that a terminal's Ctrl-C reaches it once,
 * through us; with a channel, so that it learns when we die (scripts/parent.mjs).
 * @param {{ root: string, node: string, command: readonly string[] }} order folder of package.json, the Node to use,
 *   file and arguments
 * @returns {Promise<number>} exit code, 128 and more for a signal
 */
export function launch({ root, node, command }) {
  const tsx = pathToFileURL(join(root, "node_modules", "tsx", "dist", "loader.mjs")).href;
  const parent = pathToFileURL(join(root, "scripts", "parent.mjs")).href;
  const isWindows = process.platform === "win32";
  const child = spawn(node, ["--import", tsx, "--import", parent, ...command], {
    cwd: root,
    detached: !isWindows,
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: {
      ...process.env,
      HANSA_LAUNCHER: String(process.pid),
      INIT_CWD: process.env.INIT_CWD ?? process.cwd(),
      PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}`,
    },
  });
  if (!isWindows) passSignals(child);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

/**
 * Lets a signal through and drops its echoes.
 * @param {(signal: NodeJS.Signals) => void} send
 * @param {() => number} [nowMs]
 * @returns {(signal: NodeJS.Signals) => void}
 */
export function withoutEchoes(send, nowMs = () => performance.now()) {
  /** @type {Map<NodeJS.Signals, number>} */
  const sentAtMs = new Map();
  return (received) => {
    // A closed terminal is a request to stop in order, as much as SIGTERM.
    const signal = received === "SIGHUP" ? "SIGTERM" : received;
    const now = nowMs();
    if (now - (sentAtMs.get(signal) ?? Number.NEGATIVE_INFINITY) < sameSignalMs) return;
    sentAtMs.set(signal, now);
    send(signal);
  };
}

/** @param {import("node:child_process").ChildProcess} child */
function passSignals(child) {
  const pass = withoutEchoes((signal) => child.kill(signal));
  /** @type {readonly NodeJS.Signals[]} */
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, pass);
  watchNpm(() => pass("SIGTERM"));
}

/** npm that is killed outright takes nobody along; without this, what it started would keep its port. */
/** @param {() => void} onDeath */
function watchNpm(onDeath) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onDeath();
  }, 1000);
  timer.unref();
}
