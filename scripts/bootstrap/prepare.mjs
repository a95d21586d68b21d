// @ts-check
/** Brings a clone into a state in which Hansa runs: a fitting Node, and the modules of the lock file under it. */
import { join } from "node:path";
import { SetupFailure } from "./failures.mjs";
import { describeHost, nameOfHost } from "./host.mjs";
import { withLock } from "./lock.mjs";
import { countPackages, hasLedgerFor, inspectModules, readLock } from "./modules.mjs";
import { fetchNode, findNode, privateFolder } from "./node.mjs";
import { refuseFullDisk, runNpm } from "./npm.mjs";

/** Progress goes to the error stream, so that what a command prints can be piped. @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Idempotent; costs a few hundredths of a second when nothing is to be done.
 * @param {string} root folder of package.json
 * @returns {Promise<string>} path of the Node that runs Hansa
 */
export async function prepare(root) {
  const host = describeHost();
  const lock = readLock(root);
  const ready = findReady(root, lock, host);
  if (ready) return ready;
  if (!hasLedgerFor(lock, host)) throw new SetupFailure("ledgerUnsupported", { platform: nameOfHost(host) });
  const path = join(privateFolder(root), "install.lock");
  const onWait = (/** @type {string} */ owner) =>
    say(`Another command (process ${owner}) is installing; waiting for it …`);
  return await withLock({ path, onWait }, () => install(root, host));
}

/** @param {string} root @param {import("./modules.mjs").Lock} lock @param {import("./host.mjs").Host} host */
function findReady(root, lock, host) {
  const node = findNode(root, host);
  return node && inspectModules(root, lock, host).kind === "fits" ? node : undefined;
}

/** @param {string} root @param {import("./host.mjs").Host} host */
async function install(root, host) {
  const lock = readLock(root);
  const node = findNode(root, host) ?? (await fetchNode(root, host, say));
  const state = inspectModules(root, lock, host);
  if (state.kind === "fits") return node;
  say(`${reasonOf(state)}; installing ${countPackages(lock, host)} packages from the lock file …`);
  await runNpm({ node, folder: root, say, packages: countPackages(lock, host) });

  const after = inspectModules(root, lock, host);
  if (after.kind !== "fits") refuseFullDisk(root);
  if (after.kind === "leftOut") throw new SetupFailure("nativeLeftOut", { packages: after.packages.join(", ") });
  if (after.kind !== "fits")
    throw new SetupFailure("installFailed", { detail: `node_modules is ${after.kind} after npm ci` });
  say("Installed.");
  return node;
}

/** @param {import("./modules.mjs").State} state */
function reasonOf(state) {
  if (state.kind === "stale") return `The lock file has changed (${summary(state.packages)})`;
  if (state.kind === "leftOut") return `Modules were installed under a wrong Node (without ${summary(state.packages)})`;
  return "Modules are not installed yet";
}

/** @param {readonly string[]} names */
function summary(names) {
  return names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
}
