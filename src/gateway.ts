import path from "node:path";
import { apiInfo } from "./apiInfo.ts";
import { openBackupDesk } from "./backupDesk.ts";
import { createEndpointPool } from "./chain/endpoints.ts";
import type { Indexer } from "./chain/indexing/indexer.ts";
import type { LedgerProcess } from "./chain/ledger/spawn.ts";
import { createLedgerReads } from "./chain/ledgerReads.ts";
import { laneName } from "./chain/sending/laneKeys.ts";
import type { Config } from "./config.ts";
import { openContracts } from "./deployment.ts";
import type { Leadership } from "./domain/leadership.ts";
import { createActs } from "./features/acts.ts";
import type { GatewayContext } from "./features/gatewayContext.ts";
import { createOrderDesk } from "./features/orderDesk.ts";
import { createSettlementExecution as consented } from "./features/settlements/execution.ts";
import { openIndexer } from "./indexing.ts";
import { openLaneKey, openMasterKey } from "./keyFiles.ts";
import { openLanes } from "./lanes.ts";
import { type LedgerSource, openLedgerSource } from "./ledgerSource.ts";
import { refuseLostParts } from "./lostParts.ts";
import { createMetrics, type Metrics } from "./operations/metrics.ts";
import { startTracing } from "./operations/openTelemetry.ts";
import { timeTransactions } from "./operations/timeTransactions.ts";
import { foundOperator, type OperatorKeys } from "./operator.ts";
import { openServer } from "./serving.ts";
import { createClock } from "./shared/clock.ts";
import type { Context, Logger } from "./shared/context.ts";
import { AppError } from "./shared/errors.ts";
import { armFailpoint } from "./shared/failpoint.ts";
import { orCause } from "./shared/orCause.ts";
import { createShutdown, inTime } from "./shared/shutdown.ts";
import { createSignal, type Signal } from "./shared/signal.ts";
import { currentTraceParent } from "./shared/tracing.ts";
import { refuseUnfinishedReindex } from "./store/chainState.ts";
import { createLeadership } from "./store/leadership.ts";
import { createMaintenance } from "./store/maintenance.ts";
import { migrations } from "./store/migrations/all.ts";
import { createSenderStore } from "./store/senderStore.ts";
import { openStore, type Store } from "./store/store.ts";
import { createWakeUps } from "./wakeUps.ts";

/** The whole system, running. */
export interface Gateway {
  readonly url: string;
  /** The ledger's first endpoint; the embedded one's is on loopback. */
  readonly ledgerUrl: string;
  readonly operator: OperatorKeys;
  /** Resolves with a sentence when a part ended that the gateway cannot do without. */
  readonly broken: Promise<string>;
  close(): Promise<void>;
}

export interface GatewayOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Time of the embedded ledger's first block, when the folder is new; seconds. */
  readonly genesisSeconds: number;
  readonly onProgress: (message: string) => void;
  /** Ends the start when it aborts. */
  readonly stop?: AbortSignal;
  /**
   * Hears the names of parts that did not close in time and may still be writing: the folder stays locked until the
   * process has ended.
   */
  readonly onUnclosed?: (names: readonly string[]) => void;
  /** How long one part may take to close. */
  readonly closeMs?: number;
  /** For tests: undeclared answers fail. */
  readonly strict?: boolean;
  /** For benchmarks: addresses that may send transactions to the embedded ledger beside the lanes. */
  readonly alsoSenders?: readonly string[];
}

/** Puts all parts together, in the order in which they depend on each other. The folder must be locked. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, logger, onProgress, stop, closeMs } = options;
  const shutdown = createShutdown(closeMs === undefined ? {} : { closeMs });
  const close = async () => {
    const unclosed = await shutdown.close();
    if (unclosed.length > 0) options.onUnclosed?.(unclosed);
  };
  const opening = open({ ...options, shutdown, close });
  try {
    return await Promise.race([opening, interrupted(stop)]);
  } catch (error) {
    await close();
    // What was being opened meanwhile closes as soon as it is open; what waits for something closed may wait for ever.
    await inTime(
      Promise.allSettled([opening]).then(() => undefined),
      openingMs,
    );
    await close();
    throw error;
  } finally {
    onProgress("");
    logger.debug({ mode: config.mode }, "start finished");
  }
}

/** How long a start that was told to stop may go on with what it was doing. */
const openingMs = 5_000;

function interrupted(stop: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (stop?.aborted) reject(stop.reason);
    stop?.addEventListener("abort", () => reject(stop.reason), { once: true });
  });
}

/** Lanes that the embedded ledger lets in: more may be configured at a later start. */
const admittedLanes = 16;

type Opening = GatewayOptions & Pick<Context, "shutdown"> & Pick<Gateway, "close">;

async function open(options: Opening): Promise<Gateway> {
  const { config, logger, shutdown, onProgress } = options;
  const { dataDir, databaseUrl, otlpUrl } = config;
  let source: LedgerSource | undefined;
  const clock = createClock(() => source?.offsetSeconds() ?? 0);
  const context: Context = { logger, clock, shutdown };
  const { version } = apiInfo;
  if (otlpUrl) {
    const tracing = startTracing({ url: otlpUrl, version, logger });
    shutdown.add("traces", () => tracing.close());
  }
  const metrics = createMetrics({ version });
  const accept = refuseLostParts(config);

  onProgress("Opening the store");
  const where = databaseUrl ? { databaseUrl } : { dataDir: path.join(dataDir, "store") };
  const opened = await openStore({ context, migrations, durability: config.durability, accept, ...where });
  shutdown.add("store", () => opened.close());
  const store = timeTransactions(opened, metrics.onTransaction);
  shutdown.signal.throwIfAborted();
  await refuseUnfinishedReindex(store.db);
  // Made only at a first start: where they would fit nothing the store was not accepted.
  const masterKey = openMasterKey({ dataDir, masterKeyFile: config.masterKeyFile, create: true });
  const { founding, keys } = await foundOperator({ context, store, dataDir, masterKey });

  onProgress("Starting the ledger");
  const laneKey = openLaneKey({ dataDir, masterKey, create: true });
  const lanes = Array.from({ length: admittedLanes }, (_, number) => laneName(laneKey, number).address);
  source = await openLedgerSource(config, {
    context,
    dataDir,
    genesisSeconds: options.genesisSeconds,
    senders: [...lanes, ...(options.alsoSenders ?? [])],
  });
  shutdown.signal.throwIfAborted();
  const { process: ledger, urls } = source;
  armFailpoint(config.failpoint, config.failpointKills === "ledger" ? ledger?.pid : process.pid);
  const parts = { ...options, context, masterKey, laneKey, store, founding, ledger, urls, metrics };
  const url = await orCause(assemble(parts), failureOf(ledger));
  return {
    url,
    ledgerUrl: urls[0] ?? "",
    operator: keys,
    broken: brokenOf(ledger),
    close: options.close,
  };
}

/** A ledger that ends unasked fails whatever waits for it. */
async function failureOf(ledger: LedgerProcess | undefined): Promise<never> {
  const exit = await ledger?.exited;
  if (!exit || exit.wasAsked) return new Promise<never>(() => {});
  throw new AppError("ledger.start_failed", { exitCode: exit.code, signal: exit.signal });
}

async function brokenOf(ledger: LedgerProcess | undefined): Promise<string> {
  const exit = await ledger?.exited;
  return !exit || exit.wasAsked ? new Promise<string>(() => {}) : "the ledger's process ended";
}

interface Parts extends GatewayOptions {
  readonly context: Context;
  readonly masterKey: Uint8Array;
  readonly laneKey: string;
  readonly store: Store;
  readonly founding: Parameters<typeof openContracts>[0]["founding"];
  readonly ledger: LedgerProcess | undefined;
  readonly urls: readonly string[];
  readonly metrics: Metrics;
}

/** Everything that speaks with the ledger, and the server over it. Resolves with the server's address. */
async function assemble(parts: Parts): Promise<string> {
  const { config, onProgress, context, masterKey, store, urls, metrics, ledger } = parts;
  const { shutdown } = context;
  const client = { onCall: metrics.onCall, traceparent: currentTraceParent };
  const leadership = createLeadership(store);
  const chain = await firstLook(parts, leadership);
  const { chainId, genesisHash, addresses } = chain;
  const pool = createEndpointPool({ context, urls, expect: { chainId, genesisHash }, client });
  shutdown.add("ledger endpoints", () => pool.close());

  const wakeUps = createWakeUps(store);
  shutdown.add("wake-ups", () => wakeUps.close());
  const indexed = createSignal();
  const toldOfBlocks: (() => void)[] = [];
  const indexer = await openIndexer({
    ...{ config, context, store, metrics },
    pool,
    addresses,
    leadership,
    onAdvanced: () => indexed.fire(),
    onCommitted: () => {
      wakeUps.blocks();
      for (const tell of toldOfBlocks) tell();
    },
  });
  const lanes = await openLanes({
    context,
    config,
    pool,
    urls,
    chainId,
    baseKey: parts.laneKey,
    store: createSenderStore(store),
    leadership,
    onBroadcast: () => indexer.wake(),
  });
  toldOfBlocks.push(...lanes.map((lane) => () => lane.headChanged()));
  const reads = createLedgerReads({ rpc: pool });
  const desk = createOrderDesk({ store, reads, addresses, chainId, masterKey });
  const wakeLanes = () => {
    for (const lane of lanes) lane.wake();
  };
  wakeUps.onIntents(wakeLanes);
  wakeUps.onBlocks(() => indexer.wake());
  const wakeSender = () => {
    wakeLanes();
    if (lanes.some((lane) => !lane.state().isLeader)) wakeUps.intents();
  };
  const acts = createActs({ context, store, desk, chainId, indexed, wakeSender, allowed: consented(addresses) });
  const mode = config.mode;
  const gateway: GatewayContext = { context, store, reads, addresses, chainId, masterKey, indexed, acts, mode };

  const maintenance = createMaintenance({ context, store });
  const backups = await openBackupDesk({ context, store, dataDir: config.dataDir });
  const strict = parts.strict ?? false;
  const server = openServer({ config, gateway, pool, lanes, indexer, maintenance, backups, metrics, ledger, strict });
  shutdown.signal.throwIfAborted();
  for (const [name, worker] of [["indexer", indexer] as const, ...lanes.map((lane) => ["lane", lane] as const)]) {
    worker.start();
    shutdown.add(name, () => worker.stop());
  }
  onProgress("Reading the ledger");
  const { number: head } = await pool.head();
  await caughtUp(indexer, { head, indexed, signal: shutdown.signal });
  maintenance.start();
  shutdown.add("maintenance", () => maintenance.stop());
  const { url } = await server.listen(config.port, config.host);
  shutdown.add("http", () => server.close());
  return url;
}

/** Which chain it is and where the contracts stand, before anything else is asked of it. */
async function firstLook(parts: Parts, leadership: Leadership) {
  const { context, config, store, laneKey, founding, urls, onProgress } = parts;
  const pool = createEndpointPool({ context, urls });
  try {
    const { signal } = context.shutdown;
    return await openContracts({
      ...{ rpc: pool, store, leadership, laneKey, fees: config.fees, founding, signal, onProgress },
      isWhole: config.ledger.kind === "embedded",
    });
  } finally {
    await pool.close();
  }
}

interface CatchingUp {
  readonly head: number;
  readonly indexed: Signal;
  readonly signal: AbortSignal;
}

/**
 * Waits until the store has what the ledger has now.
 * @throws why the indexer stopped, or the signal's reason when everything is being closed meanwhile
 */
async function caughtUp(indexer: Indexer, { head, indexed, signal }: CatchingUp): Promise<void> {
  for (;;) {
    // A wait ends at once when all is closed; without this the loop would leave no time for the closing.
    signal.throwIfAborted();
    const failure = indexer.failure();
    if (failure) throw failure.cause instanceof AppError ? failure.cause : failure;
    if ((indexer.state().indexed ?? -1) >= head) return;
    await indexed.next(1_000, signal);
  }
}
