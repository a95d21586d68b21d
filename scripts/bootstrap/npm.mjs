// @ts-check
/** Runs `npm ci` under a chosen Node, shows how far it is, and names what went wrong. */
import { spawn } from "node:child_process";
import fs, { existsSync, readdirSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { failureOfNpm, installBytes, SetupFailure } from "./failures.mjs";

/**
 * `--ignore-scripts`: no package needs its install script (esbuild and Node come as binaries inside packages), so
 * none runs and none can be blocked. The `--include`s outweigh NODE_ENV=production and a user's `omit`.
 */
const arguments_ = [
  "ci",
  "--ignore-scripts",
  "--include=dev",
  "--include=optional",
  "--package-lock=true",
  "--engine-strict=false",
  "--no-audit",
  "--no-fund",
  "--no-progress",
  "--loglevel=error",
];

/** Seconds between two progress lines. */
const pace = 5;

/**
 * npm's own JavaScript file, so that it can run under another Node than the one that npm's command starts.
 * @param {{ execPath: string, env: NodeJS.ProcessEnv, exists?: (path: string) => boolean }} place
 * @returns {string | undefined}
 */
export function findNpm({ execPath, env, exists = existsSync }) {
  const running = (env.npm_execpath ?? "").replace(/npx-cli\.js$/, "npm-cli.js");
  const folder = dirname(execPath);
  const cli = join("node_modules", "npm", "bin", "npm-cli.js");
  const beside = [join(folder, cli), join(dirname(folder), "lib", cli)];
  const onPath = (env.PATH ?? env.Path ?? "")
    .split(delimiter)
    .flatMap((entry) => [join(entry, "npm"), join(entry, cli)]);
  for (const candidate of [running, ...beside, ...onPath]) {
    if (candidate === "" || !exists(candidate)) continue;
    const real = exists === existsSync ? realpathSync(candidate) : candidate;
    if (real.endsWith("npm-cli.js")) return real;
  }
  return undefined;
}

/**
 * Installs a folder from its lock file.
 * @param {{ node: string, folder: string, say: (line: string) => void, packages: number }} order
 */
export async function runNpm({ node, folder, say, packages }) {
  const npm = findNpm({ execPath: process.execPath, env: process.env });
  if (!npm) throw new SetupFailure("npmMissing");
  refuseFullDisk(folder);

  const startedAt = process.hrtime.bigint();
  const seconds = () => Number((process.hrtime.bigint() - startedAt) / 1_000_000_000n);
  const timer = setInterval(() => {
    say(`  ${Math.min(countInstalled(folder), packages)} of ${packages} packages, ${seconds()} s`);
  }, pace * 1000);
  try {
    await runToEnd({ node, npm, folder });
  } finally {
    clearInterval(timer);
  }
}

/** @param {{ node: string, npm: string, folder: string }} order */
async function runToEnd({ node, npm, folder }) {
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}` };
  const child = spawn(node, [npm, ...arguments_, "--prefix", folder], {
    cwd: folder,
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let output = "";
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text) => {
    output = (output + text).slice(-20_000);
  });
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code === 0) return;
  process.stderr.write(output);
  throw failureOfNpm(output, code);
}

/** A full disk makes npm fail late, in many ways, and even end well with half of the files. @param {string} folder */
export function refuseFullDisk(folder) {
  // Node 18 got statfs late; a named import of what is not there would not even load.
  if (typeof fs.statfsSync !== "function") return;
  const { bavail, bsize } = fs.statfsSync(folder);
  const freeBytes = bavail * bsize;
  // A third of what is needed when full: an install that only refreshes a few packages needs little.
  if (freeBytes < installBytes / 3)
    throw new SetupFailure("diskFull", { detail: `${Math.round(freeBytes / 1e6)} MB free` });
}

/** How many packages stand in node_modules by now: enough for a progress line. @param {string} folder */
function countInstalled(folder) {
  const modules = join(folder, "node_modules");
  let count = 0;
  for (const name of list(modules)) {
    if (name.startsWith(".")) continue;
    count += name.startsWith("@") ? list(join(modules, name)).length : 1;
  }
  return count;
}

/** @param {string} folder @returns {string[]} */
function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
