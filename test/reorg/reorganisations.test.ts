import { expect } from "chai";
import fc from "fast-check";
import type { Finality } from "../../src/domain/blockStore.ts";
import { eventSchemas } from "../../src/domain/ledgerEvent.ts";
import { silentLogger } from "../../src/shared/context.ts";
import { createBlockStore } from "../../src/store/blocks.ts";
import { createLeadership } from "../../src/store/leadership.ts";
import { findBrokenSequences } from "../../src/store/sequenceDifferences.ts";
import type { Store } from "../../src/store/store.ts";
import { runIndexer } from "../chain/indexing/indexerHarness.ts";
import { describeStore } from "../fixtures/database.ts";
import { hash, organisationOf } from "../store/blockFixture.ts";
import { type BranchingLedger, createBranchingLedger, type TestAttempt } from "./branchingLedger.ts";
import { enterWaiting, entriesAfter, forgetIndex, transactionsOf, viewsOf } from "./indexedState.ts";
import { participantsMost } from "./world.ts";

/** More with REORG_RUNS; a failure prints seed and path, and REORG_SEED runs it again. */
const numRuns = Number(process.env["REORG_RUNS"] ?? 12);
const seed = Number(process.env["REORG_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const depthMost = 64;

const attempts: readonly TestAttempt[] = Array.from({ length: 24 }, (_, index) => {
  return { hash: hash(index + 1, "d"), act: `act-${Math.floor(index / 2)}` };
});

/** One change of the ledger: some blocks more, or some others instead. */
const changes = fc.array(
  fc.record({
    depth: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: depthMost })),
    length: fc.integer({ min: 0, max: 40 }),
  }),
  { minLength: 1, maxLength: 10 },
);

const histories = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  first: fc.integer({ min: 1, max: 120 }),
  finality: fc.constantFrom<Finality>({ kind: "tagged" }, { kind: "depth", depth: depthMost }),
  changes,
});

/** mulberry32 */
function drawFrom(start: number) {
  let state = start;
  return (limit: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, limit);
  };
}

/** Somebody who reads a sequence as it grows and takes back what is retracted, the last event first. */
function createSubscriber(store: Store, organisationId: string) {
  let heard: { sequence: number; content: string }[] = [];
  let after = 0;
  return {
    contents: () => heard.map(({ content }) => content),
    async read() {
      for (const { sequence, retracts, content } of await entriesAfter(store, organisationId, after)) {
        expect(sequence, "gap-free").to.equal(after + 1);
        after = sequence;
        if (retracts === null) heard.push({ sequence, content });
        else {
          expect(heard.at(-1), "retractions come in reverse order").to.deep.equal({ sequence: retracts, content });
          heard = heard.slice(0, -1);
        }
      }
    },
  };
}

const organisations = Array.from({ length: participantsMost }, (_, index) => organisationOf(index + 1));

describeStore("reorganisations", (fixture) => {
  const seen = new Set<string>();

  async function index(
    ledger: BranchingLedger,
    finality: Finality,
    onIdle: () => Promise<boolean> | boolean = () => true,
  ) {
    const { store } = fixture;
    return runIndexer({
      ...{ rpc: ledger.rpc, store: createBlockStore(store), leadership: createLeadership(store), finality, onIdle },
      isWhole: false,
      logger: {
        ...silentLogger,
        warn: (f, m) => console.log("W", m, JSON.stringify(f)),
        error: (f, m) => console.log("E", m, JSON.stringify(f)),
      },
    });
  }

  it(`of 1 to ${depthMost} blocks under traffic leave what a fresh index has, and a subscriber the same`, async function () {
    this.timeout(600_000);
    process.stdout.write(`      (REORG_SEED=${seed} REORG_RUNS=${numRuns})\n`);
    const property = fc.asyncProperty(histories, async (history) => {
      await forgetIndex(fixture.store);
      const ledger = createBranchingLedger({ draw: drawFrom(history.seed), attempts, depth: depthMost });
      ledger.extend(history.first);
      const subscribers = organisations.map((id) => createSubscriber(fixture.store, id));
      const left = [...history.changes];
      const { failure, state } = await index(ledger, history.finality, async () => {
        for (const subscriber of subscribers) await subscriber.read();
        const change = left.shift();
        if (!change) return true;
        if (change.depth === 0) ledger.extend(change.length);
        // A ledger that only became shorter is one that lags.
        else ledger.reorganise(change.depth, Math.max(1, change.length));
        return false;
      });
      expect(failure).to.equal(undefined);
      expect(state.indexed).to.equal(ledger.blocks.length - 1);
      expect(await findBrokenSequences(fixture.store.db)).to.deep.equal([]);
      const views = await viewsOf(fixture.store);
      const transactions = await transactionsOf(fixture.store);
      const heard = subscribers.map((subscriber) => subscriber.contents());

      await forgetIndex(fixture.store);
      expect((await index(ledger, history.finality)).failure).to.equal(undefined);
      expect(views).to.deep.equal(await viewsOf(fixture.store));
      for (const [place, id] of organisations.entries()) {
        const fresh = await entriesAfter(fixture.store, id, 0);
        expect(heard[place]).to.deep.equal(fresh.map(({ content }) => content));
      }
      expect(withoutHash(transactions)).to.deep.equal(withoutHash(await transactionsOf(fixture.store)));
      for (const { transactions: mined } of ledger.blocks)
        for (const { events } of mined) for (const { type } of events) seen.add(type);
    });
    await enterWaiting(fixture.store, attempts);
    await fc.assert(property, { numRuns, seed, endOnFailure: true });
    expect([...seen].sort(), "traffic has every event that there is").to.deep.equal(Object.keys(eventSchemas).sort());
  });
});

/** Finality was seen earlier by the one that was there all the time. */
function withoutHash(transactions: readonly object[]): readonly object[] {
  return transactions.map((row) => ({ ...row, hash: undefined }));
}
