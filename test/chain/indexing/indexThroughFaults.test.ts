import { expect } from "chai";
import { createEndpointPool, type EndpointPool } from "../../../src/chain/endpoints.ts";
import { createRpc } from "../../../src/chain/rpc.ts";
import type { DecodedBlock } from "../../../src/domain/ledgerEvent.ts";
import { seedOfRun } from "../../faults/dice.ts";
import { type ServedLedger, serveLedger } from "../../faults/ledger.ts";
import { type LieName, lieNames } from "../../faults/lies.ts";
import { type FaultProxy, type Faults, startFaultProxy } from "../../faults/proxy.ts";
import { contextWith, createMemoryBlocks, runIndexer, type TestContext } from "./indexerHarness.ts";

const verify = { mode: "full", headerKind: "ethereum" } as const;
const head = 60;

/** Any order of what fails on the way. */
const wire: Faults = {
  ...{ requestLost: 0.04, replyLost: 0.04, limited: 0.03, noJson: 0.03, delay: 0.05 },
  ...{ reorder: 0.2, duplicate: 0.03, missingEntry: 0.03, wrongId: 0.03, emptyError: 0.03 },
};

describe("the index through endpoints that fail and lie", () => {
  let served: ServedLedger;
  let truth: readonly DecodedBlock[];
  let context: TestContext;
  const open: { close(): Promise<void> }[] = [];

  before(async () => {
    served = await serveLedger({ blocks: head });
    const store = createMemoryBlocks();
    const rpc = createRpc({ url: served.url });
    expect((await runIndexer({ rpc, store, verify })).failure).to.equal(undefined);
    await rpc.close();
    truth = store.committed;
    expect(truth).to.have.length(head + 1);
  });
  after(() => served.close());
  beforeEach(() => {
    context = contextWith();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
  });

  async function proxies(seed: number, ...faults: readonly Faults[]): Promise<readonly FaultProxy[]> {
    const started = await Promise.all(
      faults.map((of, index) =>
        startFaultProxy({ upstream: served.url, seed: seed + index, faults: of, delayMsMax: 2 }),
      ),
    );
    open.push(...started);
    return started;
  }

  function poolOf(endpoints: readonly FaultProxy[]): EndpointPool {
    const urls = endpoints.map(({ url }) => url);
    const pool = createEndpointPool({ context, urls, asideMs: 5_000, client: { wait: async () => {} } });
    open.push(pool);
    return pool;
  }

  for (const lie of lieNames) {
    it(`is the truth although one of three endpoints always lies (${lie}), which it finds out (besu#3921, hyperindex#198)`, async () => {
      const pool = poolOf(await proxies(3, { [lie satisfies LieName]: 1 }, {}, {}));
      const store = createMemoryBlocks();
      const { failure, state } = await runIndexer({ source: pool, store, verify, clock: context.clock });
      expect(failure).to.equal(undefined);
      expect(store.committed).to.deep.equal(truth);
      const found = Object.values(state.verifyFailuresTotal).reduce((sum, count) => sum + count, 0);
      if (lie !== "staleHead") expect(found).to.be.greaterThan(0);
      expect(state.quarantined).to.equal(undefined);
    });
  }

  it("is the truth whatever three endpoints do on the wire and in their answers", async () => {
    const seed = seedOfRun();
    for (let round = 0; round < 5; round += 1) {
      const lying = Object.fromEntries(lieNames.map((name) => [name, 0.02]));
      const pool = poolOf(await proxies(seed + 10 * round, { ...wire, ...lying }, wire, { ...wire, ...lying }));
      const store = createMemoryBlocks();
      const { failure, state } = await runIndexer({
        ...{ source: pool, store, verify, clock: context.clock },
        onIdle(_, { clock }) {
          clock.advanceMs(1_000);
          return store.committed.length === head + 1;
        },
      });
      expect(failure).to.equal(undefined);
      expect(store.committed).to.deep.equal(truth);
      expect(state.indexed).to.equal(head);
    }
  });

  it("stands still, loudly, at a block that no endpoint gives in a form that verifies, and goes on when one does", async () => {
    const lying: Faults = { wrongLogData: 1 };
    const endpoints = await proxies(3, lying, lying);
    const pool = poolOf(endpoints);
    const store = createMemoryBlocks();
    const errors: object[] = [];
    const logger = { debug() {}, info() {}, warn() {}, error: (facts: object) => errors.push(facts) };
    let looks = 0;
    let standing: readonly [number, unknown] | undefined;
    const { failure, state } = await runIndexer({
      ...{ source: pool, store, verify, clock: context.clock, logger, quarantineMs: 5_000 },
      onIdle(now, { clock }) {
        if (!now.quarantined && !standing) return false;
        looks += 1;
        standing ??= [store.committed.length, now.quarantined];
        if (looks === 1) return false;
        if (looks === 2) {
          expect(store.committed.length, "nothing advances meanwhile").to.equal(standing[0]);
          for (const endpoint of endpoints) endpoint.setFaults({});
          return false;
        }
        clock.advanceMs(5_000);
        return store.committed.length === head + 1;
      },
    });
    expect(failure).to.equal(undefined);
    // The first block with a log is the first that can be lied about.
    const first = truth.findIndex(
      ({ block }) => block.number > 0 && block.number % 5 !== 4 && (block.number - 1) % 4 > 0,
    );
    expect(standing?.[0], "what comes before it was taken").to.equal(first);
    expect(standing?.[1]).to.include({ block: first, check: "receipts_root" });
    expect(errors[0]).to.include({ number: first, check: "receipts_root" });
    expect(state.quarantined).to.equal(undefined);
    expect(store.committed).to.deep.equal(truth);
  });
});
