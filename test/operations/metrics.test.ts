import { expect } from "chai";
import { createMetrics, type MetricPorts } from "../../src/operations/metrics.ts";
import type { IndexerState, LaneState } from "../../src/operations/ports.ts";
import { timeTransactions } from "../../src/operations/timeTransactions.ts";

const indexer: IndexerState = {
  ...{ head: 12, indexed: 10, finalized: null, lagBlocks: 2, lagSeconds: 3.5 },
  ...{ reorgsTotal: { 1: 2, 2: 0, more: 1 }, retractionsTotal: 3, verifyFailuresTotal: { receipts_root: 1 } },
  ...{ quarantined: { block: 11, check: "receipts_root" }, isLeader: true },
};
const lane: LaneState = {
  ...{ number: 0, isLeader: true, quarantined: false, nextNonce: 9, countOnLedger: 5, openCount: 3 },
  ...{ headOfLaneAgeMs: 1_500, broadcastTotal: 7, rebroadcastTotal: 2, bumpTotal: 1, cancelTotal: 0 },
  ...{ replacedTotal: 0, deadTotal: 0, supersededTotal: 0, refusedTotal: { underpriced: 4 } },
};

function metricsOf(ports: Partial<MetricPorts> = {}) {
  const metrics = createMetrics({ version: "1.2.3" });
  metrics.watch({
    indexer: () => indexer,
    lanes: () => [lane, { ...lane, number: 1, isLeader: false, nextNonce: null, countOnLedger: null }],
    endpoints: () => [{ name: "0:node:8545", breaker: "open", setAside: true, otherChain: false }],
    workers: { indexer: { failure: () => new Error("invariant: …") }, "lane 0": { failure: () => undefined } },
    store: () => ({ waiting: 2, syncsTotal: 40 }),
    queue: async () => ({ count: { accepted: 4, broadcast: 1 }, oldestCreatedAtMs: 1_000 }),
    wallMs: () => 6_000,
    disk: async () => ({ freeBytes: 5, totalBytes: 10 }),
    ...ports,
  });
  return metrics;
}

/** Samples of one metric as they are served, without its help. */
async function samples(metrics: ReturnType<typeof metricsOf>, name: string): Promise<readonly string[]> {
  const text = await metrics.registry.metrics();
  return text.split("\n").filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
}

describe("metrics", () => {
  it("tell where the ledger, the index and the lanes are", async () => {
    const metrics = metricsOf();
    const values = async (...names: string[]) =>
      (await Promise.all(names.map((name) => samples(metrics, name)))).flat();
    expect(
      await values("hansa_chain_head", "hansa_indexed_block", "hansa_lag_blocks", "hansa_lag_seconds"),
    ).to.deep.equal([
      ...["hansa_chain_head 12", "hansa_indexed_block 10", "hansa_lag_blocks 2", "hansa_lag_seconds 3.5"],
    ]);
    expect(await values("hansa_indexer_quarantined", "hansa_worker_stopped")).to.deep.equal([
      "hansa_indexer_quarantined 1",
      'hansa_worker_stopped{worker="indexer"} 1',
      'hansa_worker_stopped{worker="lane 0"} 0',
    ]);
    expect(await values("hansa_lane_leader", "hansa_lane_nonce_gap", "hansa_lane_head_age_seconds")).to.deep.equal([
      'hansa_lane_leader{lane="0"} 1',
      'hansa_lane_leader{lane="1"} 0',
      'hansa_lane_nonce_gap{lane="0"} 1',
      'hansa_lane_head_age_seconds{lane="0"} 1.5',
    ]);
    expect(await values("hansa_lane_actions_total")).to.include(
      'hansa_lane_actions_total{lane="0",action="rebroadcast"} 2',
    );
    expect(await values("hansa_rpc_breaker", "hansa_rpc_endpoint_distrusted")).to.include.members([
      'hansa_rpc_breaker{endpoint="0:node:8545",state="open"} 1',
      'hansa_rpc_breaker{endpoint="0:node:8545",state="closed"} 0',
      'hansa_rpc_endpoint_distrusted{endpoint="0:node:8545"} 1',
    ]);
    expect(await values("hansa_transactions", "hansa_oldest_open_seconds", "hansa_db_waiting")).to.deep.equal([
      'hansa_transactions{state="accepted"} 4',
      'hansa_transactions{state="broadcast"} 1',
      ...["hansa_oldest_open_seconds 5", "hansa_db_waiting 2"],
    ]);
  });

  it("say nothing of what is not known, rather than zero", async () => {
    const metrics = metricsOf();
    expect(await samples(metrics, "hansa_finalized_block")).to.deep.equal([]);
    expect(await samples(metrics, "hansa_backup_age_seconds")).to.deep.equal([]);
  });

  it("count reorganisations by depth and start every check at zero, so that a first failure is an increase", async () => {
    const metrics = metricsOf();
    expect(await samples(metrics, "hansa_reorgs_total")).to.deep.equal([
      'hansa_reorgs_total{depth="1"} 2',
      'hansa_reorgs_total{depth="2"} 0',
      'hansa_reorgs_total{depth="more"} 1',
    ]);
    const failures = await samples(metrics, "hansa_verify_failures_total");
    expect(failures).to.include('hansa_verify_failures_total{check="receipts_root"} 1');
    expect(failures).to.include('hansa_verify_failures_total{check="bloom"} 0');
  });

  it("follow the parts from one scrape to the next, also where a series ends", async () => {
    let lanes: readonly LaneState[] = [lane];
    const metrics = metricsOf({ lanes: () => lanes });
    expect(await samples(metrics, "hansa_lane_next_nonce")).to.deep.equal(['hansa_lane_next_nonce{lane="0"} 9']);
    lanes = [{ ...lane, isLeader: false, rebroadcastTotal: 3 }];
    expect(await samples(metrics, "hansa_lane_next_nonce")).to.deep.equal([]);
    expect(await samples(metrics, "hansa_lane_actions_total")).to.include(
      'hansa_lane_actions_total{lane="0",action="rebroadcast"} 3',
    );
  });

  it("are served in time and without the values of a part that fails or hangs, and count that", async () => {
    const never = new Promise<never>(() => {});
    let asked = 0;
    const queue = () => {
      asked += 1;
      return never;
    };
    const metrics = metricsOf({ queue, disk: () => Promise.reject(new Error("/home/acme")) });
    const startedMs = performance.now();
    const text = await metrics.registry.metrics();
    expect(performance.now() - startedMs).to.be.below(5_000);
    expect(text).to.contain("hansa_chain_head 12");
    expect(text).not.to.match(/^hansa_(transactions|disk_free_bytes)[ {]/m);
    expect(asked).to.equal(1);
    const failures = await samples(metrics, "hansa_metrics_read_failures_total");
    expect(failures).to.include('hansa_metrics_read_failures_total{metric="hansa_transactions"} 1');
    expect(failures).to.include('hansa_metrics_read_failures_total{metric="hansa_chain_head"} 0');
  });

  it("keep labels few, whatever methods, endpoints and errors come", async () => {
    const metrics = metricsOf();
    const call = { method: "eth_call", endpoint: "0:node:8545", seconds: 0.1, outcome: "ok" };
    metrics.onCall(call);
    metrics.onCall({
      ...call,
      method: "acme_secret",
      endpoint: "https://user:key@node/path?k=1",
      outcome: "ECONN Acme",
    });
    for (let index = 0; index < 200; index += 1) {
      metrics.onCall({ ...call, method: `m${index}`, endpoint: `e${index}`, outcome: `c${index}` });
    }
    const text = await metrics.registry.metrics();
    expect(text).not.to.match(/acme|user:key|ECONN/);
    const calls = await samples(metrics, "hansa_rpc_duration_seconds_count");
    expect(calls).to.include('hansa_rpc_duration_seconds_count{method="eth_call",endpoint="0:node:8545"} 1');
    expect(calls.length).to.be.at.most(34);
    expect((await samples(metrics, "hansa_rpc_errors_total")).length).to.be.at.most(33);
  });

  it("tell how many writes shared each commit", async () => {
    const metrics = metricsOf();
    for (const writes of [1, 1, 7, 50]) metrics.onCommitted(writes);
    expect(await samples(metrics, "hansa_commit_writes_bucket")).to.include.members([
      'hansa_commit_writes_bucket{le="1"} 2',
      'hansa_commit_writes_bucket{le="20"} 3',
      'hansa_commit_writes_bucket{le="50"} 4',
    ]);
    expect(await samples(metrics, "hansa_commit_writes_sum")).to.deep.equal(["hansa_commit_writes_sum 59"]);
  });

  it("measure database transactions, those that are undone too, and hand on what they give and throw", async () => {
    const seen: string[] = [];
    const store = timeTransactions({ transaction: (work) => work(undefined as never) }, ({ outcome, seconds }) => {
      expect(seconds).to.be.at.least(0);
      seen.push(outcome);
    });
    expect(await store.transaction(async () => 7)).to.equal(7);
    const fault = new Error("no");
    expect(await store.transaction(() => Promise.reject(fault)).catch((error: unknown) => error)).to.equal(fault);
    expect(seen).to.deep.equal(["committed", "rolled_back"]);
  });
});
