import path from "node:path";
import { createAddressBook } from "./chain/decode.ts";
import { addressesOfKey } from "./chain/deploy.ts";
import { createEndpointPool } from "./chain/endpoints.ts";
import { checkSequence, reindex } from "./chain/indexing/reindex.ts";
import type { Config } from "./config.ts";
import { partsInFolder, refuseEmptyStore, refuseMissingData } from "./dataFolder.ts";
import { refuseShortJournal } from "./journalEnd.ts";
import { openLaneKey, openMasterKey } from "./keyFiles.ts";
import { openLedgerSource } from "./ledgerSource.ts";
import { createClock } from "./shared/clock.ts";
import type { Context, Logger } from "./shared/context.ts";
import { armFailpoint } from "./shared/failpoint.ts";
import { createShutdown } from "./shared/shutdown.ts";
import { createBlockStore } from "./store/blocks.ts";
import { createLeadership } from "./store/leadership.ts";
import { lockFolder } from "./store/lock.ts";
import { migrations } from "./store/migrations/all.ts";
import { createRebuildStore, createSequenceCheck } from "./store/reindex.ts";
import { openStore } from "./store/store.ts";

export interface ReindexReport {
  readonly blocks: number;
  /** Where the sequences do not have what the blocks say, in words. */
  readonly differences: readonly string[];
}

interface ReindexingOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Only compares the sequences with the ledger; the views stay as they are. */
  readonly checkOnly: boolean;
  readonly onProgress: (done: number, of: number) => void;
}

/**
 * Makes the views anew from the ledger, or only compares the sequences with it, while no gateway runs on this folder.
 * @throws AppError `start.data_missing` and those of the keys (`keyFiles.ts`) before anything is written, `start.journal_short`,
 * `store.folder_locked`, `start.index_in_use`, `chain.index_stopped`, `chain.unavailable`
 */
export async function runReindex(options: ReindexingOptions): Promise<ReindexReport> {
  const { config, logger } = options;
  // Of a folder that is not the right one nothing may be made, not even the lock.
  await refuseMissingData(
    config.dataDir,
    partsInFolder({ databaseUrl: config.databaseUrl, isLedgerOutside: config.ledger.kind === "external" }),
  );
  const laneKey = openLaneKey({ dataDir: config.dataDir, masterKey: openMasterKey(config) });
  const lock = await lockFolder(config.dataDir);
  const context: Context = { logger, clock: createClock(), shutdown: createShutdown() };
  try {
    return await run(options, { context, laneKey });
  } finally {
    await context.shutdown.close();
    lock.release();
  }
}

async function run(
  { config, checkOnly, onProgress }: ReindexingOptions,
  { context, laneKey }: { readonly context: Context; readonly laneKey: string },
): Promise<ReindexReport> {
  const { dataDir, databaseUrl } = config;
  const where = databaseUrl ? { databaseUrl } : { dataDir: path.join(dataDir, "store") };
  const store = await openStore({
    context,
    migrations,
    durability: config.durability,
    accept: refuseEmptyStore,
    ...where,
  });
  context.shutdown.add("store", () => store.close());
  // The journal says when the ledger began; the time given here would only make a new one.
  const genesisSeconds = Math.floor(context.clock.wallMs() / 1000);
  const { urls, process: ledger } = await openLedgerSource(config, { context, dataDir, genesisSeconds, senders: [] });
  armFailpoint(config.failpoint, config.failpointKills === "ledger" ? ledger?.pid : process.pid);
  const pool = createEndpointPool({ context, urls });
  context.shutdown.add("ledger endpoints", () => pool.close());
  if (config.ledger.kind === "embedded") await refuseShortJournal(store, pool);
  const blockStore = createBlockStore(store);
  const shared = {
    source: pool,
    book: createAddressBook(addressesOfKey(laneKey), { accounts: [], tokens: [] }),
    store: blockStore,
    finality: config.ledger.kind === "external" ? config.ledger.finality : ({ kind: "instant" } as const),
    verify: { mode: config.verify, headerKind: config.headerKind },
  };
  if (checkOnly) {
    const differences = await checkSequence({ ...shared, check: await createSequenceCheck(store.db) });
    return { blocks: ((await blockStore.checkpoint())?.number ?? -1) + 1, differences };
  }
  const leadership = createLeadership(store);
  return reindex({ ...shared, context, rebuild: createRebuildStore(store), leadership, onProgress });
}
