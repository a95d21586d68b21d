/**
 * Failpoints that the main story does not pass: the embedded ledger has neither a fee market nor reorganisations, and
 * a rebuild is a command of its own. Here the real code dies at them over models of the ledger: a lane twenty times, an index
 * and a rebuild, which take seconds, HANSA_CRASH_DEATHS times.
 */
import { randomInt } from "node:crypto";
import { expect } from "chai";
import { createAddressBook } from "../../src/chain/decode.ts";
import { createSingleSource } from "../../src/chain/indexing/blockSource.ts";
import { checkSequence, reindex } from "../../src/chain/indexing/reindex.ts";
import { createBlockStore } from "../../src/store/blocks.ts";
import { createLeadership } from "../../src/store/leadership.ts";
import { createRebuildStore, createSequenceCheck } from "../../src/store/reindex.ts";
import { addresses, contextWith, runIndexer } from "../chain/indexing/indexerHarness.ts";
import { attemptsOf, createWorld, lane, look, statusesOf } from "../chain/sending/world.ts";
import { describeStore } from "../fixtures/database.ts";
import { createDraw } from "../images/draw.ts";
import { type BranchingLedger, createBranchingLedger } from "../reorg/branchingLedger.ts";
import { drawFrom } from "../reorg/drawFrom.ts";
import { enterWaiting, forgetIndex, viewsOf } from "../reorg/indexedState.ts";
import { createSubscriber } from "../reorg/subscriber.ts";
import { participantsMost } from "../reorg/world.ts";
import { organisationOf } from "../store/blockFixture.ts";
import { dieAt } from "./dieInProcess.ts";

const seed = Number(process.env["HANSA_CRASH_SEED"] ?? randomInt(1_000_000));
const deaths = Number(process.env["HANSA_CRASH_DEATHS"] ?? 5);
const seedsOf = (count: number) => Array.from({ length: count }, (_, index) => seed + index);
/** Blocks that one commit of a retraction takes back, at most. */
const retractedAtOnce = 16;

describe(`A lane that dies at replacement.signed (HANSA_CRASH_SEED=${seed})`, () => {
  for (const own of seedsOf(20)) {
    it(`sends the no-op or the act, one of the two once, and leaves no hole: ${own}`, async () => {
      const draw = createDraw(own);
      const acts = 3 + draw(5);
      const cancelled = draw.shuffle(Array.from({ length: acts }, (_, index) => index)).slice(0, 1 + draw(acts));
      const world = createWorld({ fees: { kind: "fixed", gasPrice: "1000" } });
      world.accept(acts);
      let process = world.start();
      await process.run();
      const dying = process;
      const death = dieAt("replacement.signed", 1 + draw(cancelled.length), () => dying.wires.arm({ cutAt: 1 }));
      try {
        for (const index of cancelled) world.memory.cancel(`act-${index}`);
        await look(process, world).catch((error: unknown) => {
          if (!death.isDead()) throw error;
        });
      } finally {
        death.end();
      }
      expect(death.isDead(), "the place was passed").to.equal(true);
      const signed = [...world.memory.transactions.values()].flatMap(({ attempts }) =>
        attempts.map(({ hash }) => hash),
      );
      if (draw.chance(1, 2)) world.node.mine(draw(acts));
      if (draw.chance(1, 2)) world.node.forgetPool();
      world.memory.loseLock();
      process = world.start();
      await process.run();
      for (let looks = 0; looks < 6; looks += 1) {
        await look(process, world);
        world.node.mine(draw(acts + 1));
      }
      world.node.mine(acts);
      await look(process, world);
      world.index();

      const mined = world.node.onLedger();
      for (const id of Object.keys(statusesOf(world))) {
        const attempts = attemptsOf(world, id);
        const own = attempts.filter(({ hash }) => mined.has(hash));
        expect(own, `${id} is in a block once`).to.have.length(1);
        expect(attempts.filter(({ kind }) => kind === "noop").length, `${id} has one no-op at most`).to.be.at.most(1);
        expect(statusesOf(world)[id]).to.equal(own[0]?.kind === "noop" ? "cancelled" : "mined");
      }
      expect(world.node.count(), `every nonce of ${lane.address} is used`).to.equal(acts);
      const kept = [...world.memory.transactions.values()].flatMap(({ attempts }) => attempts.map(({ hash }) => hash));
      expect(kept, "no attempt is forgotten").to.include.members(signed);
    });
  }
});

describeStore(`an index that dies on the way (HANSA_CRASH_SEED=${seed})`, (fixture) => {
  const finality = { kind: "depth", depth: 64 } as const;
  const organisations = Array.from({ length: participantsMost }, (_, index) => organisationOf(index + 1));
  const newLedger = (own: number) => createBranchingLedger({ draw: drawFrom(own), attempts: [], depth: 64 });

  beforeEach(() => enterWaiting(fixture.store, []));

  /** Catches up; with a death, until it dies. */
  async function follow(ledger: BranchingLedger, death?: ReturnType<typeof dieAt>): Promise<void> {
    const { store } = fixture;
    const blocks = createBlockStore(store);
    const { failure } = await runIndexer({
      ...{ rpc: ledger.rpc, store: death?.holds(blocks) ?? blocks, leadership: createLeadership(store) },
      ...{ finality, isWhole: false },
      ...(death && { cut: died(death) }),
    });
    if (!death?.isDead()) expect(failure).to.equal(undefined);
  }

  const replayOf = (ledger: BranchingLedger) => ({
    ...{ source: createSingleSource(ledger.rpc), store: createBlockStore(fixture.store), finality },
    ...{ book: createAddressBook(addresses, { accounts: [], tokens: [] }) },
    verify: { mode: "off", headerKind: "none" } as const,
  });

  function rebuild(ledger: BranchingLedger, death?: ReturnType<typeof dieAt>) {
    const { store } = fixture;
    const rows = createRebuildStore(store);
    const parts = { context: contextWith(), rebuild: death?.holds(rows) ?? rows, leadership: createLeadership(store) };
    return reindex({ ...replayOf(ledger), ...parts });
  }

  /** What a fresh index has, and every sequence as the ledger's logs say. */
  async function expectFreshIndex(ledger: BranchingLedger): Promise<void> {
    const check = await createSequenceCheck(fixture.store.db);
    expect(await checkSequence({ ...replayOf(ledger), check })).to.deep.equal([]);
    const views = await viewsOf(fixture.store);
    await forgetIndex(fixture.store);
    await follow(ledger);
    expect(views).to.deep.equal(await viewsOf(fixture.store));
  }

  it(`takes blocks back once, whatever was taken back when it died at reorganisation.committed: ${deaths} times`, async () => {
    for (const own of seedsOf(deaths)) {
      await forgetIndex(fixture.store);
      const draw = createDraw(own);
      const ledger = newLedger(own);
      ledger.extend(70 + draw(30));
      await follow(ledger);
      const subscribers = organisations.map((id) => createSubscriber(fixture.store, id));
      for (const subscriber of subscribers) await subscriber.read();
      const depth = 1 + draw(60);
      ledger.reorganise(depth, depth + 1 + draw(10));
      const death = dieAt("reorganisation.committed", 1 + draw(Math.ceil(depth / retractedAtOnce)));
      try {
        await follow(ledger, death);
      } finally {
        death.end();
      }
      expect(death.isDead(), `seed ${own}: the place was passed`).to.equal(true);
      if (draw.chance(1, 3)) ledger.reorganise(1 + draw(20), 25);
      await follow(ledger);
      // Each of them fails on a gap, and on a retraction that is not of the last event.
      for (const subscriber of subscribers) await subscriber.read();
      await expectFreshIndex(ledger);
    }
  }).timeout(240_000);

  it(`makes the views anew after dying at reindex.committed: ${deaths} times`, async () => {
    const ledger = newLedger(seed);
    ledger.extend(600);
    await follow(ledger);
    const views = await viewsOf(fixture.store);
    for (const own of seedsOf(deaths)) {
      const draw = createDraw(own);
      const death = dieAt("reindex.committed", 1 + draw(2));
      try {
        await rebuild(ledger, death).catch((error: unknown) => {
          if (!death.isDead()) throw error;
        });
      } finally {
        death.end();
      }
      expect(death.isDead(), `seed ${own}: the place was passed`).to.equal(true);
      expect((await rebuild(ledger)).differences).to.deep.equal([]);
      expect(await viewsOf(fixture.store), `seed ${own}`).to.deep.equal(views);
    }
    await expectFreshIndex(ledger);
  }).timeout(240_000);
});

/** Resolves soon after the death; nothing tells of it by itself. */
async function died(death: ReturnType<typeof dieAt>): Promise<void> {
  while (!death.isDead()) await new Promise((resolve) => setImmediate(resolve));
}
