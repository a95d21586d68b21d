import path from "node:path";
import { Registry } from "prom-client";
import { contractSetHash, deploySystem } from "./chain/deploy.ts";
import { createAddressBook } from "./chain/decode.ts";
import { createIndexer } from "./chain/indexer.ts";
import { type LedgerProcess, startLedger } from "./chain/ledger/spawn.ts";
import { createLedgerReads } from "./chain/ledgerReads.ts";
import { createRpc, type Rpc } from "./chain/rpc.ts";
import { createSender } from "./chain/sender.ts";
import type { Config } from "./config.ts";
import { createEndpoints } from "./endpoints.ts";
import { createActs } from "./features/acts.ts";
import { createAuthenticator } from "./features/credentials.ts";
import type { GatewayContext } from "./features/gatewayContext.ts";
import type { Health } from "./http/operations.ts";
import { createServer } from "./http/server.ts";
import { openLaneKey, openMasterKey } from "./keyFiles.ts";
import { foundOperator, type OperatorKeys } from "./operator.ts";
import { createClock } from "./shared/clock.ts";
import type { Context, Logger } from "./shared/context.ts";
import type { Failpoint } from "./shared/failpoint.ts";
import { createShutdown } from "./shared/shutdown.ts";
import { createSignal } from "./shared/signal.ts";
import { createBlockStore } from "./store/blocks.ts";
import { createIdempotencyStore } from "./store/idempotency.ts";
import { bindLedger } from "./store/ledgerIdentity.ts";
import { migrations } from "./store/migrations/all.ts";
import { listKnownContracts } from "./store/parties.ts";
import { createSenderStore } from "./store/senderStore.ts";
import { openStore } from "./store/store.ts";

/** The whole system, running. */
export interface Gateway {
  readonly url: string;
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
  ledger = await startLedger({
    context,
    dataDir,
    genesisSeconds: options.genesisSeconds,
    ...(config.ledgerFailpoint && { failpoint: config.ledgerFailpoint as Failpoint }),
  });
  const rpc = createRpc({ url: ledger.url });
  const chainId = Number(await rpc.call<string>("eth_chainId"));
  const laneKey = openLaneKey({ dataDir, masterKey });
  const addresses = await deploySystem({
    rpc,
    chainId,
    deployerKey: laneKey,
    operator: founding,
    onProgress: (name) => onProgress(`Deploying ${name}`),
  });
  const { hash: genesisHash } = await rpc.call<{ hash: string }>("eth_getBlockByNumber", ["0x0", false]);
  await bindLedger(store, { chainId, genesisHash, contractSet: contractSetHash(), addresses });

  const indexed = createSignal();
  const book = createAddressBook(addresses, await listKnownContracts(store.db));
  const indexer = createIndexer({ context, rpc, book, store: createBlockStore(store), onCommitted: () => indexed.fire() });
  const sender = createSender({ context, rpc, chainId, laneKey, store: createSenderStore(store), onBroadcast: () => indexer.wake() });
  const reads = createLedgerReads({ rpc });
  const acts = createActs({ context, store, reads, addresses, chainId, masterKey, indexed, wakeSender: () => sender.wake() });
  const gateway: GatewayContext = { context, store, reads, addresses, chainId, masterKey, indexed, acts, mode: config.mode };

  const server = createServer({
    context,
    endpoints: createEndpoints(gateway, config.mode === "sandbox" ? ledger : undefined),
    authenticate: createAuthenticator(store),
    settled: acts.settled,
    idempotency: createIdempotencyStore(store, () => clock.wallMs()),
    health: createHealth({ rpc, lastIndexed: () => createBlockStore(store).checkpoint(), workers: { indexer, sender } }),
    metrics: new Registry(),
    info: { title: "Hansa", version: "0.1.0" },
    portalDir: path.join(import.meta.dirname, "..", "dist", "portal"),
    strict: options.strict ?? false,
  });
  for (const [name, worker] of Object.entries({ indexer, sender })) {
    worker.start();
    shutdown.add(name, () => worker.stop());
  }
  onProgress("Reading the ledger");
  await caughtUp(rpc, () => createBlockStore(store).checkpoint(), () => indexed.next(1_000));
  const { url } = await server.listen(config.port, config.host);
  shutdown.add("http", () => server.close());

  return {
    url,
    operator: keys,
    broken: ledger.exited.then(({ wasAsked }) => (wasAsked ? new Promise<string>(() => {}) : "the ledger's process ended")),
    close: async () => {
      await shutdown.close();
    },
  };
}

async function caughtUp(
  rpc: Rpc,
  checkpoint: () => Promise<{ number: number } | undefined>,
  wait: () => Promise<void>,
): Promise<void> {
  const head = Number(await rpc.call<string>("eth_blockNumber"));
  for (;;) {
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
