import { expect } from "chai";
import fc from "fast-check";
import { createAddressBook } from "../../src/chain/decode.ts";
import { createSingleSource } from "../../src/chain/indexing/blockSource.ts";
import { checkSequence, reindex } from "../../src/chain/indexing/reindex.ts";
import type { Finality } from "../../src/domain/blockStore.ts";
import { eventSchemas } from "../../src/domain/ledgerEvent.ts";
import { createBlockStore } from "../../src/store/blocks.ts";
import { createLeadership } from "../../src/store/leadership.ts";
import { createRebuildStore, createSequenceCheck } from "../../src/store/reindex.ts";
import type { Store } from "../../src/store/store.ts";
import { addresses, contextWith, runIndexer } from "../chain/indexing/indexerHarness.ts";
import { describeStore } from "../fixtures/database.ts";
import { hash, organisationOf } from "../store/blockFixture.ts";
import { type BranchingLedger, createBranchingLedger, type TestAttempt } from "./branchingLedger.ts";
import { drawFrom } from "./drawFrom.ts";
import { enterWaiting, entriesAfter, forgetIndex, transactionsOf, viewsOf } from "./indexedState.ts";
import { createSubscriber } from "./subscriber.ts";
import { participantsMost } from "./world.ts";

/** More with REORG_RUNS. The seed is printed, and REORG_SEED runs it again. */
const numRuns = Number(process.env["REORG_RUNS"] ?? 10);
const seed = Number(process.env["REORG_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const depthMost = 64;

const attempts: readonly TestAttempt[] = Array.from({ length: 80 }, (_, index) => {
  return { hash: hash(index + 1, "d"), act: `act-${Math.floor(index / 2)}` };
});
const organisations = Array.from({ length: participantsMost }, (_, index) => organisationOf(index + 1));

/** A reader that remembers what was final, or one that counts blocks. */
const finalities = fc.constantFrom<Finality>({ kind: "tagged" }, { kind: "depth", depth: depthMost });

/** Changes of the ledger, each some blocks more (depth 0), or others instead of so many. */
const histories = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  first: fc.integer({ min: 1, max: 120 }),
  finality: finalities,
  changes: fc.array(
    fc.record({
      depth: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: depthMost })),
      // A ledger that only became shorter is one that lags.
      length: fc.integer({ min: 1, max: 40 }),
    }),
    { minLength: 1, maxLength: 10 },
  ),
});

describeStore("reorganisations", (fixture) => {
  const newLedger = (start: number) => createBranchingLedger({ draw: drawFrom(start), attempts, depth: depthMost });

  async function index(ledger: BranchingLedger, finality: Finality, onIdle: () => Promise<boolean> | boolean) {
    const { store } = fixture;
    const parts = { rpc: ledger.rpc, store: createBlockStore(store), leadership: createLeadership(store) };
    const { failure, state } = await runIndexer({ ...parts, finality, onIdle, isWhole: false });
    expect(failure).to.equal(undefined);
    expect(state.indexed).to.equal(ledger.blocks.length - 1);
    return state;
  }

  const replayOf = (ledger: BranchingLedger, finality: Finality) => ({
    ...{ source: createSingleSource(ledger.rpc), store: createBlockStore(fixture.store), finality },
    ...{ book: createAddressBook(addresses, { accounts: [], tokens: [] }) },
    verify: { mode: "off", headerKind: "none" } as const,
  });

  function rebuild(ledger: BranchingLedger, finality: Finality) {
    const { store } = fixture;
    const parts = { context: contextWith(), rebuild: createRebuildStore(store), leadership: createLeadership(store) };
    return reindex({ ...replayOf(ledger, finality), ...parts });
  }

  beforeEach(() => enterWaiting(fixture.store, attempts));

  it(`of 1 to ${depthMost} blocks under traffic leave what a fresh index has, and a subscriber the same`, async function () {
    this.timeout(3_600_000);
    process.stdout.write(`      (REORG_SEED=${seed} REORG_RUNS=${numRuns})\n`);
    const property = fc.asyncProperty(histories, async ({ seed: start, first, finality, changes }) => {
      await forgetIndex(fixture.store);
      const ledger = newLedger(start);
      ledger.extend(first);
      const subscribers = organisations.map((id) => createSubscriber(fixture.store, id));
      const left = [...changes];
      await index(ledger, finality, async () => {
        for (const subscriber of subscribers) await subscriber.read();
        const change = left.shift();
        if (change?.depth === 0) ledger.extend(change.length);
        else if (change) ledger.reorganise(change.depth, change.length);
        return change === undefined;
      });
      const views = await viewsOf(fixture.store);
      const transactions = await fatesOf(fixture.store);
      const check = await createSequenceCheck(fixture.store.db);
      expect(await checkSequence({ ...replayOf(ledger, finality), check })).to.deep.equal([]);
      expect((await rebuild(ledger, finality)).differences).to.deep.equal([]);
      expect(await viewsOf(fixture.store), "after a rebuild").to.deep.equal(views);

      await forgetIndex(fixture.store);
      await index(ledger, finality, () => true);
      expect(views).to.deep.equal(await viewsOf(fixture.store));
      expect(transactions).to.deep.equal(await fatesOf(fixture.store));
      for (const [place, id] of organisations.entries()) {
        const fresh = await entriesAfter(fixture.store, id, 0);
        expect(subscribers[place]?.contents()).to.deep.equal(fresh.map(({ content }) => content));
      }
    });
    await fc.assert(property, { numRuns, seed, endOnFailure: true });
  });

  it("are tried on every event and every outcome of a transaction that there is", async () => {
    const ledger = newLedger(7);
    ledger.extend(600);
    const events = ledger.blocks.flatMap(({ transactions }) => transactions.flatMap((one) => one.events));
    expect([...new Set(events.map(({ type }) => type))].sort()).to.deep.equal(Object.keys(eventSchemas).sort());
    await index(ledger, { kind: "tagged" }, () => true);
    const outcomes = new Set((await transactionsOf(fixture.store)).map(({ status }) => status));
    expect([...outcomes].sort()).to.include.members(["cancelled", "final", "reverted"]);
  });
});

/** A reader that was there when the ledger was longer knows more to be final. */
async function fatesOf(store: Store): Promise<readonly object[]> {
  const rows = await transactionsOf(store);
  return rows.map((row) => ({ ...row, status: row.status === "final" ? "mined" : row.status }));
}
