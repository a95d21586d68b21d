import path from "node:path";
import { apiInfo } from "./apiInfo.ts";
import type { BackupState } from "./backupDesk.ts";
import type { EndpointPool } from "./chain/endpoints.ts";
import type { Indexer } from "./chain/indexing/indexer.ts";
import type { LedgerProcess } from "./chain/ledger/spawn.ts";
import type { Lane } from "./chain/sending/lane.ts";
import type { Config } from "./config.ts";
import { createEndpoints } from "./endpoints.ts";
import type { BackupDesk } from "./features/backups/endpoints.ts";
import { createAuthenticator } from "./features/credentials.ts";
import type { GatewayContext } from "./features/gatewayContext.ts";
import { createServer, type HttpServer } from "./http/server.ts";
import { readDiskSpace } from "./operations/disk.ts";
import { createHealth } from "./operations/health.ts";
import type { Metrics } from "./operations/metrics.ts";
import { createIdempotencyStore } from "./store/idempotency.ts";
import type { Maintenance } from "./store/maintenance.ts";
import { countByStatus } from "./store/queue.ts";

interface ServingParts {
  readonly config: Config;
  readonly gateway: GatewayContext;
  readonly pool: EndpointPool;
  readonly lanes: readonly Lane[];
  readonly indexer: Indexer;
  readonly maintenance: Maintenance;
  readonly backups: BackupDesk & { state(): BackupState };
  readonly metrics: Metrics;
  /** The embedded ledger, whose clock a sandbox may move. */
  readonly ledger: LedgerProcess | undefined;
  readonly strict: boolean;
}

/** The HTTP server over everything that runs, with its health and its metrics. */
export function openServer(parts: ServingParts): HttpServer {
  const { config, gateway, pool, lanes, indexer, backups, metrics, ledger } = parts;
  const { context, store } = gateway;
  const { clock, shutdown } = context;
  const workers = { indexer, ...Object.fromEntries(lanes.map((lane, number) => [`lane${number}`, lane])) };
  const watched = {
    workers,
    indexer: () => indexer.state(),
    lanes: () => lanes.map((lane) => lane.state()),
    disk: () => readDiskSpace(config.dataDir),
  };
  metrics.watch({
    ...watched,
    endpoints: () => pool.state().endpoints,
    store: () => ({
      waiting: store.waiting(),
      syncsTotal: store.syncCount(),
      maintenanceFailuresTotal: parts.maintenance.state().failuresTotal,
      backupAgeSeconds: backups.state().ageSeconds,
      backupFailuresTotal: backups.state().failuresTotal,
    }),
    queue: () => countByStatus(store.db),
    wallMs: () => clock.wallMs(),
  });
  return createServer({
    context,
    endpoints: createEndpoints(gateway, { testClock: config.mode === "sandbox" ? ledger : undefined, backups }),
    authenticate: createAuthenticator(store),
    settled: gateway.acts.settled,
    idempotency: createIdempotencyStore(store, () => clock.wallMs(), metrics.onCommitted),
    health: createHealth({
      ...watched,
      stopping: shutdown.signal,
      readHead: async () => (await pool.head()).number,
      askStore: () => countByStatus(store.db),
    }),
    metrics: metrics.registry,
    info: apiInfo,
    portalDir: path.join(import.meta.dirname, "..", "dist", "portal"),
    strict: parts.strict,
  });
}
