/**
 * A PostgreSQL server for tests: its own temporary folder, a free port on loopback, ended by its process id.
 *
 *   node --import tsx scripts/postgres.ts npm test
 *
 * runs a command with HANSA_DATABASE_URL set and demands that the PostgreSQL suites ran.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";

export interface RunningPostgres {
  /** Of a superuser in an empty database. */
  readonly url: string;
  stop(): Promise<void>;
}

interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

const debianRoot = "/usr/lib/postgresql";
const startTriesMax = 3;
const readyTriesMax = 200;
const readyEveryMs = 50;

/** Starts a server. Throws when there are no binaries, or no unprivileged user to run them as. */
export async function startPostgres(): Promise<RunningPostgres> {
  const binaries = findBinaries();
  const owner = findOwner();
  const folder = mkdtempSync(path.join(tmpdir(), "hansa-postgres-"));
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(folder, owner.uid, owner.gid);
  const data = path.join(folder, "data");
  const options = ["-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync"];
  const made = spawnSync(path.join(binaries, "initdb"), options, { ...owner, cwd: folder, encoding: "utf8" });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || String(made.error)}`);
  for (let tries = 1; ; tries += 1) {
    const port = await findFreePort();
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    // Data of tests dies with the folder, so nothing needs to reach the disk; tests open it as `relaxed`.
    const settings = [
      ...["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"],
      // Suites run beside each other, each with several gateways' pools.
      ...["-c", "max_connections=400"],
    ];
    const child = spawn(path.join(binaries, "postgres"), ["-D", data, "-p", String(port), ...settings], {
      ...owner,
      cwd: folder,
      stdio: "ignore",
    });
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const stop = stopper(child, exited, folder);
    if (await isReady(url, child)) return { url, stop };
    if (tries === startTriesMax) {
      await stop();
      throw new Error("the PostgreSQL server did not start");
    }
  }
}

function stopper(child: ChildProcess, exited: Promise<void>, folder: string): () => Promise<void> {
  const endWithParent = () => child.kill("SIGQUIT");
  process.once("exit", endWithParent);
  return async () => {
    process.off("exit", endWithParent);
    // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
    if (child.exitCode === null && child.kill("SIGINT")) await exited;
    rmSync(folder, { recursive: true, force: true });
  };
}

function findBinaries(): string {
  const debian = existsSync(debianRoot) ? readdirSync(debianRoot).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env["PATH"] ?? "").split(path.delimiter),
    ...debian.map((version) => path.join(debianRoot, version, "bin")),
  ];
  const found = folders.find((folder) => ["initdb", "postgres"].every((name) => existsSync(path.join(folder, name))));
  if (found === undefined) throw new Error("no PostgreSQL found: install it (Debian: apt-get install postgresql)");
  return found;
}

/** PostgreSQL refuses to run as root. */
function findOwner(): Owner {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync("/etc/passwd", "utf8").split("\n");
  const row = ["postgres", "nobody"]
    .map((name) => users.find((line) => line.startsWith(`${name}:`)))
    .find((line) => line !== undefined);
  const [, , uid, gid] = row?.split(":") ?? [];
  if (uid === undefined || gid === undefined) throw new Error("no unprivileged user to run PostgreSQL as");
  return { uid: Number(uid), gid: Number(gid) };
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

async function isReady(url: string, child: ChildProcess): Promise<boolean> {
  for (let tries = 0; tries < readyTriesMax && child.exitCode === null; tries += 1) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      await delay(readyEveryMs);
    }
  }
  return false;
}

async function runWithPostgres([command, ...parameters]: readonly string[]): Promise<number> {
  if (command === undefined) throw new Error("usage: postgres.ts <command> [parameters]");
  const server = await startPostgres();
  try {
    const env = { ...process.env, HANSA_DATABASE_URL: server.url, HANSA_REQUIRE_POSTGRES: "1" };
    const child = spawn(command, parameters, { stdio: "inherit", env, shell: process.platform === "win32" });
    return await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => resolve(code ?? 1));
    });
  } finally {
    await server.stop();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await runWithPostgres(process.argv.slice(2));
