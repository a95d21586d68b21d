import { expect } from "chai";
import fc from "fast-check";
import type { Store } from "../../../src/store/store.ts";
import { describeStore } from "../../fixtures/database.ts";
import { enterParticipants } from "../../store/blockFixture.ts";
import { openChain, type TestChain } from "../chainFixture.ts";
import { breaking, createLane, deployCounter, type TestLane } from "../senderHarness.ts";

/** All that the model knows: how many intents were accepted, and whether a process has worked since to its end. */
interface Model {
  accepted: number;
  settled: boolean;
}

interface Real {
  readonly chain: TestChain;
  readonly store: Store;
  readonly lane: TestLane;
}

type Command = fc.AsyncCommand<Model, Real>;

/** What holds at every instant, whatever was cut: the store's nonces are 0, 1, 2 … and the ledger is not ahead. */
async function expectNoHole({ chain, store, lane }: Real): Promise<void> {
  const rows = await store.db
    .selectFrom("transactions")
    .select(["nonce", "status"])
    .where("lane", "=", lane.key.address)
    .where("nonce", "is not", null)
    .orderBy("nonce")
    .execute();
  expect(rows.map(({ nonce }) => nonce)).to.deep.equal(rows.map((_, index) => index));
  const onLedger = Number(await chain.rpc.call("eth_getTransactionCount", [lane.key.address, "latest"]));
  expect(onLedger, "the ledger has no transaction that the store does not know").to.be.at.most(rows.length);
  const settled = rows.filter(({ status }) => status !== "signed").length;
  expect(settled, "nothing is marked as sent that the ledger does not have").to.be.at.most(onLedger);
}

function command(name: string, change: (model: Model) => void, act: (real: Real) => Promise<unknown>): Command {
  return {
    check: () => true,
    async run(model, real) {
      await act(real);
      change(model);
      await expectNoHole(real);
      if (model.settled) await real.lane.expectAllOnce();
    },
    toString: () => name,
  };
}

const accept = fc.integer({ min: 1, max: 4 }).map((count) =>
  command(
    `accept ${count}`,
    (model) => {
      model.accepted += count;
      model.settled = false;
    },
    ({ lane }) => lane.accept(count),
  ),
);
const settle = (model: Model) => {
  model.settled = true;
};
const work = fc.constant(command("work", settle, ({ lane }) => lane.run()));
const lose = fc
  .tuple(fc.integer({ min: 1, max: 2 }), fc.constantFrom("request" as const, "reply" as const))
  .map(([n, lost]) => command(`lose ${lost} ${n}`, settle, ({ lane }) => lane.run({ wrap: breaking(n, lost) })));
const cut = fc.integer({ min: 1, max: 24 }).map((cutAt) =>
  command(
    `cut at ${cutAt}`,
    () => {},
    ({ lane }) => lane.run({ cutAt }),
  ),
);
/** The indexer saw what is on the ledger, at any time, also between the ledger's reply and the lane's note of it. */
const index = fc.constant(
  command(
    "index",
    () => {},
    async ({ chain, store, lane }) => {
      const count = Number(await chain.rpc.call("eth_getTransactionCount", [lane.key.address, "latest"]));
      await store.transaction(async (tx) => {
        await tx
          .updateTable("transactions")
          .set({ status: "final" })
          .where("lane", "=", lane.key.address)
          .where("nonce", "<", count)
          .execute();
      });
    },
  ),
);

describeStore("a lane over the real store and ledger, whatever befalls it", (fixture) => {
  let chain: TestChain;
  let counter: string;

  before(async () => {
    chain = await openChain();
    counter = await deployCounter(chain);
  });
  after(() => chain.close());
  beforeEach(() => enterParticipants(fixture.store, [1]));

  it("sends every accepted intent once and in order in the end", async function model() {
    this.timeout(120_000);
    const commands = fc.commands([accept, accept, work, lose, cut, cut, index], { maxCommands: 14 });
    await fc.assert(
      fc.asyncProperty(commands, async (given) => {
        // A run that failed, while the failure is made smaller, leaves nothing to the next.
        await fixture.store.transaction(async (tx) => {
          await tx.deleteFrom("attempts").execute();
          await tx.deleteFrom("transactions").execute();
        });
        const lane = createLane(chain, fixture.store, counter);
        const real = { chain, store: fixture.store, lane };
        await fc.asyncModelRun(() => ({ model: { accepted: 0, settled: false }, real }), given);
        // Whatever was left over is taken up by the next process.
        await lane.accept(1);
        await lane.run();
        await lane.expectAllOnce();
      }),
      { numRuns: 25 },
    );
  });
});
