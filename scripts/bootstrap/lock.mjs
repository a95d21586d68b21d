// @ts-check
/**
 * One installation or build at a time in one folder, across processes. The lock is a folder that holds one file
 * named by its owner's process id: making the folder takes the lock, and only one process can succeed in
 * deleting a dead owner's file and so inherit it.
 */
import { mkdirSync, readdirSync, rmdirSync, rmSync, statSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** An owner that has not shown life for so long is dead, even if another program has its process id by now. */
const silenceMs = 60_000;
const heartbeatMs = 5_000;
const pollMs = 250;

/**
 * Runs `work` alone. Ends the lock also when the process exits in the middle.
 * @template T
 * @param {{ path: string, onWait: (owner: string) => void }} lock
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock({ path, onWait }, work) {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  while (!take(path)) {
    if (!told) onWait(ownerOf(path) ?? "unknown");
    told = true;
    await delay(pollMs);
  }
  const mine = join(path, String(process.pid));
  const release = () => {
    rmSync(mine, { force: true });
    removeEmpty(path);
  };
  const heartbeat = setInterval(() => touch(mine), heartbeatMs);
  heartbeat.unref();
  process.once("exit", release);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    process.removeListener("exit", release);
    release();
  }
}

/** @param {string} path */
function take(path) {
  if (!makeFolder(path) && !inherit(path)) return false;
  writeFileSync(join(path, String(process.pid)), "");
  return true;
}

/** @param {string} path */
function makeFolder(path) {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** @param {string} path */
function inherit(path) {
  const owner = ownerOf(path);
  if (owner === undefined) {
    // Between two owners for an instant only; for long, its taker died there.
    if (ageMs(path) > silenceMs) removeEmpty(path);
    return false;
  }
  const file = join(path, owner);
  if (isAlive(Number(owner)) && ageMs(file) < silenceMs) return false;
  try {
    unlinkSync(file);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} path @returns {string | undefined} */
function ownerOf(path) {
  try {
    return readdirSync(path)[0];
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** How long ago a path changed; nothing there counts as just now. @param {string} path */
function ageMs(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

/** @param {string} path */
function touch(path) {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // The folder was cleaned away: nothing to keep alive.
  }
}

/** @param {string} path */
function removeEmpty(path) {
  try {
    rmdirSync(path);
  } catch {
    // Somebody else holds it, or it is gone: both are fine.
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
