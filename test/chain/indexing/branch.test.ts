import { expect } from "chai";
import { createAddressBook } from "../../../src/chain/decode.ts";
import { EndpointFault } from "../../../src/chain/endpoints.ts";
import { createSingleSource } from "../../../src/chain/indexing/blockSource.ts";
import { createBranch, takeBackInSteps } from "../../../src/chain/indexing/branch.ts";
import type { IndexerOptions } from "../../../src/chain/indexing/indexer.ts";
import { createPlace } from "../../../src/chain/indexing/place.ts";
import { createProgress } from "../../../src/chain/indexing/progress.ts";
import type { Rpc } from "../../../src/chain/rpc.ts";
import type { BlockPlace, Finality } from "../../../src/domain/blockStore.ts";
import type { Lease } from "../../../src/domain/leadership.ts";
import { silentLogger } from "../../../src/shared/context.ts";
import { watchFailpoints } from "../../images/watchFailpoints.ts";
import { hash } from "../../store/blockFixture.ts";
import { addresses, contextWith, createMemoryBlocks, soleLeader } from "./indexerHarness.ts";

const place = (number: number): BlockPlace => ({ number, hash: hash(number, "b") });
const lease: Lease = { name: "indexer", epoch: 7 };

/** Blocks 0 to `last` are stored, of which the ledger has those up to `common`, with others above up to its head. */
function build({ last, common, head = last, ...more }: { last: number; common: number; head?: number } & Settings) {
  const said: unknown[] = [];
  const reported: unknown[] = [];
  const retracted: unknown[] = [];
  const asked: unknown[] = [];
  let told = 0;
  const context = contextWith({ ...silentLogger, warn: (facts, message) => said.push([facts, message]) });
  context.clock.advanceMs(5_000);
  const store = createMemoryBlocks();
  const numbers = Array.from({ length: last + 1 }, (_, number) => number);
  store.committed.push(
    ...numbers.map((number) => ({
      block: { ...place(number), parentHash: hash(number - 1, "b"), timestamp: number },
      // Whatever it is: three of it are taken back with each block.
      events: Array.from({ length: 3 }, () => ({ type: "test" })) as never[],
      transactions: [],
    })),
  );
  const rpc: Rpc = {
    call: () => Promise.reject(new Error("asked in batches only")),
    batch(calls) {
      asked.push(...calls);
      const given = calls.map(({ params: [quantity] }) => Number(quantity));
      return Promise.resolve(
        given.map((number) => (number > head ? null : { hash: hash(number, number > common ? "d" : "b") })),
      );
    },
  };
  const progress = createProgress(context.clock);
  const book = createAddressBook(addresses, { accounts: [], tokens: [] });
  const { retractBlocks } = store;
  const watched = {
    ...store,
    retractBlocks(...retraction: Parameters<typeof retractBlocks>) {
      retracted.push(retraction);
      return retractBlocks(...retraction);
    },
  };
  const options: IndexerOptions = {
    ...{ context, book, store: watched, leadership: soleLeader, finality: { kind: "depth", depth: 64 } },
    source: { ...createSingleSource(rpc), report: (...report) => reported.push(report) },
    verify: { mode: "off", headerKind: "none" },
    onAdvanced() {
      told += 1;
    },
    ...more,
  };
  const kept = createPlace({ store: watched, book, progress });
  const branch = createBranch({ ...options, place: kept, progress });
  return { branch, place: kept, progress, store, said, reported, retracted, asked, told: () => told };
}

interface Settings {
  readonly finality?: Finality;
  readonly isWhole?: boolean;
}

const at = (number: number, finalized?: number) => ({
  ...{ last: place(number), finalized: finalized === undefined ? undefined : place(finalized) },
});
const nowhere = { last: undefined, finalized: undefined };
const faultOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail("it went well"),
    (error: unknown) => error,
  );

describe("taking blocks back in steps", () => {
  const steps = async (last: number, ancestor: number): Promise<readonly number[]> => {
    const above: number[] = [];
    await takeBackInSteps(place(last), place(ancestor), async (number) => void above.push(number));
    return above;
  };

  it("goes down by sixteen and ends at the ancestor", async () => {
    expect(await steps(40, 39)).to.deep.equal([39]);
    expect(await steps(40, 24)).to.deep.equal([24]);
    expect(await steps(40, 23)).to.deep.equal([24, 23]);
    expect(await steps(40, 0)).to.deep.equal([24, 8, 0]);
  });

  it("takes nothing back from the ancestor itself", async () => {
    expect(await steps(40, 40)).to.deep.equal([]);
  });
});

describe("whether the ledger still has what is stored", () => {
  it("is true without a question before anything is stored", async () => {
    const { branch, asked } = build({ last: 9, common: 9, isWhole: true });
    expect(await branch.check(lease, nowhere, 0)).to.equal(true);
    expect(asked).to.deep.equal([]);
  });

  it("is true where it has the last block, which alone is asked for", async () => {
    const { branch, asked, retracted } = build({ last: 9, common: 9, head: 12 });
    expect(await branch.check(lease, at(9), 12)).to.equal(true);
    expect(asked).to.deep.equal([{ method: "eth_getBlockByNumber", params: ["0x9", false] }]);
    expect(retracted).to.deep.equal([]);
  });

  it("is true for a ledger that is shorter and has the blocks as far as it reaches", async () => {
    const { branch, asked, retracted } = build({ last: 9, common: 6, head: 6 });
    expect(await branch.check(lease, at(9), 6)).to.equal(true);
    expect(asked).to.deep.equal([{ method: "eth_getBlockByNumber", params: ["0x6", false] }]);
    expect(retracted).to.deep.equal([]);
  });

  it("is false for a ledger that is shorter and has others: all stored blocks above the same one go", async () => {
    const { branch, store } = build({ last: 9, common: 4, head: 6 });
    expect(await branch.check(lease, at(9), 6)).to.equal(false);
    expect(store.orphaned.map(({ block }) => block.number)).to.deep.equal([5, 6, 7, 8, 9]);
  });

  it("is a contradiction where the source has every block and has fewer, and not where it has as many", async () => {
    const fewer = build({ last: 9, common: 9, head: 8, isWhole: true });
    const error = await faultOf(fewer.branch.check(lease, at(9), 8));
    expect(error).to.be.instanceOf(EndpointFault);
    expect(error).to.deep.include({ fault: { check: "finality" } });
    const whole = build({ last: 9, common: 9, isWhole: true });
    expect(await whole.branch.check(lease, at(9), 9)).to.equal(true);
    const longer = build({ last: 9, common: 9, head: 11, isWhole: true });
    expect(await longer.branch.check(lease, at(9), 11)).to.equal(true);
  });

  it("is a contradiction where the same block is below what is final", async () => {
    const { branch, retracted } = build({ last: 9, common: 5 });
    expect(await faultOf(branch.check(lease, at(9, 6), 9))).to.deep.include({ fault: { check: "finality" } });
    expect(retracted).to.deep.equal([]);
    const allowed = build({ last: 9, common: 6 });
    expect(await allowed.branch.check(lease, at(9, 6), 9)).to.equal(false);
  });

  it("is not answered by an endpoint that does not have the block", async () => {
    const { branch, retracted } = build({ last: 9, common: 9, head: 8 });
    const error = await faultOf(branch.check(lease, at(9), 9));
    expect(error).to.deep.include({ code: "chain.unavailable", facts: { reason: "behind" } });
    expect(retracted).to.deep.equal([]);
  });

  it("is said and counted where it is false, and the place moves to what is left", async () => {
    const { branch, said, retracted, progress, place: kept, told } = build({ last: 30, common: 10 });
    await branch.check(lease, at(30), 30);
    expect(said).to.deep.equal([
      [{ depth: 20, from: 30, hash: hash(30, "b"), ancestor: 10 }, "the ledger was reorganised: blocks are taken back"],
    ]);
    expect(retracted).to.deep.equal([
      [lease, { above: 14, atMs: 5_000 }],
      [lease, { above: 10, atMs: 5_000 }],
    ]);
    expect(told(), "whoever reads the sequences hears of each step").to.equal(2);
    expect(progress.state()).to.deep.include({ retractionsTotal: 60, indexed: 10 });
    expect(progress.state().reorgsTotal).to.include({ "16": 0, "32": 1 });
    expect(kept.now()?.last).to.deep.equal(place(10));
  });
});

describe("each step back", () => {
  it("passes a place at which the process can be killed, when it is committed", async () => {
    const { branch, store } = build({ last: 30, common: 10 });
    const watch = watchFailpoints(["reorganisation.committed"], () => store.committed.length);
    try {
      await branch.check(lease, at(30), 30);
    } finally {
      watch.end();
    }
    expect(watch.passages.map(({ instant }) => instant)).to.deep.equal([15, 11]);
  });
});

describe("a block that does not go on from ours", () => {
  it("takes back what is not the ledger's any more", async () => {
    const { branch, store, reported, place: kept } = build({ last: 9, common: 7, head: 12 });
    await branch.leave(lease, at(9), "two");
    expect(store.orphaned.map(({ block }) => block.number)).to.deep.equal([8, 9]);
    expect(kept.now()?.last).to.deep.equal(place(7));
    expect(reported).to.deep.equal([]);
  });

  it("is nothing of ours before anything is stored", async () => {
    const { branch, asked } = build({ last: 9, common: 7 });
    await branch.leave(lease, nowhere, "two");
    expect(asked).to.deep.equal([]);
  });

  it("is the fault of its endpoint where the others have ours and blocks never go", async () => {
    const { branch, reported, retracted } = build({ last: 9, common: 9, head: 12, finality: { kind: "instant" } });
    const error = await faultOf(branch.leave(lease, at(9), "two"));
    expect(error).to.deep.include({ code: "chain.unavailable", facts: { reason: "behind" } });
    expect(reported).to.deep.equal([["two", { check: "parent" }]]);
    expect(retracted).to.deep.equal([]);
  });

  it("is nobody's fault where blocks may go: ours may have come back", async () => {
    const { branch, reported, retracted } = build({ last: 9, common: 9, head: 12 });
    const error = await faultOf(branch.leave(lease, at(9), "two"));
    expect(error).to.deep.include({ code: "chain.unavailable", facts: { reason: "behind" } });
    expect([reported, retracted]).to.deep.equal([[], []]);
  });

  it("is a contradiction where the same block is below what is final", async () => {
    const { branch, retracted } = build({ last: 9, common: 5, head: 12 });
    expect(await faultOf(branch.leave(lease, at(9, 6), "two"))).to.deep.include({ fault: { check: "finality" } });
    expect(retracted).to.deep.equal([]);
  });
});
