/** A data folder as a gateway leaves it: a store with a little of everything, a journal, keys and credentials. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { sql } from "kysely";
import { createJournal } from "../../src/chain/ledger/journal.ts";
import { openJournalFile } from "../../src/chain/ledger/journalFile.ts";
import { createClock } from "../../src/shared/clock.ts";
import { type Context, silentLogger } from "../../src/shared/context.ts";
import { AppError } from "../../src/shared/errors.ts";
import { createShutdown } from "../../src/shared/shutdown.ts";
import { migrations } from "../../src/store/migrations/all.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { rowsAfter } from "../store/earlierRows.ts";

export const context: Context = { logger: silentLogger, clock: createClock(), shutdown: createShutdown() };

/** The first start in a folder takes seconds, on a busy machine many. */
export const folderMs = 120_000;

export const secrets = { "master.key": "5ec2e7", "operator.json": "operator's secret", "demo.json": "demo's secret" };
export const laneKey = "sealed under the master key\n";

export interface DataFolder {
  readonly root: string;
  readonly dataDir: string;
  /** Closing the store twice is harmless. */
  readonly store: Store;
  /** A path in the same temporary folder. */
  path(name: string): string;
  remove(): Promise<void>;
}

export async function makeDataFolder(): Promise<DataFolder> {
  const root = await mkdtemp(path.join(tmpdir(), "hansa-backup-"));
  const dataDir = path.join(root, "data");
  await mkdir(dataDir);
  const opened = await openStore({ context, migrations, dataDir: path.join(dataDir, "store") });
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= opened.close();
    return closed;
  };
  const store = { ...opened, close };
  await store.transaction((tx) => sql.raw(rowsAfter(migrations.length)).execute(tx));
  await writeJournal(dataDir);
  await writeFile(path.join(dataDir, "lane.key"), laneKey);
  for (const [name, text] of Object.entries(secrets)) await writeFile(path.join(dataDir, name), text);
  return {
    root,
    dataDir,
    store,
    path: (name) => path.join(root, name),
    async remove() {
      await store.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Records only; nothing is executed. Blocks and genesis are those of the rows. */
async function writeJournal(dataDir: string): Promise<void> {
  const hash = (digit: string) => `0x${digit.repeat(64)}`;
  const journal = await createJournal(await openJournalFile(dataDir));
  for await (const _ of journal.read());
  await journal.append([
    { type: "genesis", chainId: 31337, genesisSeconds: 1_772_438_400, engine: "none", hash: hash("f") },
    { type: "clock", offsetSeconds: 0 },
  ]);
  await journal.append([{ type: "transaction", raw: "0xf801", timestamp: 1_772_438_401 }], 512);
  await journal.append([{ type: "block", number: 1, hash: hash("e") }]);
  // Unknown to the store: made after it was read.
  await journal.append([{ type: "transaction", raw: "0xf8ffff", timestamp: 1_772_438_402 }], 512);
  await journal.append([{ type: "block", number: 2, hash: hash("c") }]);
  await journal.close();
}

export async function refusalOf(work: Promise<unknown>): Promise<AppError> {
  const failure: unknown = await work.catch((error: unknown) => error);
  if (failure instanceof AppError) return failure;
  throw new Error(`not refused: ${String(failure)}`);
}

/** What a folder holds: SHA-256 by path, but for the lock. */
export async function contentsOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const file = path.join(folder, name);
    if (name.startsWith("lock") || !(await stat(file)).isFile()) continue;
    found[name] = createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
  }
  return found;
}
