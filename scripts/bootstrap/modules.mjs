// @ts-check
/**
 * Whether node_modules is what the lock file says, for this platform. npm leaves its own record of what it
 * installed; comparing the two also finds the modules of a wrong Node: npm under Node 20 silently leaves out the
 * native EVM, an optional package that asks for Node 22.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fitsHost } from "./host.mjs";

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, link?: boolean,
 *   os?: string[], cpu?: string[], libc?: string[] }} LockEntry
 * @typedef {{ packages?: Readonly<Record<string, LockEntry>> }} Lock
 * @typedef {{ kind: "fits" } | { kind: "missing" } | { kind: "stale" | "leftOut", packages: readonly string[] }} State
 */

const ledger = "node_modules/@nomicfoundation/edr-";

/**
 * @param {{ lock: Lock, installed: Lock | undefined, host: import("./host.mjs").Host,
 *   isPresent: (path: string) => boolean }} trees `installed` is npm's record, undefined when there is none;
 *   `isPresent` tells whether a package's folder is really there
 * @returns {State}
 */
export function compareTrees({ lock, installed, host, isPresent }) {
  const here = installed?.packages;
  if (!here) return { kind: "missing" };
  const wanted = Object.entries(lock.packages ?? {}).filter(([path, entry]) => path !== "" && isWanted(entry, host));
  const absent = wanted.filter(([path]) => !here[path] || !isPresent(path));
  const changed = wanted.filter(([path, entry]) => here[path] && !isSame(entry, here[path]));
  const stale = [...absent.filter(([, entry]) => !isOptional(entry)), ...changed];
  if (stale.length > 0) return { kind: "stale", packages: namesOf(stale) };
  if (absent.length > 0) return { kind: "leftOut", packages: namesOf(absent) };
  return { kind: "fits" };
}

/** @param {LockEntry} one @param {LockEntry} other */
function isSame(one, other) {
  return one.version === other.version && one.integrity === other.integrity;
}

/**
 * Whether a complete installation on this host has the package. An optional one without a platform of its own may
 * belong to one that is for another platform, so only natives that are made for this one are missed.
 * @param {LockEntry} entry
 * @param {import("./host.mjs").Host} host
 */
function isWanted(entry, host) {
  const isNative = entry.os !== undefined || entry.cpu !== undefined || entry.libc !== undefined;
  return !entry.link && fitsHost(entry, host) && (isNative || !isOptional(entry));
}

/** @param {LockEntry} entry */
function isOptional(entry) {
  return entry.optional === true || entry.devOptional === true;
}

/** @param {readonly (readonly [string, LockEntry])[]} entries */
function namesOf(entries) {
  return entries.map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));
}

/** Whether the embedded ledger's native engine exists for this host. @param {Lock} lock @param {import("./host.mjs").Host} host */
export function hasLedgerFor(lock, host) {
  return Object.entries(lock.packages ?? {}).some(([path, entry]) => path.startsWith(ledger) && fitsHost(entry, host));
}

/** @param {string} root @returns {Lock} */
export function readLock(root) {
  return JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
}

/** How many folders will stand in node_modules, near enough for a progress line. */
/** @param {Lock} lock @param {import("./host.mjs").Host} host */
export function countPackages(lock, host) {
  const entries = Object.entries(lock.packages ?? {});
  return entries.filter(([path, entry]) => path.split("node_modules/").length === 2 && isWanted(entry, host)).length;
}

/**
 * @param {string} root
 * @param {Lock} lock
 * @param {import("./host.mjs").Host} host
 */
export function inspectModules(root, lock, host) {
  const record = join(root, "node_modules", ".package-lock.json");
  const isPresent = (/** @type {string} */ path) => existsSync(join(root, path, "package.json"));
  return compareTrees({ lock, installed: readRecord(record), host, isPresent });
}

/** @param {string} path @returns {Lock | undefined} a torn record counts as none */
function readRecord(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
