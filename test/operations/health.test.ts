import { expect } from "chai";
import { createHealth, type HealthPorts, healthLimits } from "../../src/operations/health.ts";
import type { IndexerState, LaneState } from "../../src/operations/ports.ts";

const never = new Promise<never>(() => {});
const indexer: IndexerState = {
  ...{ head: 100, indexed: 100, finalized: 100, lagBlocks: 0, lagSeconds: 0 },
  ...{ reorgsTotal: {}, retractionsTotal: 0, verifyFailuresTotal: {}, quarantined: undefined, isLeader: true },
};
const lane: LaneState = {
  ...{ number: 1, isLeader: true, quarantined: false, nextNonce: 5, countOnLedger: 5, openCount: 0 },
  ...{ headOfLaneAgeMs: 0, broadcastTotal: 0, rebroadcastTotal: 0, bumpTotal: 0, cancelTotal: 0 },
  ...{ replacedTotal: 0, deadTotal: 0, supersededTotal: 0, refusedTotal: {} },
};

function healthOf(ports: Partial<HealthPorts>) {
  return createHealth({
    stopping: new AbortController().signal,
    workers: {},
    indexer: () => indexer,
    lanes: () => [lane],
    readHead: async () => 100,
    askStore: async () => 1,
    disk: async () => ({ freeBytes: 10 * 2 ** 30, totalBytes: 20 * 2 ** 30 }),
    ...ports,
    limits: { probeMs: 20, ...ports.limits },
  });
}

const stopped = { failure: () => new Error("invariant: block 7 of Acme does not follow") };
const aborted = AbortSignal.abort();

describe("readiness", () => {
  it("is given while everything answers and nothing is behind", async () => {
    const { ready, checks } = await healthOf({}).ready();
    expect(ready, JSON.stringify(checks)).to.equal(true);
    expect(Object.keys(checks)).to.deep.equal(["ledger", "index", "lanes", "workers", "store", "disk"]);
  });

  const causes: readonly (readonly [string, Partial<HealthPorts>, string, string | undefined])[] = [
    [
      "the ledger refuses",
      { readHead: () => Promise.reject(new Error("ECONNREFUSED 10.0.0.7:8545")) },
      "ledger",
      undefined,
    ],
    ["the ledger does not answer", { readHead: () => never }, "ledger", undefined],
    [
      "too many blocks are not indexed",
      { indexer: () => ({ ...indexer, indexed: 49, lagBlocks: 51 }) },
      "index",
      "51 blocks behind",
    ],
    [
      "the ledger is ahead of what a stopped indexer remembers of it (sx-monorepo#2163)",
      { readHead: async () => 17_100 },
      "index",
      "17000 blocks behind",
    ],
    [
      "few blocks are behind, but for too long",
      { indexer: () => ({ ...indexer, indexed: 99, lagBlocks: 1, lagSeconds: 121 }) },
      "index",
      "121 seconds behind",
    ],
    ["nothing was indexed yet", { indexer: () => ({ ...indexer, indexed: null }) }, "index", "unknown blocks behind"],
    [
      "the indexer is quarantined",
      { indexer: () => ({ ...indexer, quarantined: { block: 101, check: "bloom" } }) },
      "index",
      "block 101 is quarantined, 0 blocks behind",
    ],
    [
      "a lane is quarantined",
      { lanes: () => [lane, { ...lane, number: 2, quarantined: true }] },
      "lanes",
      "lane 2 quarantined",
    ],
    [
      "the head of a lane waits for too long (OZR#843)",
      { lanes: () => [{ ...lane, headOfLaneAgeMs: (healthLimits.headOfLaneSeconds + 1) * 1000 }] },
      "lanes",
      "lane 1 waits for 301 seconds",
    ],
    [
      "a worker stopped",
      { workers: { indexer: stopped, sender: { failure: () => undefined } } },
      "workers",
      "indexer stopped",
    ],
    ["the store fails", { askStore: () => Promise.reject(new Error("password of hansa")) }, "store", undefined],
    ["the store does not answer", { askStore: () => never }, "store", undefined],
    [
      "the disk is nearly full",
      { disk: async () => ({ freeBytes: 5 * 2 ** 20, totalBytes: 2 ** 40 }) },
      "disk",
      "5 MiB free",
    ],
    ["the disk cannot be asked", { disk: () => Promise.reject(new Error("/home/acme")) }, "disk", "unknown space"],
    ["the gateway is stopping", { stopping: aborted }, "stopping", "is stopping"],
  ];
  for (const [cause, ports, check, detail] of causes) {
    it(`is refused when ${cause}, and names nothing else`, async () => {
      const { ready, checks } = await healthOf(ports).ready();
      expect(ready).to.equal(false);
      expect(checks[check]).to.deep.equal(detail === undefined ? { ok: false } : { ok: false, detail });
      const others = Object.entries(checks).filter(([name, { ok }]) => !ok && name !== check);
      expect(others).to.deep.equal([]);
      expect(JSON.stringify(checks)).not.to.match(/Acme|acme|10\.0\.0\.7|password/);
    });
  }

  it("answers in time when everything hangs at once, and asks what hangs only once", async () => {
    let asked = 0;
    const hang = () => {
      asked += 1;
      return never;
    };
    const health = healthOf({ readHead: hang, askStore: hang, disk: hang });
    const startedMs = performance.now();
    await Promise.all([health.ready(), health.ready()]);
    await health.ready();
    expect(performance.now() - startedMs).to.be.below(1_000);
    expect(asked).to.equal(3);
  });

  it("comes back when its cause is gone", async () => {
    let broken = true;
    const health = healthOf({ askStore: () => (broken ? Promise.reject(new Error("away")) : Promise.resolve(1)) });
    expect((await health.ready()).ready).to.equal(false);
    broken = false;
    expect((await health.ready()).ready).to.equal(true);
  });

  it("is not disturbed by an idle ledger whose last block is old, nor by a lane that another process leads", async () => {
    const health = healthOf({
      indexer: () => ({ ...indexer, lagSeconds: 86_400 }),
      lanes: () => [{ ...lane, isLeader: false, nextNonce: null, countOnLedger: null }],
    });
    expect((await health.ready()).ready).to.equal(true);
  });
});

describe("liveness and start", () => {
  it("is alive while a restart would not help, and not when a worker is dead for good", () => {
    expect(healthOf({ readHead: () => never, askStore: () => never }).live()).to.equal(true);
    expect(healthOf({ workers: { indexer: stopped } }).live()).to.equal(false);
  });

  it("has started once it has caught up, whatever happens later", async () => {
    let state: IndexerState = { ...indexer, indexed: 10, lagBlocks: 90 };
    const health = healthOf({ indexer: () => state, disk: () => never });
    expect(await health.started?.()).to.equal(false);
    state = indexer;
    expect(await health.started?.()).to.equal(true);
    state = { ...indexer, indexed: 10, lagBlocks: 90 };
    expect(await health.started?.()).to.equal(true);
  });
});
