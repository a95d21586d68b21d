import path from "node:path";
import { Registry } from "prom-client";
import { apiInfo } from "./apiInfo.ts";
import { createAddressBook } from "./chain/decode.ts";
import { addressesOfKey, contractSetHash, deploySystem, type FoundingOperator } from "./chain/deploy.ts";
import { createIndexer } from "./chain/indexer.ts";
import { type LedgerProcess, startLedger } from "./chain/ledger/spawn.ts";
import { createLedgerReads } from "./chain/ledgerReads.ts";
import { createRpc, type Rpc } from "./chain/rpc.ts";
import { createSender, laneOf } from "./chain/sender.ts";
import type { Worker } from "./chain/worker.ts";
import type { Config } from "./config.ts";
import { createEndpoints } from "./endpoints.ts";
import { createActs } from "./features/acts.ts";
import { createAuthenticator } from "./features/credentials.ts";
import type { GatewayContext } from "./features/gatewayContext.ts";
import { createOrderDesk } from "./features/orderDesk.ts";
import type { Health } from "./http/operations.ts";
import { createServer, type HttpServer } from "./http/server.ts";
import { openLaneKey, openMasterKey } from "./keyFiles.ts";
import { foundOperator, type OperatorKeys } from "./operator.ts";
import { createClock } from "./shared/clock.ts";
import type { Context, Logger } from "./shared/context.ts";
import { AppError } from "./shared/errors.ts";
import { armFailpoint, type Failpoint } from "./shared/failpoint.ts";
import { orCause } from "./shared/orCause.ts";
import { createShutdown } from "./shared/shutdown.ts";
import { createSignal } from "./shared/signal.ts";
import { createBlockStore } from "./store/blocks.ts";
import { createIdempotencyStore } from "./store/idempotency.ts";
import { bindLedger } from "./store/ledgerIdentity.ts";
import { migrations } from "./store/migrations/all.ts";
import { listKnownContracts } from "./store/parties.ts";
import { createSenderStore } from "./store/senderStore.ts";
import { openStore, type Store } from "./store/store.ts";

/** The whole system, running. */
export interface Gateway {
  readonly url: string;
  /** The embedded ledger's own endpoint, on loopback. */
  readonly ledgerUrl: string;
  readonly operator: OperatorKeys;
  /** Resolves with a sentence when a part ended that the gateway cannot do without. */
  readonly broken: Promise<string>;
  close(): Promise<void>;
}

export interface GatewayOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Time of the ledger's first block, when the folder is new; seconds. */
  readonly genesisSeconds: number;
  readonly onProgress: (message: string) => void;
  /** For tests: undeclared answers fail. */
  readonly strict?: boolean;
  /** For benchmarks: addresses that may send transactions to the embedded ledger beside the lane. */
  readonly alsoSenders?: readonly string[];
}

/** Puts all parts together, in the order in which they depend on each other. The folder must be locked. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, logger, onProgress } = options;
  const shutdown = createShutdown();
  try {
    return await open({ ...options, shutdown });
  } catch (error) {
    await shutdown.close();
    throw error;
  } finally {
    onProgress("");
    logger.debug({ mode: config.mode }, "start finished");
  }
}

async function open(options: GatewayOptions & { shutdown: Context["shutdown"] }): Promise<Gateway> {
  const { config, logger, shutdown, onProgress } = options;
  const { dataDir } = config;
  let ledger: LedgerProcess | undefined;
  const clock = createClock(() => ledger?.offsetSeconds() ?? 0);
  const context: Context = { logger, clock, shutdown };
  const masterKey = openMasterKey({ dataDir, masterKeyFile: config.masterKeyFile });

  onProgress("Opening the store");
  const where = config.databaseUrl ? { databaseUrl: config.databaseUrl } : { dataDir: path.join(dataDir, "store") };
  const store = await openStore({ context, migrations, ...where });
  shutdown.add("store", () => store.close());
  const { founding, keys } = await foundOperator({ context, store, dataDir, masterKey });

  onProgress("Starting the ledger");
  const laneKey = openLaneKey({ dataDir, masterKey });
  ledger = await startLedger({
    context,
    dataDir,
    genesisSeconds: options.genesisSeconds,
    senders: [laneOf(laneKey), ...(options.alsoSenders ?? [])],
    ...(config.ledgerFailpoint && { failpoint: config.ledgerFailpoint as Failpoint }),
    failpointKills: config.failpointKills,
  });
  armFailpoint(config.failpoint, config.failpointKills === "ledger" ? ledger.pid : process.pid);
  const parts = { ...options, context, masterKey, laneKey, store, founding, keys, ledger };
  return await orCause(assemble(parts), failureOf(ledger));
}

/** A ledger that ends unasked fails whatever waits for it. */
async function failureOf({ exited }: LedgerProcess): Promise<never> {
  const { wasAsked, code, signal } = await exited;
  if (wasAsked) return new Promise<never>(() => {});
  throw new AppError("ledger.start_failed", { exitCode: code, signal });
}

interface Parts extends GatewayOptions {
  readonly context: Context;
  readonly masterKey: Uint8Array;
  readonly laneKey: string;
  readonly store: Store;
  readonly founding: FoundingOperator;
  readonly keys: OperatorKeys;
  readonly ledger: LedgerProcess;
}

/** The contracts on the ledger, deployed where they are not yet. */
async function openContracts(rpc: Rpc, parts: Parts) {
  const { onProgress, laneKey, store } = parts;
  const chainId = Number(await rpc.call<string>("eth_chainId"));
  const addresses = addressesOfKey(laneKey);
  const { hash: genesisHash } = await rpc.call<{ hash: string }>("eth_getBlockByNumber", ["0x0", false]);
  // Before anything is deployed, so that a ledger of other contracts is refused as it was found.
  await bindLedger(store, { chainId, genesisHash, contractSet: contractSetHash(), addresses });
  await deploySystem({
    rpc,
    chainId,
    deployerKey: laneKey,
    operator: parts.founding,
    onProgress: (name) => onProgress(`Deploying ${name}`),
  });
  return { chainId, addresses };
}

/** Everything that speaks with the ledger. */
async function assemble(parts: Parts): Promise<Gateway> {
  const { config, onProgress, context, masterKey, laneKey, store, ledger } = parts;
  const { shutdown } = context;
  const rpc = createRpc({ url: ledger.url });
  const { chainId, addresses } = await openContracts(rpc, parts);

  const indexed = createSignal();
  const book = createAddressBook(addresses, await listKnownContracts(store.db));
  const indexer = createIndexer({
    context,
    rpc,
    book,
    store: createBlockStore(store),
    onCommitted: () => indexed.fire(),
  });
  const sender = createSender({
    context,
    rpc,
    chainId,
    laneKey,
    store: createSenderStore(store),
    onBroadcast: () => indexer.wake(),
  });
  const reads = createLedgerReads({ rpc });
  const desk = createOrderDesk({ store, reads, addresses, chainId, masterKey });
  const acts = createActs({ context, store, desk, chainId, indexed, wakeSender: () => sender.wake() });
  const gateway: GatewayContext = {
    context,
    store,
    reads,
    addresses,
    chainId,
    masterKey,
    indexed,
    acts,
    mode: config.mode,
  };

  const workers = { indexer, sender };
  const server = openServer({ gateway, parts, rpc, workers });
  for (const [name, worker] of Object.entries(workers)) {
    worker.start();
    shutdown.add(name, () => worker.stop());
  }
  onProgress("Reading the ledger");
  await caughtUp({
    rpc,
    indexer,
    checkpoint: () => createBlockStore(store).checkpoint(),
    wait: () => indexed.next(1_000),
  });
  const { url } = await server.listen(config.port, config.host);
  shutdown.add("http", () => server.close());

  return {
    url,
    ledgerUrl: ledger.url,
    operator: parts.keys,
    broken: ledger.exited.then(({ wasAsked }) =>
      wasAsked ? new Promise<string>(() => {}) : "the ledger's process ended",
    ),
    close: async () => {
      await shutdown.close();
    },
  };
}

function openServer({
  gateway,
  parts,
  rpc,
  workers,
}: {
  gateway: GatewayContext;
  parts: Parts;
  rpc: Rpc;
  workers: Readonly<Record<string, Worker>>;
}): HttpServer {
  const { config, context, store, ledger } = parts;
  return createServer({
    context,
    endpoints: createEndpoints(gateway, config.mode === "sandbox" ? ledger : undefined),
    authenticate: createAuthenticator(store),
    settled: gateway.acts.settled,
    idempotency: createIdempotencyStore(store, () => context.clock.wallMs()),
    health: createHealth({ rpc, lastIndexed: () => createBlockStore(store).checkpoint(), workers }),
    metrics: new Registry(),
    info: apiInfo,
    portalDir: path.join(import.meta.dirname, "..", "dist", "portal"),
    strict: parts.strict ?? false,
  });
}

/** Waits until the store has what the ledger has now. @throws why the indexer stopped, if it did */
async function caughtUp({
  rpc,
  indexer,
  checkpoint,
  wait,
}: {
  rpc: Rpc;
  indexer: Worker;
  checkpoint: () => Promise<{ number: number } | undefined>;
  wait: () => Promise<void>;
}): Promise<void> {
  const head = Number(await rpc.call<string>("eth_blockNumber"));
  for (;;) {
    const failure = indexer.failure();
    if (failure) throw failure;
    const last = await checkpoint();
    if (last && last.number >= head) return;
    await wait();
  }
}

/** More blocks behind than this, and the gateway's views are no longer what a caller expects. */
const lagBlocksMax = 50;

function createHealth(parts: {
  rpc: Rpc;
  lastIndexed: () => Promise<{ number: number } | undefined>;
  workers: Readonly<Record<string, { failure(): Error | undefined }>>;
}): Health {
  return {
    live: () => true,
    async ready() {
      const head = await parts.rpc.call<string>("eth_blockNumber").then(Number, () => undefined);
      const last = await parts.lastIndexed().catch(() => undefined);
      const lag = head === undefined || last === undefined ? undefined : head - last.number;
      const failed = Object.entries(parts.workers).filter(([, worker]) => worker.failure() !== undefined);
      const checks = {
        ledger: { ok: head !== undefined },
        index: { ok: lag !== undefined && lag <= lagBlocksMax, detail: `${lag ?? "unknown"} blocks behind` },
        workers: { ok: failed.length === 0, detail: failed.map(([name]) => name).join(" ") },
      };
      return { ready: Object.values(checks).every(({ ok }) => ok), checks };
    },
  };
}
