/** A ledger with thousands of blocks of real acts, for indexing, and empty stores that hear of them. */
import { cp, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { atEnd } from "../../scripts/benches.ts";
import { startLedger } from "../../src/chain/ledger/spawn.ts";
import { createClock } from "../../src/shared/clock.ts";
import { type Context, silentLogger } from "../../src/shared/context.ts";
import { createShutdown } from "../../src/shared/shutdown.ts";
import { migrations } from "../../src/store/migrations/all.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { makeDatabase } from "../fixtures/emptyDatabase.ts";
import { escrowStory } from "./preparedActs.ts";
import { copyPrepared, type PreparedFolder, prepareFolder, rawSender, withStore } from "./preparedFolder.ts";
import { openRawLedger } from "./rawLedger.ts";

export interface FilledChain {
  readonly url: string;
  /** Number of its last block. */
  readonly head: number;
}

const rawBatch = 100;
/** Escrows that go on side by side: the acts of a block's neighbours are of different deals. */
const sideBySide = 50;

const chains = new Map<number, Promise<FilledChain>>();

/** The prepared ledger with so many acts more, one in a block, in a process of its own. */
export function openFilledChain(acts: number): Promise<FilledChain> {
  const opened = chains.get(acts) ?? fill(acts);
  chains.set(acts, opened);
  return opened;
}

async function fill(acts: number): Promise<FilledChain> {
  const folder = await prepareFolder();
  const dataDir = await copyPrepared();
  const context: Context = { logger: silentLogger, clock: createClock(), shutdown: createShutdown() };
  atEnd(async () => {
    await context.shutdown.close();
  });
  const senders = [rawSender.address.toLowerCase()];
  const { url } = await startLedger({ context, dataDir, genesisSeconds: 1, senders });
  const raw = openRawLedger(url);
  try {
    for (let sent = 0; sent < acts; sent += 6 * sideBySide) {
      const stories = Array.from({ length: sideBySide }, () => escrowStory(folder));
      const calls = stories[0]?.flatMap((_, step) => stories.flatMap((story) => story[step] ?? [])) ?? [];
      await raw.sendInBatches(await raw.sign(calls.slice(0, acts - sent)), rawBatch);
    }
    return { url, head: Number(await raw.call<string>("eth_blockNumber", [])) };
  } finally {
    await raw.close();
  }
}

let template: Promise<string> | undefined;

/** A new store that has indexed nothing and knows the organisations; closing it removes it. */
export function openFreshStore(engine: Store["engine"]): Promise<Store> {
  return engine === "pglite" ? openFreshFolder() : openFreshDatabase();
}

async function openFreshFolder(): Promise<Store> {
  template ??= makeTemplate(await prepareFolder());
  const dataDir = await mkdtemp(path.join(os.tmpdir(), "hansa-bench-"));
  await cp(await template, dataDir, { recursive: true });
  const store = await openStore({
    context: { logger: silentLogger },
    migrations,
    dataDir: path.join(dataDir, "store"),
  });
  return {
    ...store,
    async close() {
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function openFreshDatabase(): Promise<Store> {
  const database = await makeDatabase();
  if (!database) throw new Error("HANSA_DATABASE_URL names no server");
  // A server for tests forces nothing to its disk.
  const store = await openStore({
    ...{ context: { logger: silentLogger }, migrations, databaseUrl: database.url, durability: "relaxed" },
  });
  await enterOrganisations(await prepareFolder(), store);
  return {
    ...store,
    async close() {
      await store.close();
      await database.drop();
    },
  };
}

async function makeTemplate(folder: PreparedFolder): Promise<string> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), "hansa-bench-"));
  atEnd(() => rm(dataDir, { recursive: true, force: true }));
  await withStore(dataDir, (store) => enterOrganisations(folder, store));
  return dataDir;
}

/** What people entered of organisations, as it stood before anything was indexed. */
async function enterOrganisations(folder: PreparedFolder, store: Store): Promise<void> {
  const { organisations, users } = await withStore(folder.dataDir, async ({ db }) => ({
    organisations: await db.selectFrom("organisations").selectAll().execute(),
    users: await db.selectFrom("users").selectAll().execute(),
  }));
  await store.transaction(async (tx) => {
    for (const { roles, ...row } of organisations) {
      const notYet = { status: "invited", participant_id: null, account: null } as const;
      await tx
        .insertInto("organisations")
        .values({ ...row, ...notYet, roles: JSON.stringify(roles) })
        .execute();
    }
    for (const row of users)
      await tx
        .insertInto("users")
        .values({ ...row, status: "accepted" })
        .execute();
  });
}
