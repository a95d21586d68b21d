import type { DiskSpace } from "./disk.ts";
import type { QueueState, StoreState } from "./ports.ts";
import type { Scraped } from "./scraped.ts";

export interface StoreMetricPorts {
  readonly store: () => StoreState;
  readonly queue: () => Promise<QueueState>;
  readonly disk: () => Promise<DiskSpace>;
  readonly wallMs: () => number;
}

/** Counting asks the store, so two scrapers, or two metrics of one scrape, share an answer this old. */
const queueAgeMs = 2_000;

/** The store, the queue in it, and the disk under it. */
export function defineStoreMetrics(scraped: Scraped, { store, queue, disk, wallMs }: StoreMetricPorts): void {
  const shared = createShared(queue, queueAgeMs);
  scraped.gauge({
    name: "hansa_transactions",
    help: "Transactions that are not in a block, by state.",
    labelNames: ["state"],
    read: async () => Object.entries((await shared()).count).map(([state, value]) => ({ labels: { state }, value })),
  });
  scraped.gauge({
    name: "hansa_oldest_open_seconds",
    help: "Age of the oldest transaction that is not in a block; 0 where there is none.",
    read: async () => {
      const { oldestCreatedAtMs } = await shared();
      return [{ value: oldestCreatedAtMs === null ? 0 : Math.max(0, wallMs() - oldestCreatedAtMs) / 1000 }];
    },
  });
  scraped.gauge({
    name: "hansa_db_waiting",
    help: "Transactions and reads that wait for a connection to the store.",
    read: () => [{ value: store().waiting }],
  });
  scraped.counter({
    name: "hansa_db_syncs_total",
    help: "Forced writes (fsync) of the embedded store.",
    read: () => [{ value: store().syncsTotal }],
  });
  scraped.gauge({
    name: "hansa_backup_age_seconds",
    help: "Time since the last online backup was complete; absent where none was made.",
    read: () => [{ value: store().backupAgeSeconds }],
  });
  scraped.counter({
    name: "hansa_backup_failures_total",
    help: "Online backups that failed.",
    read: () => [{ value: store().backupFailuresTotal }],
  });
  scraped.counter({
    name: "hansa_db_maintenance_failures_total",
    help: "Runs of the store's own maintenance (vacuum, pruning) that failed.",
    read: () => [{ value: store().maintenanceFailuresTotal }],
  });
  scraped.gauge({
    name: "hansa_disk_free_bytes",
    help: "Space that is left on the file system of the data folder.",
    read: async () => [{ value: (await disk()).freeBytes }],
  });
  scraped.gauge({
    name: "hansa_disk_size_bytes",
    help: "Size of the file system of the data folder.",
    read: async () => [{ value: (await disk()).totalBytes }],
  });
}

/** At most one reading at a time, and none while the last is young. A reading that hangs is waited for, not repeated. */
function createShared<T>(read: () => Promise<T>, ageMs: number): () => Promise<T> {
  let pending: Promise<T> | undefined;
  return () => {
    if (pending === undefined) {
      const started = read();
      pending = started;
      const forget = () => {
        if (pending === started) pending = undefined;
      };
      started.then(() => setTimeout(forget, ageMs).unref(), forget);
    }
    return pending;
  };
}
