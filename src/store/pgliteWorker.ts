/**
 * The thread in which the embedded engine runs, so that its computing never holds up the gateway. It is a pipe: bytes
 * of the PostgreSQL protocol in, bytes out. It also proves at start that a commit reaches the disk, keeps the
 * write-ahead log short (the single-user engine never makes a checkpoint by itself), and falls silent for good when
 * the log could not be written, because then no answer of the engine can be believed.
 */
import { parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import type { Code } from "../shared/errors/codes.ts";
import { createDurableFileSystem, type DiskFaults, type DurableFileSystem } from "./durableFileSystem.ts";
import { completePgliteFolder, engineMajor, inspectPgliteFolder, type PgliteFolder } from "./pgliteFolder.ts";
import type { FromWorker, ToWorker, WorkerSettings } from "./workerMessages.ts";

const checkpointAfterLogBytes = 64 * 1024 * 1024;

const startParams = [
  // -F switches fsync off.
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== "-F"),
  ...["-c", "wal_sync_method=fsync"],
  // Outside `transaction` the store is read only.
  ...["-c", "default_transaction_read_only=on"],
];

/** The engine's own last words, for the log when it fails. */
const lastWords: string[] = [];
function onStderr(line: string): boolean {
  lastWords.push(line);
  if (lastWords.length > 8) lastWords.shift();
  return false;
}

interface Engine {
  readonly pglite: PGlite;
  readonly disk: DurableFileSystem | undefined;
  /** `disk.logBytes()` at the last checkpoint. */
  checkpointAt: number;
}

const settings = workerData as WorkerSettings;

function post(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

async function openOnDisk(root: string, faults: DiskFaults | undefined): Promise<Engine> {
  const disk = createDurableFileSystem(root, faults);
  const pglite = new PGlite({ fs: disk.fs, startParams, onStderr });
  try {
    await pglite.waitReady;
  } catch (error) {
    throw Object.assign(new Error("the embedded engine did not start", { cause: error }), { code: disk.takeFault() });
  }
  return { pglite, disk, checkpointAt: 0 };
}

async function createOnDisk(folder: PgliteFolder, faults: DiskFaults | undefined): Promise<void> {
  const first = await openOnDisk(folder.unfinished, faults);
  await first.pglite.close();
  completePgliteFolder(folder);
}

/** One commit, and the forced writes it caused. */
async function syncsOfOneCommit({ pglite, disk }: Engine): Promise<number> {
  const before = disk?.syncCount() ?? 0;
  await pglite.exec("begin read write; select pg_logical_emit_message(true, 'hansa', 'durable?'); commit");
  return (disk?.syncCount() ?? 0) - before;
}

async function open(): Promise<Engine | undefined> {
  if (settings.dataDir === undefined) {
    const pglite = new PGlite({ startParams: [...startParams, "-F"], onStderr });
    await pglite.waitReady;
    return { pglite, disk: undefined, checkpointAt: 0 };
  }
  const folder = inspectPgliteFolder(settings.dataDir);
  if (!folder.isNew && folder.foundMajor === undefined) {
    post({ kind: "failed", code: "store.files_damaged", facts: {}, detail: "PG_VERSION is missing" });
    return undefined;
  }
  if (folder.foundMajor !== undefined && folder.foundMajor !== engineMajor) {
    post({
      kind: "failed",
      code: "store.engine_mismatch",
      facts: { found: folder.foundMajor, expected: engineMajor },
      detail: "PG_VERSION",
    });
    return undefined;
  }
  if (folder.isNew) await createOnDisk(folder, settings.faults);
  const engine = await openOnDisk(folder.complete, settings.faults).catch((error: unknown) => {
    throw folder.isNew ? error : damaged(error);
  });
  if (settings.durability === "strict" && (await syncsOfOneCommit(engine)) < 1) {
    post({ kind: "failed", code: "store.not_durable", facts: {}, detail: "no fsync during a commit" });
    return undefined;
  }
  return engine;
}

/** Files that were complete once and that the engine cannot start from, although the host gave it all it asked for. */
function damaged(error: unknown): unknown {
  if (!(error instanceof Error) || error.cause instanceof RangeError || codeOf(error) !== undefined) return error;
  return Object.assign(error, { code: "store.files_damaged" });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** The host's word for what failed (`ENOSPC` …), or the store's own. */
function codeFor(fault: string | undefined): Code {
  if (fault === "ENOSPC" || fault === "EDQUOT") return "store.disk_full";
  return fault === "store.files_damaged" ? fault : "store.unavailable";
}

function postFailure(fault: string | undefined, error?: unknown): void {
  const what = error instanceof Error ? `${error.message}: ${String(error.cause ?? "")}` : "a write failed";
  const detail = [what, ...lastWords].join("\n");
  post({ kind: "failed", code: codeFor(fault), facts: {}, detail });
}

async function answer({ pglite, disk }: Engine, request: Uint8Array): Promise<boolean> {
  const parts: Uint8Array[] = [];
  await pglite.execProtocolRawStream(request, {
    syncToFs: false,
    onRawData: (bytes) => parts.push(bytes.slice()),
  });
  const fault = disk?.takeFault();
  if (disk?.isBroken()) {
    postFailure(fault);
    return false;
  }
  const reply = Buffer.concat(parts);
  const bytes = new Uint8Array(reply.length);
  bytes.set(reply);
  post({ kind: "bytes", bytes, syncs: disk?.syncCount() ?? 0 }, [bytes.buffer]);
  return true;
}

async function checkpointWhenDue(engine: Engine): Promise<boolean> {
  const { pglite, disk } = engine;
  if (!disk || disk.logBytes() - engine.checkpointAt < checkpointAfterLogBytes || pglite.isInTransaction()) return true;
  engine.checkpointAt = disk.logBytes();
  // Without room the checkpoint fails and the log, which is safe, stays long; only a broken engine matters.
  await pglite.exec("checkpoint").catch(() => undefined);
  const fault = disk.takeFault();
  if (disk.isBroken()) postFailure(fault);
  return !disk.isBroken();
}

function serve(engine: Engine): void {
  let isServing = true;
  let queue = Promise.resolve();

  async function handle(message: ToWorker): Promise<void> {
    if (!isServing) return;
    if (message.kind === "close") {
      isServing = false;
      await engine.pglite.close();
      post({ kind: "closed" });
      parentPort?.close();
      return;
    }
    isServing = (await answer(engine, message.bytes)) && (await checkpointWhenDue(engine));
  }

  parentPort?.on("message", (message: ToWorker) => {
    queue = queue
      .then(() => handle(message))
      .catch((error: unknown) => {
        isServing = false;
        postFailure(engine.disk?.takeFault(), error);
      });
  });
  post({ kind: "ready" });
}

try {
  const engine = await open();
  if (engine) serve(engine);
} catch (error) {
  postFailure(codeOf(error), error);
}
