import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { limits } from "../shared/limits.ts";
import { defineIndexerMetrics } from "./chainMetrics.ts";
import { defineEndpointMetrics, defineLaneMetrics } from "./laneMetrics.ts";
import type { EndpointState, IndexerState, LaneState, RpcObservation, WorkerState } from "./ports.ts";
import { createScraped, type Scraped } from "./scraped.ts";
import { defineStoreMetrics, type StoreMetricPorts } from "./storeMetrics.ts";

/** What is read whenever somebody asks for the metrics. */
export interface MetricPorts extends StoreMetricPorts {
  readonly indexer: () => IndexerState;
  readonly lanes: () => readonly LaneState[];
  readonly endpoints: () => readonly EndpointState[];
  readonly workers: Readonly<Record<string, WorkerState>>;
}

export interface Metrics {
  /** Served at `/metrics`. */
  readonly registry: Registry;
  /** For the JSON-RPC client, after each call. */
  onCall(call: RpcObservation): void;
  /** For the store, after each transaction. */
  onTransaction(transaction: { readonly seconds: number; readonly outcome: "committed" | "rolled_back" }): void;
  /** For the queue of writes that share commits, after each commit: how many there were. */
  onCommitted(writes: number): void;
  /** For whoever learns how long a transaction took. */
  onStage(stage: TransactionStage, seconds: number): void;
  /** Begins to read the parts. Metrics of parts that are not there yet are absent until then. */
  watch(ports: MetricPorts): void;
}

export const transactionStages = ["accepted_to_broadcast", "broadcast_to_mined", "mined_to_indexed"] as const;
export type TransactionStage = (typeof transactionStages)[number];

/** What this gateway asks a ledger. Any other method counts as `other`, so that nobody makes series at will. */
const methods = new Set(
  `eth_blockNumber eth_call eth_chainId eth_estimateGas eth_feeHistory eth_gasPrice eth_getBalance
   eth_getBlockByHash eth_getBlockByNumber eth_getBlockReceipts eth_getCode eth_getLogs eth_getStorageAt
   eth_getTransactionByHash eth_getTransactionCount eth_getTransactionReceipt eth_maxPriorityFeePerGas
   eth_sendRawTransaction eth_syncing net_version web3_clientVersion mixed`.split(/\s+/),
);

/** So many endpoints and classes of errors are told apart; more would be a mistake of the caller. */
const endpointsMax = 32;
const classesMax = 32;

/** Gauges whose names end like counters'; `promtool check metrics` would complain, and nobody needs them. */
const misnamed = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];

/** All metrics of a gateway but those of its HTTP server, each with what it means. */
export function createMetrics({ version }: { readonly version: string }): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
  const registers = [registry];
  new Gauge({ name: "hansa_build_info", help: "1, with the version.", labelNames: ["version"], registers }).set(
    { version },
    1,
  );
  const stages = new Histogram({
    name: "hansa_tx_latency_seconds",
    help: "Time that transactions took from one stage to the next.",
    labelNames: ["stage"],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    registers,
  });
  for (const stage of transactionStages) stages.zero({ stage });
  const transactions = new Histogram({
    name: "hansa_db_transaction_seconds",
    help: "Time of database transactions from the moment that they are asked for to their end.",
    labelNames: ["outcome"],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
    registers,
  });
  const groups = new Histogram({
    name: "hansa_commit_writes",
    help: "Writes of requests that shared one commit of the store, refused ones included.",
    buckets: [1, 2, 5, 10, 20, limits.actsPerCommit],
    registers,
  });
  return {
    registry,
    onCall: createCallObserver(registry),
    onTransaction: ({ seconds, outcome }) => transactions.observe({ outcome }, seconds),
    onCommitted: (writes) => groups.observe(writes),
    onStage: (stage, seconds) => stages.observe({ stage }, seconds),
    watch: (ports) => watch(createScraped(registry), ports),
  };
}

function watch(scraped: Scraped, ports: MetricPorts): void {
  defineIndexerMetrics(scraped, ports.indexer);
  defineLaneMetrics(scraped, ports.lanes);
  defineEndpointMetrics(scraped, ports.endpoints);
  defineStoreMetrics(scraped, ports);
  scraped.gauge({
    name: "hansa_worker_stopped",
    help: "1 once a worker has stopped for good because an invariant was broken.",
    labelNames: ["worker"],
    read: () =>
      Object.entries(ports.workers).map(([worker, state]) => ({
        labels: { worker },
        value: Number(state.failure() !== undefined),
      })),
  });
}

function createCallObserver(registry: Registry): Metrics["onCall"] {
  const duration = new Histogram({
    name: "hansa_rpc_duration_seconds",
    help: "Time of JSON-RPC calls to the ledger's endpoints; a batch is one call.",
    labelNames: ["method", "endpoint"],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30],
    registers: [registry],
  });
  const errors = new Counter({
    name: "hansa_rpc_errors_total",
    help: "JSON-RPC calls that failed, by class of error.",
    labelNames: ["class"],
    registers: [registry],
  });
  const endpointLabel = createBounded(endpointsMax);
  const classLabel = createBounded(classesMax);
  return ({ method, endpoint, seconds, outcome }) => {
    duration.observe({ method: methods.has(method) ? method : "other", endpoint: endpointLabel(endpoint) }, seconds);
    if (outcome !== "ok") errors.inc({ class: classLabel(outcome) });
  };
}

/** Values of a label that are code-like, the first so many; anything else is `other`. */
function createBounded(max: number): (value: string) => string {
  const seen = new Set<string>();
  return (value) => {
    if (seen.has(value)) return value;
    if (seen.size >= max || !/^[\w.:-]{1,100}$/.test(value)) return "other";
    seen.add(value);
    return value;
  };
}
